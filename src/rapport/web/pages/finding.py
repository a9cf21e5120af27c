"""Find: any page, measure or customer, from everywhere; also what the palette shows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rapport.measures.api import all_measures
from rapport.office.api import permits
from rapport.web.access import SIGNED_IN, actor_of, allowed
from rapport.web.shell import visible

_MOST = 12


@dataclass(frozen=True, slots=True)
class Found:
    """Something one can go to, and what sort of thing it is."""

    title: str
    sort: str | Promise
    address: str


Finder = Callable[[HttpRequest, str], Iterable[Found]]


@allowed(SIGNED_IN)
@never_cache
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What goes by these words; as a part of a page where the palette asks."""
    words = request.GET.get("q", "").strip()[:200]
    found = [one for finder in FINDERS for one in finder(request, words)][:_MOST]
    part = request.headers.get("X-Palette") == "1"
    template = "web/finding/found.html" if part else "web/finding/find.html"
    return render(request, template, {"found": found, "words": words})


def _pages(request: HttpRequest, words: str) -> Iterable[Found]:
    for entry in visible(request):
        if words.casefold() in str(entry.title).casefold():
            yield Found(str(entry.title), _("page"), entry.address)


def _measures(request: HttpRequest, words: str) -> Iterable[Found]:
    if not words or not permits(actor_of(request), "see_figures"):
        return
    for name, measure in all_measures().items():
        if words.casefold() in f"{gettext(measure.title)} {measure.title} {name}".casefold():
            yield Found(gettext(measure.title), _("measure"), f"/measure/measures/{name}")


FINDERS: list[Finder] = [_pages, _measures]

urlpatterns = [path("find", find, name="find")]
