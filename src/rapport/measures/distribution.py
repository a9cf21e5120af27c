"""How single observations lie behind a figure: answers by score, waits by length."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from rapport.measures.compose import over_rows
from rapport.measures.compute import printed
from rapport.measures.definition import Measure
from rapport.measures.portable import parsed
from rapport.measures.question import Question, Reader, ask

# Upper ends of classes of waits, in hours; the last class is open.
WAIT_ENDS: tuple[float, ...] = (1 / 12, 0.25, 1.0, 4.0, 8.0, 24.0, 72.0, 168.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Observations of one score, or of one class of lengths.

    Attributes:
        low, high: ends of the class in the column's unit; equal for a single score; `high` is None
            where the class is open.
        n: how many.
    """

    low: float
    high: float | None
    n: int


def has_distribution(measure: Measure) -> bool:
    """Whether single observations of the measure can be laid out."""
    scored = any(column.alias_or_name == "score" for column in parsed(measure.rows).expressions)
    return measure.ranks is not None or (scored and "scale" in measure.inputs)


def distribution(reader: Reader, measure: Measure, question: Question) -> list[Bin]:
    """Observations behind a figure by score or length, in order; empty where there are none."""
    plan = ask(reader, measure, question).plan
    column = exp.column(measure.ranks or "score")
    value = _class_of(column) if measure.ranks else column
    count = exp.alias_(exp.Count(this=exp.Star()), "n")
    query = over_rows(plan, [exp.alias_(value, "value"), count])
    query = query.where(exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null())))
    rows = reader.sql(printed(query.group_by(value.copy()))).to_pylist()
    found = {float(row["value"]): int(row["n"]) for row in rows}
    return _classes(found) if measure.ranks else _scores(found)


def _class_of(column: exp.Expr) -> exp.Expr:
    """The number of the class a length belongs to."""
    ifs = [
        exp.If(this=column.copy() < exp.Literal.number(repr(end)), true=exp.convert(place))
        for place, end in enumerate(WAIT_ENDS)
    ]
    return exp.Case(ifs=ifs, default=exp.convert(len(WAIT_ENDS)))


def _classes(found: dict[float, int]) -> list[Bin]:
    ends: Sequence[float | None] = (*WAIT_ENDS, None)
    starts = (0.0, *WAIT_ENDS)
    return [
        Bin(low, high, found.get(float(place), 0))
        for place, (low, high) in enumerate(zip(starts, ends, strict=True))
        if found
    ]


def _scores(found: dict[float, int]) -> list[Bin]:
    return [Bin(score, score, found[score]) for score in sorted(found)]
