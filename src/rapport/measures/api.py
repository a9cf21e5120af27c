"""The door of the room: which measures there are, and what they come to."""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

import pyarrow as pa

from rapport.kernel.errors import InputError, NotFoundError, did_you_mean
from rapport.kernel.figures import Figure
from rapport.measures import definitions
from rapport.measures.compose import figures_query, rows_query
from rapport.measures.compute import figures, printed
from rapport.measures.definition import Measure, Parameter, ParameterValue, all_parameters
from rapport.measures.distribution import Bin, has_distribution
from rapport.measures.distribution import distribution as _distribution
from rapport.measures.explanation import explanation
from rapport.measures.exploring import all_newest, counts_by, newest
from rapport.measures.fields import WORDS
from rapport.measures.portable import parsed
from rapport.measures.publishing import figures_of_table, figures_table, to_json_rows
from rapport.measures.question import Question, Reader, ask
from rapport.measures.selection import drawn, interactions

__all__ = [
    "WORDS",
    "Bin",
    "Measure",
    "Parameter",
    "Reader",
    "all_measures",
    "all_newest",
    "all_parameters",
    "compute",
    "counts_by",
    "distribution",
    "drawn",
    "explain",
    "figures_of_table",
    "figures_table",
    "has_distribution",
    "interactions",
    "named",
    "newest",
    "rows_behind",
    "to_json_rows",
]

_MOST_ROWS = 1000


@cache
def all_measures() -> dict[str, Measure]:
    """Every measure by name: the modules of `definitions`, each of which holds one `MEASURE`.

    Raises:
        InputError: a definition calls a function that is not portable.
    """
    return {name: named(name) for name in _names()}


def _names() -> list[str]:
    return sorted(m.name for m in pkgutil.iter_modules(definitions.__path__))


@cache
def named(name: str) -> Measure:
    """The measure of that name; its file alone is read.

    Raises:
        NotFoundError: there is none; names the nearest.
        InputError: its definition calls a function that is not portable.
    """
    known = _names()
    if name not in known:
        raise NotFoundError(f"There is no measure {name!r}", hint=did_you_mean(name, known))
    measure: Measure = importlib.import_module(f"{definitions.__name__}.{name}").MEASURE
    assert measure.name == name, f"{name}.py holds the measure {measure.name}"
    for sql in (measure.rows, *measure.counts.values(), *filter(None, [measure.covers])):
        parsed(sql)
    return measure


def compute(
    snapshot: Reader,
    name: str,
    *,
    by: Sequence[str] = (),
    every: str | None = None,
    first_day: date | str | None = None,
    last_day: date | str | None = None,
    where: Sequence[str] = (),
    weight: str | None = None,
    parameters: Mapping[str, ParameterValue] | None = None,
    confidence: float = 0.95,
    mix: bool = False,
) -> list[Figure]:
    """The figures of a measure, ordered by period and then by dimensions.

    Args:
        snapshot: of the ledger, from `ledger.read()`.
        name: of the measure.
        by: fields to group by: columns of the ledger, `properties.x`, `customer.x`.
        every: day, week, month, quarter or year; without it there is one period, the asked
            range or that of the data.
        first_day, last_day: the range, both days inside; a date or its ISO text.
        where: filter expressions (`kernel.filters`), all of which must hold.
        weight: a numeric field that weighs the rows.
        parameters: of the definition, where not its defaults.
        confidence: of the intervals, between 0 and 1.
        mix: let programmes and brands mix in one figure.

    Returns:
        One figure for each period and group that has rows; one without rows gives none. A
        question without groups and periods gives one figure even where n is 0, except from an
        empty ledger.

    Raises:
        NotFoundError: no such measure.
        InputError: an unknown field, parameter or period; a filter that cannot be read; a range
            that ends before it begins; a weight where none makes sense.
    """
    question = _question(by, every, first_day, last_day, where, weight, parameters, confidence, mix)
    return figures(snapshot, named(name), question)


def explain(
    snapshot: Reader,
    name: str,
    *,
    by: Sequence[str] = (),
    every: str | None = None,
    first_day: date | str | None = None,
    last_day: date | str | None = None,
    where: Sequence[str] = (),
    weight: str | None = None,
    parameters: Mapping[str, ParameterValue] | None = None,
    confidence: float = 0.95,
    mix: bool = False,
) -> str:
    """How the figure comes about, as text: question, counts, SQL, interval, source, caveats.

    The SQL is the very text that `compute` runs. Arguments and errors as there.
    """
    measure = named(name)
    question = _question(by, every, first_day, last_day, where, weight, parameters, confidence, mix)
    asked = ask(snapshot, measure, question)
    sql = snapshot.spelled(printed(figures_query(asked.plan), pretty=True))
    return explanation(measure, asked.plan.parameters, sql)


def rows_behind(
    snapshot: Reader,
    name: str,
    *,
    limit: int = _MOST_ROWS,
    by: Sequence[str] = (),
    every: str | None = None,
    first_day: date | str | None = None,
    last_day: date | str | None = None,
    where: Sequence[str] = (),
    weight: str | None = None,
    parameters: Mapping[str, ParameterValue] | None = None,
    mix: bool = False,
) -> pa.Table:
    """The units of observation behind the figures, at most `limit`, in no promised order.

    Arguments and errors as in `compute`.
    """
    if limit < 1:
        raise InputError("The limit must be one row or more", got=limit)
    question = _question(by, every, first_day, last_day, where, weight, parameters, 0.95, mix)
    asked = ask(snapshot, named(name), question)
    return snapshot.sql(printed(rows_query(asked.plan, limit)))


def distribution(
    snapshot: Reader,
    name: str,
    *,
    first_day: date | str | None = None,
    last_day: date | str | None = None,
    where: Sequence[str] = (),
    parameters: Mapping[str, ParameterValue] | None = None,
) -> list[Bin]:
    """The observations behind a figure by score or by length; none where it has neither.

    Programmes are laid together: narrow `where` to one. Arguments and errors as in `compute`.
    """
    measure = named(name)
    if not has_distribution(measure):
        return []
    asked = _question((), None, first_day, last_day, where, None, parameters, 0.95, True)
    return _distribution(snapshot, measure, asked)


def _question(
    by: Sequence[str],
    every: str | None,
    first_day: date | str | None,
    last_day: date | str | None,
    where: Sequence[str],
    weight: str | None,
    parameters: Mapping[str, ParameterValue] | None,
    confidence: float,
    mix: bool,
) -> Question:
    for given, option in ((by, "by"), (where, "where")):
        if isinstance(given, str):
            raise InputError(f"`{option}` is a list", got=given, hint=f"Write [{given!r}].")
    return Question(
        tuple(by),
        every,
        _day(first_day),
        _day(last_day),
        tuple(where),
        weight,
        dict(parameters or {}),
        confidence,
        mix,
    )


def _day(given: date | str | None) -> date | None:
    if not isinstance(given, str):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise InputError(
            "This is no day", got=given, expected="a date such as 2025-01-31"
        ) from None
