"""The first page: how customers experience us, and what changed."""

import datetime as dt
import time
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rapport.measures.api import named
from rapport.web.access import ANYBODY, SIGNED_IN, allowed
from rapport.web.cards import Card, card_of, change_of, channels_of, comment_of
from rapport.web.changes import Changes, changed_most
from rapport.web.choices import titles
from rapport.web.filterbar import Asked, asked, bar
from rapport.web.overview import (
    HEADLINES,
    Answer,
    Channels,
    Comment,
    Extent,
    Ground,
    Headline,
    Overview,
    answer_of,
    channels_to,
    ground,
    latest_comments,
    overview,
)
from rapport.web.remembered import Remembered
from rapport.web.shell import Entry, visible
from rapport.web.store import ledger, stored_figures
from rapport.web.wording import age, day, whole

_USUAL_DAYS = 90
_answers: Remembered[Answer] = Remembered()
_changes: Remembered[Changes] = Remembered()
_heard: Remembered[tuple[Channels, list[Comment]]] = Remembered()


@allowed("see_figures")
@never_cache
@require_safe
def overview_page(request: HttpRequest) -> HttpResponse:
    """Each headline measure with its interval, n and trend; what changed; people's own words."""
    question = asked(request, period="")
    stored = question.is_plain and not question.period
    found = (overview if stored else ground)(ledger(), stored_figures())
    if found.extent.last_day is None:
        return render(request, "web/empty.html")
    at_once = stored or "whole" in request.GET
    told: dict[str, object] = {
        "bar": bar(question, found.choices, usual=gettext_lazy("each measure’s own")),
        "query": question.query(),
        "at_once": at_once,
        "headlines": HEADLINES,
        "interactions": whole(found.extent.interactions),
        "data_to": day(found.extent.last_day),
        "age": age(time.time() - found.computed_at) if stored else None,
    }
    if at_once:
        # The template keeps the figures of everybody for a minute, and asks when it draws them.
        told |= {
            "figures": lambda: _figures(found, question),
            "as_of": stored and found.computed_at,
        }
        told |= _as_heard(question, found.extent)
    return render(request, "web/overview/page.html", told)


def _figures(found: Ground, question: Asked) -> dict[str, object]:
    """All figures of the page at once."""
    if isinstance(found, Overview):
        answers, changes = found.answers, found.changes
    else:
        answers = [(headline, _answer(question, headline, found)) for headline in HEADLINES]
        changes = _changed(question, found)
    cards = [_cards(headline, answer, found, question) for headline, answer in answers]
    silent = [
        named(h.measure).title for (h, _a), own in zip(answers, cards, strict=True) if not own
    ]
    return {
        "cards": [card for own in cards for card in own],
        "silent": silent,
        **_as_words(changes),
    }


@allowed("see_figures")
@never_cache
@require_safe
def card_part(request: HttpRequest, measure: str) -> HttpResponse:
    """The cards of one headline measure, as a part of the page."""
    headline = next((one for one in HEADLINES if one.measure == measure), None)
    if headline is None:
        raise Http404
    question, found = asked(request, period=""), _with_data()
    answer = _answer(question, headline, found)
    cards = _cards(headline, answer, found, question)
    told = {"cards": cards, "title": _(named(measure).title), "refused": answer.refused}
    return render(request, "web/overview/cards.html", told)


@allowed("see_figures")
@never_cache
@require_safe
def changes_part(request: HttpRequest) -> HttpResponse:
    """What changed most, as a part of the page."""
    found = _with_data()
    changes = _changed(asked(request, period=""), found)
    return render(request, "web/overview/changes.html", _as_words(changes))


@allowed("see_figures")
@never_cache
@require_safe
def heard_part(request: HttpRequest) -> HttpResponse:
    """People's own words and where they were said, as a part of the page."""
    found = _with_data()
    return render(
        request, "web/overview/heard.html", _as_heard(asked(request, period=""), found.extent)
    )


@allowed(ANYBODY)
@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """Says "ok" when the store can be read."""
    ledger().lake_version()
    return HttpResponse("ok\n", content_type="text/plain")


def _with_data() -> Ground:
    """What a part of the page builds on; there are no parts while nothing has happened."""
    found = ground(ledger(), stored_figures())
    if found.extent.last_day is None:
        raise Http404
    return found


def _answer(question: Asked, headline: Headline, found: Ground) -> Answer:
    own, extent = _window(question, headline, found.extent)
    where = tuple(question.conditions)

    def compute() -> Answer:
        with ledger().read() as snapshot:
            return answer_of(snapshot, own, extent, where)

    return _answers.ask((own, extent, where), compute)[0]


def _cards(headline: Headline, answer: Answer, found: Ground, question: Asked) -> list[Card]:
    own, _extent = _window(question, headline, found.extent)
    return card_of(own, answer, question.query())


def _window(question: Asked, headline: Headline, extent: Extent) -> tuple[Headline, Extent]:
    """The headline over the days that are asked for, and the data up to their end."""
    if not question.period and not question.first_day and not question.last_day:
        return headline, extent
    assert extent.last_day is not None
    first, last = question.days(dt.date.fromisoformat(extent.last_day))
    days = (last - first).days + 1 if first and last else None
    until = last.isoformat() if last else extent.last_day
    return replace(headline, days=days), replace(extent, last_day=until)


def _changed(question: Asked, found: Ground) -> Changes:
    last, days = _span(question, found.extent)
    where = tuple(question.conditions)

    def compute() -> Changes:
        with ledger().read() as snapshot:
            return changed_most(snapshot, last, days, where)

    return _changes.ask((last, days, where), compute)[0]


def _as_words(changes: Changes | None) -> dict[str, object]:
    if changes is None:
        return {"changes": None}
    words = titles()
    lines = [change_of(one, words) for one in changes.found]
    return {"changes": lines, "compared": changes.compared}


def _as_heard(question: Asked, extent: Extent) -> dict[str, object]:
    last, days = _span(question, extent)
    where = tuple(question.conditions)

    def compute() -> tuple[Channels, list[Comment]]:
        with ledger().read() as snapshot:
            words = latest_comments(snapshot, last.isoformat(), where)
            return channels_to(snapshot, last, days, where), words

    channels, comments = _heard.ask((last, days, where), compute)[0]
    return {
        "channels": channels_of(channels),
        "channel_days": days,
        "comments": [comment_of(comment) for comment in comments],
    }


def _span(question: Asked, extent: Extent) -> tuple[dt.date, int]:
    """The last day asked for, and how many days up to it; the usual ones where none are."""
    assert extent.last_day is not None
    end = dt.date.fromisoformat(extent.last_day)
    first, last = question.days(end)
    last = last or end
    if question.period == "all" and extent.first_day:
        first = dt.date.fromisoformat(extent.first_day)
    return last, max(1, (last - first).days + 1) if first else _USUAL_DAYS


@allowed(SIGNED_IN)
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The first page that somebody may see: not everybody may see figures."""
    rail = visible(request)
    return redirect(rail[0].address if rail else "account")


urlpatterns = [
    path("", front),
    path("measure/overview", overview_page, name="overview"),
    path("measure/overview/card/<str:measure>", card_part),
    path("measure/overview/changes", changes_part),
    path("measure/overview/heard", heard_part),
    path("health", health),
]
NAVIGATION = [Entry("overview", 0, gettext_lazy("Overview"), "/measure/overview", "see_figures")]
