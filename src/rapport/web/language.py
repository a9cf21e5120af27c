"""The language of a page: the reader's own choice, else what their browser asks for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation


def language_middleware(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware: puts the language of this request in force."""

    def answered(request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "")
        language = chosen or translation.get_language_from_request(request)
        with translation.override(language):
            response = answer(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return answered
