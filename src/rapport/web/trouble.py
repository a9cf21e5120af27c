"""Expected errors as a page: what happened, why, what to do; never a traceback."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.kernel.errors import (
    BusyError,
    ChangedError,
    ForbiddenError,
    NotFoundError,
    RapportError,
    StoreError,
)
from rapport.web.database_trouble import told

_STATUS: tuple[tuple[type[RapportError], int], ...] = (
    (NotFoundError, 404),
    (BusyError, 503),
    (StoreError, 500),
    (ChangedError, 409),
    (RapportError, 400),
)


def not_found(request: HttpRequest, exception: object = None) -> HttpResponse:  # noqa: ARG001
    """The same page for what is not there and for what is not to be seen, wherever it is."""
    return render(request, "404.html", {"here": None}, status=404)


def answer_to(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """A page for an error of the house; None for others."""
    expected = told(error)
    if expected is None:
        return None
    if isinstance(expected, ForbiddenError):
        return not_found(request)
    status = next(code for kind, code in _STATUS if isinstance(expected, kind))
    context = {"message": expected.message, "error": expected}
    return render(request, "web/trouble.html", context, status=status)


class _Told:
    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for an error of the house; None leaves others to Django."""
        return answer_to(request, error)


def told_middleware(answer: Callable[[HttpRequest], HttpResponse]) -> _Told:
    """Django middleware: turns the errors of the house into pages."""
    return _Told(answer)
