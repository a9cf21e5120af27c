"""The filter bar: what a page is asked about, which is what its address says.

`period` (7d, 28d, 90d, 365d, all, or `from` and `to`), one choice of `channel`, `touchpoint`,
`segment`, `unit`, and any number of `where`, each an expression of the one filter language. A
reader who sees some business units only has a further condition, which is in no address.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.kernel.errors import InputError, RapportError
from rapport.office.api import Actor
from rapport.web.access import actor_of
from rapport.web.choices import Choices, titles
from rapport.web.hidden import refuse_hidden

PERIODS: dict[str, Promise] = {
    "7d": _("last 7 days"),
    "28d": _("last 28 days"),
    "90d": _("last 90 days"),
    "365d": _("last 12 months"),
    "all": _("all of the data"),
}
# Fields with a list to choose from; the address has each by its own name.
CHOICES: dict[str, Promise] = {
    "channel": _("Channel"),
    "touchpoint": _("Touchpoint"),
    "segment": _("Segment"),
    "unit": _("Business unit"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for.

    Attributes:
        period: one of PERIODS; "" where `first_day` and `last_day` were given.
        first_day, last_day: as given, None where the period says it.
        chosen: field to value, of CHOICES.
        where: further expressions.
        faults: what is wrong with those that cannot be read, by their text.
        units: the business units that who asks sees; None for all.
    """

    period: str
    first_day: dt.date | None
    last_day: dt.date | None
    chosen: Mapping[str, str]
    where: tuple[str, ...]
    faults: Mapping[str, RapportError]
    units: frozenset[str] | None

    @property
    def scope(self) -> tuple[str, ...]:
        """The expression that holds because of who asks; none where they see all."""
        return scope_of(self.units)

    @property
    def conditions(self) -> list[str]:
        """All expressions, for a measure or the ledger."""
        chosen = [f"{field} = {quoted(value)}" for field, value in self.chosen.items()]
        sound = [one for one in self.where if one not in self.faults]
        return [*chosen, *sound, *self.scope]

    @property
    def is_plain(self) -> bool:
        """Whether nothing is filtered, so that stored figures of everybody will do."""
        return not (self.chosen or self.where or self.scope or self.first_day or self.last_day)

    def days(self, data_to: dt.date | None) -> tuple[dt.date | None, dt.date | None]:
        """First and last day, both inside, counted back from the end of the data."""
        if not self.period or self.period == "all" or data_to is None:
            return self.first_day, self.last_day
        length = int(self.period.removesuffix("d"))
        return data_to - dt.timedelta(length - 1), data_to

    def query(self, **changed: str | None) -> str:
        """The address's query with some of it changed; None takes a name away."""
        pairs = {"period": self.period, **self.chosen}
        if self.first_day:
            pairs["from"] = self.first_day.isoformat()
        if self.last_day:
            pairs["to"] = self.last_day.isoformat()
        pairs |= {name: value or "" for name, value in changed.items()}
        listed = [(name, value) for name, value in pairs.items() if value]
        return urlencode([*listed, *(("where", one) for one in self.where)])


def asked(request: HttpRequest, period: str = "90d") -> Asked:
    """What this request asks for.

    Args:
        request: whose query and reader count.
        period: where the address says none.

    Raises:
        InputError: there is no such period, or a day is none.
    """
    given = request.GET
    first, last = _day(given.get("from", "")), _day(given.get("to", ""))
    chosen_period = "" if first or last else given.get("period") or period
    if chosen_period and chosen_period not in PERIODS:
        raise InputError("There is no such period", got=chosen_period, expected=", ".join(PERIODS))
    chosen = {field: given[field] for field in CHOICES if given.get(field)}
    where = tuple(one.strip() for one in given.getlist("where") if one.strip())
    actor = actor_of(request)
    return Asked(chosen_period, first, last, chosen, where, _faults(actor, where), actor.units)


def _faults(actor: Actor, where: Sequence[str]) -> dict[str, RapportError]:
    found: dict[str, RapportError] = {}
    for one in where:
        try:
            refuse_hidden(actor, where=[one])
        except RapportError as error:
            found[one] = error
    return found


@dataclass(frozen=True, slots=True)
class Select:
    """One list of the bar: its name in the address, its label, its choices as (value, words)."""

    name: str
    label: str | Promise
    value: str
    options: Sequence[tuple[str, str | Promise]]


@dataclass(frozen=True, slots=True)
class Chip:
    """One expression that holds, what is wrong with it, and the query without it."""

    text: str
    fault: RapportError | None
    without: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What the template `web/filter.html` draws."""

    asked: Asked
    selects: Sequence[Select]
    chips: Sequence[Chip]
    kept: Sequence[tuple[str, str]]


def bar(
    asked: Asked,
    choices: Choices,
    *,
    usual: str | Promise | None = None,
    more: Sequence[Select] = (),
    kept: Sequence[tuple[str, str]] = (),
) -> Bar:
    """The filter bar of a page.

    Args:
        asked: what the address says.
        choices: values the lists offer.
        usual: words for the period that holds where none is chosen; None where one always is.
        more: lists of the page's own.
        kept: what else stands in the address and stays there.
    """
    periods: list[tuple[str, str | Promise]] = [*PERIODS.items()]
    if usual is not None:
        periods.insert(0, ("", usual))
    if asked.first_day or asked.last_day:
        periods.insert(0, ("", _("days given below")))
    words = titles()
    selects = [Select("period", _("Period"), asked.period, periods)]
    for field, label in CHOICES.items():
        # A segment made a moment ago is offered at once, whatever the lists were made of.
        values = list(words["segment"] if field == "segment" else choices.values.get(field, ()))
        if field == "unit" and asked.units is not None:
            values = [value for value in values if value in asked.units]
        chosen = asked.chosen.get(field, "")
        if chosen and chosen not in values:
            values.append(chosen)
        if values:
            named = [(value, words.get(field, {}).get(value) or value) for value in values]
            selects.append(Select(field, label, chosen, [("", _("all")), *named]))
    more_query = "&" + urlencode(kept) if kept else ""
    chips = [
        Chip(one, asked.faults.get(one), _without(asked, one) + more_query)
        for one in dict.fromkeys(asked.where)
    ]
    return Bar(asked, [*selects, *more], chips, kept)


def _without(asked: Asked, one: str) -> str:
    return replace(asked, where=tuple(w for w in asked.where if w != one)).query()


def scope(request: HttpRequest) -> tuple[str, ...]:
    """What holds for all a reader sees: their business units, or nothing where they see all."""
    return scope_of(actor_of(request).units)


def scope_of(units: Collection[str] | None) -> tuple[str, ...]:
    """The expression that keeps a reader to these business units; none where it is all of them."""
    if units is None:
        return ()
    return (f"unit in ({listed(sorted(units))})",) if units else ("unit = ''",)


def listed(values: Sequence[str]) -> str:
    """Values as the filter language lists them."""
    return ", ".join(quoted(value) for value in values)


def quoted(value: str) -> str:
    """A value as the filter language quotes it.

    >>> print(quoted("it's"))
    'it''s'
    """
    return "'" + value.replace("'", "''") + "'"


def _day(given: str) -> dt.date | None:
    if not given:
        return None
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise InputError("This is no day", got=given, expected="such as 2026-01-31") from None
