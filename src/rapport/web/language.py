"""Language and zone of a page: the reader's own, else the browser's and the organisation's."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from rapport.kernel.errors import RapportError
from rapport.kernel.zones import zone_named
from rapport.web.store import ledger


def language_middleware(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware: puts the language of this request in force."""

    def answered(request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "")
        language = chosen or translation.get_language_from_request(request)
        with translation.override(language), timezone.override(_zone(request)):
            response = answer(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return answered


def _zone(request: HttpRequest) -> ZoneInfo:
    chosen = getattr(request.user, "zone", "")
    try:
        return zone_named(chosen or ledger().settings.zone)
    except RapportError:
        return zone_named("UTC")  # the page that says what is wrong shows no moments
