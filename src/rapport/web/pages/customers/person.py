"""One customer as a page shows them: who, what happened, what is promised, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from rapport.customers.api import (
    TIMELINE_COLUMNS,
    Profile,
    Standing,
    has_interactions,
    is_visible,
    newest,
    profile,
    segments,
    segments_of,
    standing,
    timeline,
    title_of,
)
from rapport.kernel.errors import InputError, NotFoundError
from rapport.kernel.zones import zone_named
from rapport.ledger.api import Snapshot
from rapport.office.api import permits
from rapport.web.access import actor_of
from rapport.web.filterbar import quoted, scope
from rapport.web.kinds import channel_title, kind_title
from rapport.web.pages.customers.lines import Dot, days_of, dot_of, money
from rapport.web.store import ledger

_PAGE = 100
_OPEN_SHOWN = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = ("id", *TIMELINE_COLUMNS)
# What of a filter stands in the address.
_FILTERS = ("kind", "channel", "text")
_VERBS = ("merge_customers", "record_consent", "export_customer", "ask_erasure")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a page is about; `profile` is None for somebody whom only interactions name."""

    key: str
    title: str
    profile: Profile | None


def person_of(request: HttpRequest, name: str) -> Person:
    """Who is called so, if the reader may know of them.

    Raises:
        Http404: nobody is called so, or they are out of the reader's sight.
    """
    person = called(request, name)
    if person.profile is None:
        with ledger().read() as snapshot:
            if not has_interactions(snapshot, name):
                raise Http404
    return person


def called(request: HttpRequest, name: str) -> Person:
    """The same, but for a name that no customer's file has, which may be nobody's at all."""
    units = actor_of(request).units
    try:
        found = profile(name)
    except NotFoundError:
        person = Person(name, name, None)
    else:
        person = Person(found.key, title_of(found.key, dict(found.traits)), found)
    if units is not None and not is_visible(ledger(), person.key, units):
        raise Http404
    return person


def told(request: HttpRequest, person: Person) -> dict[str, Any]:
    """Everything on the page of a customer, who was found by `called`.

    Raises:
        Http404: neither a file nor any interaction names them.
        InputError: the address names a moment that is none.
    """
    seen = scope(request)
    asked = {name: request.GET.get(name, "").strip() for name in _FILTERS}
    before = request.GET.get("before")
    with ledger().read() as snapshot:
        latest = newest(snapshot, person.key, seen)
        if person.profile is None and not latest.num_rows:
            raise Http404
        now = standing(snapshot, person.key, seen, latest)
        inside = segments_of(snapshot, person.key)
        if any(asked.values()) or before:
            rows = _rows(snapshot, person.key, [*seen, *_conditions(asked)], before)
        else:
            rows = latest.slice(0, _PAGE + 1).to_pylist()
    zone = zone_named(ledger().settings.zone)
    actor = actor_of(request)
    return {
        "person": person,
        "profile": person.profile,
        "standing": now,
        "bought": [(one.orders, money(one.amount, one.currency)) for one in now.bought],
        "scores": _scores(now),
        "segments": [one for one in segments() if one.key in inside],
        "more_promises": max(0, len(now.open_promises) - _OPEN_SHOWN),
        "days": days_of(rows[:_PAGE], zone),
        "earlier": _earlier(asked, rows) if len(rows) > _PAGE else "",
        "asked": asked,
        "filtered": any(asked.values()),
        "kinds": [(kind, kind_title(kind), count) for kind, count in now.kinds.items()],
        "channels": [(one, channel_title(one), count) for one, count in now.channels.items()],
        "zone": ledger().settings.zone,
        "next_step": next_step(now),
        "may": {verb: permits(actor, verb) for verb in _VERBS},
        "scoped": actor.units is not None,
    }


def _rows(
    snapshot: Snapshot, key: str, conditions: Sequence[str], before: str | None
) -> list[dict[str, Any]]:
    moment, mark = _place(before)
    found = timeline(
        snapshot,
        key,
        conditions=conditions,
        columns=_COLUMNS,
        limit=_PAGE + 1,
        before=moment,
        before_id=mark,
    )
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def _conditions(asked: dict[str, str]) -> list[str]:
    found = [f"{name} = {quoted(asked[name])}" for name in ("kind", "channel") if asked[name]]
    return [*found, *([f"text contains {quoted(asked['text'])}"] if asked["text"] else [])]


def _earlier(asked: dict[str, str], rows: Sequence[dict[str, Any]]) -> str:
    """The query of the page before this one."""
    last = rows[_PAGE - 1]
    before = f"{last['t']}-{last['id'].hex()}"
    return urlencode({name: value for name, value in asked.items() if value} | {"before": before})


def _place(before: str | None) -> tuple[datetime | None, bytes]:
    if not before:
        return None, b""
    t, _dash, mark = before.rpartition("-")
    try:
        return _EPOCH + timedelta(microseconds=int(t)), bytes.fromhex(mark)
    except (ValueError, OverflowError):
        raise InputError(
            "This is no place in a timeline", got=before, hint="Begin again at its newest end."
        ) from None


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody could do next for a customer, and why."""

    title: str | Words
    why: str | Words


def next_step(now: Standing) -> Step | None:
    """The most pressing thing that the interactions show; None where they show none."""
    if now.unanswered:
        return Step(_("Answer their message"), _("Their last message has no answer from us yet."))
    today = datetime.now(UTC).date()
    if any(one.due is not None and one.due < today for one in now.open_promises):
        return Step(
            _("See to a promise"),
            _("A day we named has passed, and nothing tells whether we kept our word."),
        )
    if any(dot.tone == "poor" for _row, dot in _scores(now)):
        return Step(_("Ask what went wrong"), _("Their latest answer was poor."))
    return None


def _scores(now: Standing) -> list[tuple[dict[str, Any], Dot]]:
    """The latest answers with their dots."""
    dots = ((row, dot_of(row["score"], row["scale"])) for row in now.last_scores)
    return [(row, dot) for row, dot in dots if dot is not None]
