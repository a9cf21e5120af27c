"""What changed most: groups whose figure moved by more than chance since the period before."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Figure
from rapport.ledger.api import Snapshot
from rapport.measures.api import compute
from rapport.methods.change import difference

MEASURES = ("nps", "csat", "effort", "first_reply_wait")
FIELDS = ("touchpoint", "channel", "unit")
# Tens of groups are looked at, so a change must be rarer by chance than one in a thousand.
CONFIDENCE = 0.999
_MOST = 6


@dataclass(frozen=True, slots=True)
class Change:
    """One group whose figure moved.

    Attributes:
        field, group: which interactions ("touchpoint", "delivery").
        now, before: the figures of the two periods.
        by: how much higher it is now, in the measure's unit.
    """

    field: str
    group: str
    now: Figure
    before: Figure
    by: float


@dataclass(frozen=True, slots=True)
class Changes:
    """The strongest changes first, and how many groups were compared to find them."""

    compared: int
    found: list[Change]


def changed_most(
    snapshot: Snapshot, last: dt.date, days: int, where: Sequence[str] = ()
) -> Changes:
    """Compare each group's figure of the days up to `last` with the same number of days before."""
    compared = 0
    found: list[tuple[float, Change]] = []
    for measure in MEASURES:
        for field in FIELDS:
            for now, before in _pairs(snapshot, measure, field, last, days, where):
                compared += 1
                change = _change(field, now, before)
                if change is not None:
                    found.append(change)
    found.sort(key=lambda pair: -pair[0])
    return Changes(compared, [change for _, change in found[:_MOST]])


def _pairs(
    snapshot: Snapshot,
    measure: str,
    field: str,
    last: dt.date,
    days: int,
    where: Sequence[str],
) -> list[tuple[Figure, Figure]]:
    first, length = last - dt.timedelta(days - 1), dt.timedelta(days)
    spans = ((first, last), (first - length, first - dt.timedelta(1)))
    try:
        now, before = (
            {
                (figure.by[field], figure.programme): figure
                for figure in compute(
                    snapshot,
                    measure,
                    by=[field],
                    first_day=begin,
                    last_day=end,
                    where=where,
                    confidence=CONFIDENCE,
                )
                if figure.by.get(field) and not figure.by.get("brand")
            }
            for begin, end in spans
        )
    except InputError:
        return []  # a filter that this measure cannot take
    return [(now[key], before[key]) for key in sorted(now.keys() & before.keys(), key=str)]


def _change(field: str, now: Figure, before: Figure) -> tuple[float, Change] | None:
    """How strong the change is, in half-widths of its interval; None where it may be chance."""
    found = difference(now.estimate, before.estimate)
    if found.value is None or found.low is None or found.high is None:
        return None
    if found.low <= 0 <= found.high:
        return None
    strength = abs(found.value) / (found.high - found.low)
    return strength, Change(field, str(now.by[field]), now, before, found.value)
