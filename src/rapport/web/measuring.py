"""What the page of a measure shows: figures over a span, over time, by groups, in distribution."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Figure
from rapport.measures.api import Bin, Measure, compute, distribution
from rapport.web.access import actor_of
from rapport.web.filterbar import Asked, asked, quoted
from rapport.web.hidden import refuse_hidden
from rapport.web.overview import Extent
from rapport.web.remembered import Remembered
from rapport.web.store import ledger

EVERY = ("day", "week", "month", "quarter", "year")
USUAL_PERIOD = "365d"
USUAL_SPLIT = "touchpoint"
# Spans up to so many days are cut so finely, where nobody says how.
_FINE = ((31, "day"), (200, "week"), (1500, "month"), (6000, "quarter"))
_figures: Remembered[list[Figure]] = Remembered()
_bins: Remembered[list[Bin]] = Remembered()


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at a measure, all of which stands in the address.

    Attributes:
        measure: which.
        asked: the filter.
        first_day, last_day: the span, both inside.
        every: how the trend is cut.
        by: the field that splits.
        programme: the one looked at where programmes never mix; None for no programme.
        parameters: choices of the definition, as given.
    """

    measure: Measure
    asked: Asked
    first_day: dt.date
    last_day: dt.date
    every: str
    by: str
    programme: str | None
    parameters: Mapping[str, str]

    @property
    def where(self) -> list[str]:
        """All conditions, that of the programme among them."""
        if "programme" not in self.measure.never_mixes or self.programme is None:
            return self.asked.conditions
        return [*self.asked.conditions, f"programme = {quoted(self.programme)}"]

    @property
    def query(self) -> str:
        """The address's query, with days that stay as they are."""
        return self.changed()

    def changed(self, **more: str | None) -> str:
        """The query with some of it changed."""
        choices = {f"set.{name}": value for name, value in self.parameters.items()}
        own: dict[str, str | None] = {"every": self.every, "by": self.by, **choices}
        if self.programme is not None:
            own["programme"] = self.programme
        return self.asked.query(**{**own, **more})


def view_of(request: HttpRequest, measure: Measure, extent: Extent) -> View:
    """What the address asks of a measure; the programme is chosen by what there is.

    Raises:
        InputError: there is no such period, cut or parameter.
    """
    question = asked(request, period=USUAL_PERIOD)
    assert extent.first_day is not None
    assert extent.last_day is not None
    end = dt.date.fromisoformat(extent.last_day)
    first, last = question.days(end)
    last = last or end
    first = min(first or dt.date.fromisoformat(extent.first_day), last)
    every = request.GET.get("every") or _usual_cut((last - first).days + 1)
    if every not in EVERY:
        raise InputError("There is no such cut of time", got=every, expected=", ".join(EVERY))
    given = {
        name.removeprefix("set."): request.GET[name]
        for name in request.GET
        if name.startswith("set.") and request.GET[name]
    }
    by = request.GET.get("by") or USUAL_SPLIT
    refuse_hidden(actor_of(request), [by])
    return View(measure, question, first, last, every, by, request.GET.get("programme"), given)


def _usual_cut(days: int) -> str:
    return next((every for most, every in _FINE if days <= most), "year")


def ours(figures: Sequence[Figure]) -> list[Figure]:
    """Figures of ourselves, those with most behind them first."""
    kept = [figure for figure in figures if figure.by.get("brand") is None]
    return sorted(kept, key=lambda figure: (-figure.n, figure.programme or "", figure.unit))


def span(view: View) -> list[Figure]:
    """The figures of the whole span, one for each programme and currency."""
    return ours(_compute(replace(view, programme=None), view.first_day, view.last_day))


def span_before(view: View) -> list[Figure]:
    """The figures of as many days before the span."""
    length = view.last_day - view.first_day + dt.timedelta(1)
    return ours(_compute(view, view.first_day - length, view.first_day - dt.timedelta(1)))


def over_time(view: View) -> list[Figure]:
    """One figure for each period of the span, in order."""
    found = _compute(view, view.first_day, view.last_day, every=view.every)
    return sorted(ours(found), key=lambda figure: figure.first_day)


def by_groups(view: View) -> list[Figure]:
    """One figure for each group, highest first; those with too little to say at the end."""
    found = ours(_compute(view, view.first_day, view.last_day, by=view.by))
    return sorted(found, key=lambda f: (f.value is None, -(f.value or 0.0), str(f.by.get(view.by))))


def bins(view: View) -> list[Bin]:
    """Single observations by score or length."""
    where = [*view.where, "brand is empty"] if "brand" in view.measure.never_mixes else view.where

    def counted() -> list[Bin]:
        with ledger().read() as snapshot:
            return distribution(
                snapshot,
                view.measure.name,
                first_day=view.first_day,
                last_day=view.last_day,
                where=where,
                parameters=view.parameters,
            )

    question = (view.measure.definition, tuple(where), view.first_day, view.last_day)
    return _bins.ask((*question, tuple(sorted(view.parameters.items()))), counted)[0]


def _compute(
    view: View,
    first_day: dt.date,
    last_day: dt.date,
    *,
    every: str | None = None,
    by: str | None = None,
) -> list[Figure]:
    where = tuple(view.where)
    choices = tuple(sorted(view.parameters.items()))

    def computed() -> list[Figure]:
        with ledger().read() as snapshot:
            return compute(
                snapshot,
                view.measure.name,
                by=[by] if by else [],
                every=every,
                first_day=first_day,
                last_day=last_day,
                where=where,
                parameters=view.parameters,
            )

    question = (view.measure.definition, where, choices, first_day, last_day, every, by)
    return _figures.ask(question, computed)[0]
