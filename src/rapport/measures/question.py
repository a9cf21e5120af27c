"""What somebody asks of a measure, checked and resolved into a plan the composer can print."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import pyarrow as pa
from sqlglot import exp

from rapport.kernel.errors import InputError, did_you_mean
from rapport.kernel.filters import all_of, fields, parse
from rapport.kernel.periods import Every, Period, bucket_of, bucket_sql, buckets, days_of
from rapport.kernel.zones import zone_named
from rapport.measures.compose import Plan, day_number
from rapport.measures.definition import Measure, ParameterValue, set_parameters
from rapport.measures.fields import WORDS, check_published, condition_of, field_named
from rapport.measures.portable import parsed
from rapport.methods.normal import z_of

MIXABLE = ("programme", "brand")
EPOCH = date(1970, 1, 1)
MOST_PERIODS = 4000
# What SQL is told of the end of the data: their last day, and the first week and the first month
# that they do not hold whole (by the ledger's numbers).
ENDS = ("data_last_day", "open_week", "open_month")


class ReaderSettings(Protocol):
    """What of the ledger's settings a figure needs."""

    @property
    def zone(self) -> str: ...
    @property
    def week_start(self) -> int: ...


class Reader(Protocol):
    """What a measure needs of a snapshot of the ledger."""

    @property
    def settings(self) -> ReaderSettings: ...
    @property
    def published(self) -> frozenset[str]: ...

    def sql(self, query: str, tables: Mapping[str, pa.Table] | None = None) -> pa.Table: ...
    def spelled(self, query: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Question:
    """One question, as it was asked.

    Attributes:
        by: fields to group by.
        every: day, week, month, quarter or year; None for one period.
        first_day, last_day: the days asked for, both inside; None where open.
        where: filter expressions, all of which must hold.
        weight: field that weighs, None for equal weights.
        parameters: of the definition, where not its defaults.
        confidence: of the intervals.
        mix: True to let programmes (and brands) mix in one figure.
    """

    by: tuple[str, ...] = ()
    every: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    where: tuple[str, ...] = ()
    weight: str | None = None
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    confidence: float = 0.95
    mix: bool = False

    @property
    def filter(self) -> str | None:
        """The filter as the person wrote it."""
        if len(self.where) < 2:
            return self.where[0] if self.where else None
        return " and ".join(f"({part})" for part in self.where)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question made ready.

    Attributes:
        plan: what the composer prints.
        every: how time is cut, None for one period.
        week_start: of the ledger.
        empty: True where the ledger holds nothing, as far as that was looked up.
    """

    plan: Plan
    every: Every | None
    week_start: int
    empty: bool


def ask(reader: Reader, measure: Measure, question: Question) -> Asked:
    """Check the question against the measure and the store, and resolve it.

    Raises:
        InputError: an unknown field, parameter or period, a filter that cannot be read, a range
            that ends before it begins, a weight where none makes sense, or currencies to mix.
    """
    parameters = set_parameters(measure, question.parameters)
    z_of(question.confidence)
    _check_range(question)
    _check_weight(measure, question)
    every = _every(question.every)
    condition = _condition(reader, question)
    by = tuple(field_named(name) for name in question.by)
    weighs = [] if question.weight is None else [field_named(question.weight)]
    check_published(frozenset([*by, *weighs]), reader.published)
    looks = _needs_data_days(measure, question)
    days = _data_days(reader, measure) if looks else None
    periods = _periods(question, every, reader.settings.week_start, days)
    plan = Plan(
        measure=measure,
        by=tuple(dict.fromkeys(question.by)),
        apart=_apart(measure, question),
        bucket=_Bucket(every, periods if measure.placed == "periods" else ()),
        several=every is not None,
        first_day=_number(question.first_day),
        last_day=_number(question.last_day),
        periods=periods,
        condition=condition,
        weight=question.weight,
        parameters={
            **parameters,
            **measure.derive(parameters),
            **(_ends(days[1], reader.settings.week_start) if days else dict.fromkeys(ENDS, 0)),
        },
        confidence=question.confidence,
        absent=tuple(sorted(measure.reads.keys() - reader.published)),
    )
    return Asked(plan, every, reader.settings.week_start, empty=looks and days is None)


def _check_range(question: Question) -> None:
    first, last = question.first_day, question.last_day
    if first is not None and last is not None and first > last:
        raise InputError(
            "The range ends before it begins", got=f"{first} to {last}", hint="Swap the two days."
        )


def _check_weight(measure: Measure, question: Question) -> None:
    if question.weight is not None and not measure.weightable:
        raise InputError(
            f"The measure {measure.name} takes no weights",
            expected="a measure of answers, such as nps or csat",
            hint="Leave --weight out.",
        )


def _condition(reader: Reader, question: Question) -> exp.Expr | None:
    tree = all_of([parse(text, WORDS) for text in question.where])
    if tree is None:
        return None
    check_published(fields(tree), reader.published)
    return condition_of(tree, zone_named(reader.settings.zone))


def _apart(measure: Measure, question: Question) -> tuple[str, ...]:
    strict = [name for name in measure.never_mixes if name not in MIXABLE]
    if question.mix and strict and len(strict) == len(measure.never_mixes):
        raise InputError(
            f"The measure {measure.name} never adds amounts of different currencies",
            hint="Leave --mix out; each currency gives a figure of its own.",
        )
    kept = strict if question.mix else measure.never_mixes
    return tuple(name for name in kept if name not in question.by)


def _needs_data_days(measure: Measure, question: Question) -> bool:
    if measure.placed == "periods":
        return True
    texts = (measure.rows, *measure.counts.values())
    placeholders = {p.name for text in texts for p in parsed(text).find_all(exp.Placeholder)}
    open_range = question.first_day is None or question.last_day is None
    return bool(placeholders & set(ENDS)) or (question.every is None and open_range)


def _ends(last: date, week_start: int) -> dict[str, ParameterValue]:
    open_ones = (_first_open(last, every, week_start) for every in (Every.WEEK, Every.MONTH))
    return dict(zip(ENDS, (day_number(last), *open_ones), strict=True))


def _first_open(last: date, every: Every, week_start: int) -> int:
    bucket = bucket_of(last, every, week_start)
    return bucket + (days_of(bucket, every, week_start).last_day == last)


def _data_days(reader: Reader, measure: Measure) -> tuple[date, date] | None:
    """First and last day of what the measure is made of, else of the ledger; None if empty.

    By kind, because a store whose orders end in June is not to wait for repeat orders until the
    last page view of December.
    """
    first, last = exp.Min(this=exp.column("day")), exp.Max(this=exp.column("day"))
    columns = [exp.alias_(first, "first"), exp.alias_(last, "last")]
    query = exp.select(*columns).from_("interactions")
    if measure.kinds:
        own = query.where(exp.column("kind").isin(*measure.kinds))
        [row] = reader.sql(own.sql("duckdb")).to_pylist()
        if row["first"] is not None:
            return _day(row["first"]), _day(row["last"])
    [row] = reader.sql(query.sql("duckdb")).to_pylist()
    return None if row["first"] is None else (_day(row["first"]), _day(row["last"]))


def _day(number: int) -> date:
    return days_of(number, Every.DAY).first_day


def _number(day: date | None) -> int | None:
    return None if day is None else day_number(day)


def _every(name: str | None) -> Every | None:
    if name is None:
        return None
    try:
        return Every(name)
    except ValueError:
        raise InputError(
            f"There is no period {name!r}", hint=did_you_mean(name, [e.value for e in Every])
        ) from None


def _periods(
    question: Question, every: Every | None, week_start: int, days: tuple[date, date] | None
) -> tuple[Period, ...]:
    """The periods of the asked range; where it is open, of the data. One at least."""
    first = question.first_day or (days[0] if days else question.last_day or EPOCH)
    last = question.last_day or (days[1] if days else first)
    found = buckets(first, max(first, last), every, week_start)
    if len(found) > MOST_PERIODS:
        raise InputError(
            f"The range holds {len(found)} periods of a {every}",
            expected=f"at most {MOST_PERIODS}",
            hint="Ask for longer periods or a shorter range.",
        )
    return tuple(found)


# Buckets of what lies before and after the periods that are asked for.
BEFORE, AFTER = -(2**31), 2**31 - 1


@dataclass(frozen=True, slots=True)
class _Bucket:
    """The period's number as SQL.

    As the ledger counts it; where figures follow given periods, what lies outside them gets a
    number of its own, so that a period cut by the asked range holds only the days it names.
    """

    every: Every | None
    periods: tuple[Period, ...]

    def __call__(self, table: str | None) -> exp.Expr:
        inside = exp.convert(0) if self.every is None else bucket_sql(self.every, table)
        if not self.periods:
            return inside
        day = exp.column("day", table=table)
        first, last = self.periods[0].first_day, self.periods[-1].last_day
        before = exp.If(this=day < day_number(first), true=exp.convert(BEFORE))
        after = exp.If(this=day.copy() > day_number(last), true=exp.convert(AFTER))
        return exp.Case(ifs=[before, after], default=inside)
