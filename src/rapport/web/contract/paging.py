"""Pages of a long answer: a cursor says after which row to go on, so that new rows shift nothing.

A cursor is opaque, belongs to the question it was given for, and is checked like any other input.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse

from rapport.kernel.errors import InputError

T = TypeVar("T")
# What may change from page to page of one question.
_LOOSE = ("cursor", "limit")


def cursor_of(request: HttpRequest, place: Sequence[Any]) -> str:
    """The cursor of the rows after a place, for the question that this request asks.

    >>> from django.test import RequestFactory
    >>> request = RequestFactory().get("/x", {"where": "a = 1"})
    >>> read_cursor(request, cursor_of(request, [5, "b"]), list)
    [5, 'b']
    """
    text = msgspec.json.encode([_question(request), *place])
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def read_cursor(request: HttpRequest, cursor: str, kind: type[T]) -> T:
    """The place that a cursor names.

    Args:
        request: that asks.
        cursor: as it was given.
        kind: what a place is, such as a tuple.

    Raises:
        InputError: it is no cursor, or one of another question.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        raw = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        question, *place = msgspec.json.decode(raw, type=list[Any])
        found = msgspec.convert(place, kind)
    except (ValueError, binascii.Error, msgspec.MsgspecError, RecursionError):
        raise InputError(
            "This is no cursor",
            got=cursor[:80],
            hint="Take the one of `next`, or leave it out to begin.",
        ) from None
    if question != _question(request):
        raise InputError(
            "This cursor belongs to another question",
            hint="Keep everything but `cursor` and `limit` as it was on the page before.",
        )
    return found


def link_next(request: HttpRequest, response: HttpResponse, cursor: str | None) -> HttpResponse:
    """Say in a header where the next page is; formats without room for it need that."""
    if cursor is not None:
        pairs = [(name, one) for name, one in _pairs(request) if name != "cursor"]
        address = f"{request.path}?{urlencode([*pairs, ('cursor', cursor)])}"
        response["Link"] = f'<{address}>; rel="next"'
    return response


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, one) for name, several in request.GET.lists() for one in several]


def _question(request: HttpRequest) -> str:
    """A short name for what is asked, whatever the page."""
    asked = sorted(pair for pair in _pairs(request) if pair[0] not in _LOOSE)
    return hashlib.sha256(repr([request.path, asked]).encode()).hexdigest()[:12]
