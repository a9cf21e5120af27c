"""The first page: how customers experience us."""

import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from rapport.ledger.api import Ledger
from rapport.measures.api import named
from rapport.web.access import ANYBODY, allowed
from rapport.web.cards import card_of, channels_of, comment_of
from rapport.web.overview import Comment, latest_comments, overview
from rapport.web.shell import Entry
from rapport.web.store import ledger as the_ledger
from rapport.web.store import stored_figures
from rapport.web.wording import age, day

_COMMENT_SECONDS = 60.0


@allowed("see_figures")
@never_cache
@require_safe
def overview_page(request: HttpRequest) -> HttpResponse:
    """How customers experience us: each headline measure with its interval, n and trend."""
    ledger = the_ledger()
    found = overview(ledger, stored_figures())
    told: dict[str, object] = {}
    if found.extent.last_day is None:
        return render(request, "web/empty.html", told)
    cards = [card_of(headline, answer) for headline, answer in found.answers]
    words = _comments(ledger, found.extent.last_day)
    silent = [h for (h, _), several in zip(found.answers, cards, strict=True) if not several]
    told |= {
        "cards": [card for several in cards for card in several],
        "silent": [named(headline.measure).title for headline in silent],
        "channels": channels_of(found.channels) if found.channels else None,
        "comments": [comment_of(comment) for comment in words],
        "interactions": f"{found.extent.interactions:,}",
        "data_to": day(found.extent.last_day),
        "age": age(time.time() - found.computed_at),
    }
    return render(request, "web/overview.html", told)


@allowed(ANYBODY)
@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """Says "ok" when the store can be read."""
    the_ledger().lake_version()
    return HttpResponse("ok\n", content_type="text/plain")


class _Comments:
    """The latest words, asked for once a minute and kept in memory only."""

    def __init__(self) -> None:
        self._kept: tuple[float, str, list[Comment]] | None = None

    def __call__(self, ledger: Ledger, last_day: str) -> list[Comment]:
        kept, now = self._kept, time.monotonic()
        if kept and kept[1] == last_day and now - kept[0] < _COMMENT_SECONDS:
            return kept[2]
        with ledger.read() as snapshot:
            found = latest_comments(snapshot, last_day)
        self._kept = (now, last_day, found)
        return found


_comments = _Comments()


front = allowed(ANYBODY)(RedirectView.as_view(url="/measure/overview"))

urlpatterns = [
    path("", front),
    path("measure/overview", overview_page, name="overview"),
    path("health", health),
]
NAVIGATION = [Entry("overview", 0, _("Overview"), "/measure/overview", "see_figures")]
