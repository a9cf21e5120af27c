"""Bytes of bodies and answers: strict JSON in, JSON out."""

from typing import Any, cast

import msgspec
from django.http import HttpRequest
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from rapport.web.contract.problems import ProblemError


class StrictParser(Parser):
    """Reads JSON as the standard has it: UTF-8, no NaN, no half characters, of sane depth."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body as objects of Python.

        Raises:
            Problem: it is no JSON.
        """
        if request.content_type != "application/json":
            raise ProblemError("media-type", got=request.content_type, expected="application/json")
        try:
            return cast(dict[str, Any], msgspec.json.decode(request.body))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ProblemError("unreadable", "The body is no JSON", got=str(error)) from None


class Renderer(BaseRenderer):
    """Writes JSON."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:
        """The bytes of an answer."""
        return msgspec.json.encode(data)
