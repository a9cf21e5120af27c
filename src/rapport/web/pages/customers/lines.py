"""A customer's interactions as lines for people: by day, one line each, threads folded."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.kernel.scales import SCALES
from rapport.web.kinds import CHANNEL_ICONS, channel_title, kind_title
from rapport.web.wording import cents, day


@dataclass(frozen=True, slots=True)
class Dot:
    """A score as a coloured dot, which is never its only sign."""

    tone: str
    value: str
    best: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Line:
    """One interaction.

    Attributes:
        anchor: of the line on its page.
        time, day, short_day: when, in the reporting zone; the short day has no year.
        icon, channel: by which way; arrow says from whom: "in", "out" or "".
        what: its kind in words.
        about: touchpoint, product, item: what it was about.
        amount: money that moved, "" where none did.
        dot: its score.
        text, language: the customer's or our own words.
        automated: a machine of ours acted.
    """

    anchor: str
    time: str
    day: str
    short_day: str
    icon: str
    channel: str | Promise
    arrow: str
    what: str | Promise
    about: str
    amount: str
    dot: Dot | None
    text: str
    language: str | None
    automated: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """The latest interaction of a thread, with its earlier ones folded."""

    line: Line
    earlier: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Day:
    """The entries of one day, the latest first."""

    title: str
    iso: str
    entries: list[Entry]


def days_of(rows: Sequence[dict[str, Any]], zone: ZoneInfo) -> list[Day]:
    """Rows of a timeline, newest first, as days with their threads folded.

    A thread stands on the day of its latest interaction among these rows.
    """
    entries: dict[object, Entry] = {}
    for row in rows:
        line = line_of(row, zone)
        thread = row["thread"] or object()
        if thread in entries:
            entries[thread].earlier.append(line)
        else:
            entries[thread] = Entry(line)
    return [
        Day(day(iso), iso, list(those))
        for iso, those in groupby(entries.values(), key=lambda entry: entry.line.day)
    ]


def line_of(row: dict[str, Any], zone: dt.tzinfo) -> Line:
    """One row of a timeline in words."""
    when = row["occurred_at"].astimezone(zone)
    channel = row["channel"] or ""
    return Line(
        anchor=row["id"].hex(),
        time=f"{when:%H:%M}",
        day=when.date().isoformat(),
        short_day=date_format(when.date(), "j M"),
        icon=CHANNEL_ICONS.get(channel, "other"),
        channel=channel_title(channel),
        arrow={"inbound": "in", "outbound": "out"}.get(row["direction"] or "", ""),
        what=kind_title(row["kind"]),
        about=_about(row[name] for name in ("touchpoint", "product", "item")),
        amount=money(row["amount"], row["currency"]),
        dot=dot_of(row["score"], row["scale"]),
        text=row["text"] or "",
        language=row["language"],
        automated=bool(row["automated"]),
    )


def _about(said: Iterable[str | None]) -> str:
    return " · ".join(dict.fromkeys(one for one in said if one))


def money(amount: Decimal | None, currency: str | None) -> str:
    """An amount with its currency; "" where there is none.

    >>> money(Decimal("-1234.5"), "EUR"), money(None, "EUR")
    ('−1,234.50\\u202fEUR', '')
    """
    if amount is None:
        return ""
    text = cents(amount)
    return f"{text}\u202f{currency}" if currency else text


def dot_of(score: float | None, name: str | None) -> Dot | None:
    """A score on its scale: good from where the scale calls it so, poor in its lower half.

    On the scale of recommendation these are promoters, passives and detractors.
    """
    if score is None:
        return None
    scale = SCALES.get(name or "")
    if scale is None:
        return Dot("even", f"{score:g}", "", name or "")
    middle = 7 if scale.name == "nps" else (scale.low + scale.good) / 2
    tone = "good" if score >= scale.good else "poor" if score < middle else "even"
    return Dot(tone, f"{score:g}", f"{scale.high:g}", _MEANING[tone])


_MEANING: dict[str, Any] = {"good": _("good"), "even": _("in between"), "poor": _("poor")}
