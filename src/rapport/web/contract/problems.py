"""What goes wrong in the API: problem+json (RFC 9457) with what was got, expected, and to do next.

A kind of problem has one status, one title and an anchor on the page /api/, which its `type` names.
What somebody may not do reads as what is not there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja.errors import HttpError, ValidationError

from rapport.kernel.errors import (
    BusyError,
    ChangedError,
    FilterError,
    ForbiddenError,
    MappingError,
    NotFoundError,
    RapportError,
    StoreError,
)
from rapport.web.database_trouble import told

MEDIA_TYPE = "application/problem+json"
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its status, and what it means in one sentence."""

    status: int
    title: str


KINDS: Mapping[str, Kind] = {
    "unreadable": Kind(400, "The request cannot be read."),
    "nobody": Kind(401, "Nobody is signed in, and no token that opens anything was sent."),
    "foreign-form": Kind(403, "A request with a session needs the token against foreign forms."),
    "unknown": Kind(404, "There is no such thing, or it is not for you."),
    "method": Kind(405, "This address does not know the method."),
    "format": Kind(406, "The answer does not come in the format that was asked for."),
    "conflict": Kind(409, "It cannot be done in the state that things are in."),
    "too-large": Kind(413, "The body is too large."),
    "media-type": Kind(415, "The body is of a kind that is not read here."),
    "input": Kind(422, "What was asked for or handed in cannot be used."),
    "filter": Kind(422, "A filter expression cannot be read."),
    "mapping": Kind(422, "A mapping does not fit its schema or its data."),
    "too-many": Kind(429, "Too many requests in a short time."),
    "broken": Kind(500, "Something broke on our side."),
    "store": Kind(500, "The store is missing, newer than this program, or damaged."),
    "busy": Kind(503, "It cannot be done just now."),
}
_BY_STATUS = {400: "unreadable", 401: "nobody", 403: "foreign-form", 404: "unknown", 405: "method"}
_BY_STATUS |= {413: "too-large", 415: "media-type", 500: "broken", 503: "busy"}
# The nearest kind of an error of the house stands first.
_BY_ERROR: tuple[tuple[type[RapportError], str], ...] = (
    (NotFoundError, "unknown"),
    (ForbiddenError, "unknown"),
    (ChangedError, "conflict"),
    (FilterError, "filter"),
    (MappingError, "mapping"),
    (BusyError, "busy"),
    (StoreError, "store"),
    (RapportError, "input"),
)


class ProblemError(Exception):
    """A problem on its way out.

    Args:
        kind: one of KINDS.
        detail: one sentence on this very request; the kind's title where left out.
        got, expected, hint: as in `rapport.kernel.errors`.
        errors: a field, what is wrong with it.
        headers: of the answer.
    """

    def __init__(
        self,
        kind: str,
        detail: str | None = None,
        *,
        got: Any = None,
        expected: Any = None,
        hint: str | None = None,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = kind
        self.told = {"detail": detail or KINDS[kind].title}
        more = {"got": got, "expected": expected, "hint": hint}
        self.told |= {name: _short(value) for name, value in more.items() if value is not None}
        self.errors = list(errors)
        self.headers = dict(headers or {})
        super().__init__(self.told["detail"])

    def answer(self) -> HttpResponse:
        """The problem as an answer."""
        kind = KINDS[self.kind]
        body: dict[str, Any] = {
            "type": f"/api/#{self.kind}",
            "title": kind.title,
            "status": kind.status,
            **self.told,
        }
        if self.errors:
            body["errors"] = self.errors
        response = HttpResponse(
            msgspec.json.encode(body), content_type=MEDIA_TYPE, status=kind.status
        )
        for name, value in self.headers.items():
            response[name] = value
        return response


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def problem_of(error: Exception) -> ProblemError | None:
    """What went wrong, for whoever asked; None where nobody expected it."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, ValidationError):
        return _of_fields(error)
    if isinstance(error, Http404):
        return ProblemError("unknown")
    if isinstance(error, HttpError):
        # The library wraps what the reader of a body says.
        inner = problem_of(error.__cause__) if isinstance(error.__cause__, Exception) else None
        return inner or ProblemError(_BY_STATUS.get(error.status_code, "unreadable"))
    if isinstance(error, RequestDataTooBig):
        return ProblemError("too-large", hint="Send it in parts, or as a file to /api/v1/imports.")
    if isinstance(error, SuspiciousOperation | MultiPartParserError):
        return ProblemError("unreadable")
    expected = told(error)
    return None if expected is None else _of_house(expected)


def _of_house(error: RapportError) -> ProblemError:
    kind = next(name for sort, name in _BY_ERROR if isinstance(error, sort))
    if isinstance(error, ForbiddenError):
        return ProblemError(kind)
    headers = {"Retry-After": "1"} if kind == "busy" else None
    return ProblemError(
        kind,
        error.message,
        got=error.got,
        expected=error.expected,
        hint=error.hint,
        headers=headers,
    )


def _of_fields(error: ValidationError) -> ProblemError:
    errors = [{"field": _place(one["loc"]), "message": str(one["msg"])} for one in error.errors]
    return ProblemError("input", f"{errors[0]['field']}: {errors[0]['message']}", errors=errors)


def _place(path: Sequence[Any]) -> str:
    """Where a value stands; a body's own name in our program is nobody's business."""
    parts = [path[0], *path[2:]] if path[0] == "body" else path
    return ".".join(str(part) for part in parts)


def as_problem(response: HttpResponse) -> HttpResponse:
    """An error that a lower part of the house has told as a page, told as a problem."""
    if response.status_code < 400 or response.get("Content-Type", "").startswith(MEDIA_TYPE):
        return response
    kind = _BY_STATUS.get(response.status_code, "unreadable")
    headers = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
    return ProblemError(kind, headers=headers).answer()
