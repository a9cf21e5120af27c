"""Days, weeks, months, quarters and years: what people write, and what the ledger counts.

The ledger holds integers: `day` counts from 1970-01-01, `week` from the week of that day, `month`
from 1970-01. A bucket is such an integer; quarters and years are counted from 1970 too. Integers
mean the same on every engine, calendar functions do not.

A period is named so that its name can be written for --from and --to:

    2025-01-31               a day
    2025-W03                 a week from Monday to Sunday (ISO 8601)
    2025-01-05/2025-01-11    a week from Sunday to Saturday, or any other stretch of days
    2025-01, 2025-Q1, 2025   a month, a quarter, a year
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from sqlglot import exp

from rapport.kernel.errors import InputError

MONDAY: Final = 0
SUNDAY: Final = 6

_FIRST_YEAR: Final = 1970
_EPOCH: Final = date(_FIRST_YEAR, 1, 1)
_ONE_DAY: Final = timedelta(days=1)
# 1970-01-01 was a Thursday: three days into a week from Monday, four into one from Sunday.
_DAYS_INTO_WEEK: Final = {MONDAY: 3, SUNDAY: 4}
_WRITTEN: Final = "2025-01-31, 2025-01, 2025, 2025-Q1, 2025-W03, today or -90d (90 days ago)"


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of days, both ends inside."""

    first_day: date
    last_day: date


class Every(StrEnum):
    """How time is cut into periods."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """One period of an answer.

    Attributes:
        bucket: its number as `bucket_sql` counts it, None where time is not cut.
        name: "2025-01-31", "2025-W03", "2025-01", "2025-Q1", "2025", "2025-01-01/2025-03-31".
        first_day, last_day: the days counted in it, both inside: never outside what was asked.
        complete: False when the name covers more days than were asked for.
    """

    bucket: int | None
    name: str
    first_day: date
    last_day: date
    complete: bool


def parse_days(text: str, today: date) -> Days:
    """The days that people mean by `2025-01-31`, `2025-01`, `2025-Q1`, `today`, `-90d`.

    `--from` takes the first of them, `--to` the last, so that `--to 2025-01` means through the
    31st. `-90d` is the one day 90 days before today. Names of periods are read too.

    Raises:
        InputError: it is none of these, or there is no such day.

    >>> parse_days("2025-Q1", today=date(2025, 5, 1))
    Days(first_day=datetime.date(2025, 1, 1), last_day=datetime.date(2025, 3, 31))
    """
    written = text.strip()
    for pattern, read in _FORMS:
        found = pattern.fullmatch(written)
        if found is not None:
            try:
                return read(found, today)
            except (ValueError, OverflowError):
                break
    raise InputError("This is no day or period", got=repr(text), expected=_WRITTEN)


def parse_stretch(
    from_text: str | None, to_text: str | None, today: date
) -> tuple[date | None, date | None]:
    """First and last day of what `--from` and `--to` ask for, None where an end is open.

    Raises:
        InputError: an end cannot be read, or the stretch ends before it begins.
    """
    first_day = None if from_text is None else parse_days(from_text, today).first_day
    last_day = None if to_text is None else parse_days(to_text, today).last_day
    if first_day is not None and last_day is not None and first_day > last_day:
        raise InputError(
            "The period ends before it begins",
            got=f"from {first_day} to {last_day}",
            hint="Exchange --from and --to.",
        )
    return first_day, last_day


def bucket_sql(every: Every, table: str | None = None) -> exp.Expr:
    """The bucket of an interaction, over the ledger's integer columns.

    >>> bucket_sql(Every.QUARTER).sql("duckdb")
    'CAST(FLOOR(month / 3) AS INT)'
    """
    match every:
        case Every.QUARTER:
            return _floored(exp.column("month", table=table), 3)
        case Every.YEAR:
            return _floored(exp.column("month", table=table), 12)
        case _:
            return exp.column(every.value, table=table)


def bucket_of(day: date, every: Every, week_start: int = MONDAY) -> int:
    """The bucket a day belongs to.

    >>> bucket_of(date(1970, 1, 1), Every.WEEK), bucket_of(date(2025, 2, 1), Every.QUARTER)
    (0, 220)
    """
    months = (day.year - _FIRST_YEAR) * 12 + day.month - 1
    match every:
        case Every.DAY:
            return (day - _EPOCH).days
        case Every.WEEK:
            return ((day - _EPOCH).days + _days_into_week(week_start)) // 7
        case Every.MONTH:
            return months
        case Every.QUARTER:
            return months // 3
        case Every.YEAR:
            return day.year - _FIRST_YEAR


def days_of(bucket: int, every: Every, week_start: int = MONDAY) -> Days:
    """The days of a bucket.

    >>> days_of(220, Every.QUARTER)
    Days(first_day=datetime.date(2025, 1, 1), last_day=datetime.date(2025, 3, 31))
    """
    match every:
        case Every.DAY:
            day = _EPOCH + timedelta(days=bucket)
            return Days(day, day)
        case Every.WEEK:
            first = _EPOCH + timedelta(days=bucket * 7 - _days_into_week(week_start))
            return Days(first, first + timedelta(days=6))
        case Every.MONTH:
            return _months(bucket, 1)
        case Every.QUARTER:
            return _months(bucket * 3, 3)
        case Every.YEAR:
            return _months(bucket * 12, 12)


def bucket_name(bucket: int, every: Every, week_start: int = MONDAY) -> str:
    """The name of a bucket; `parse_days` reads it back to the same days.

    >>> bucket_name(220, Every.QUARTER), bucket_name(0, Every.WEEK)
    ('2025-Q1', '1970-W01')
    >>> bucket_name(0, Every.WEEK, week_start=SUNDAY)
    '1969-12-28/1970-01-03'
    """
    days = days_of(bucket, every, week_start)
    first = days.first_day
    match every:
        case Every.DAY:
            return first.isoformat()
        case Every.WEEK if week_start == MONDAY:
            year, week, _ = first.isocalendar()
            return f"{year:04}-W{week:02}"
        case Every.WEEK:
            return _stretch_name(days)
        case Every.MONTH:
            return f"{first.year:04}-{first.month:02}"
        case Every.QUARTER:
            return f"{first.year:04}-Q{(first.month + 2) // 3}"
        case Every.YEAR:
            return f"{first.year:04}"


def buckets(
    first_day: date, last_day: date, every: Every | None, week_start: int = MONDAY
) -> list[Period]:
    """The periods from one day to another, both inside, in order and without a gap.

    With `every` None it is one period with all the days. A first or last period of which only
    some days were asked for has only these, and is not complete.

    Returns:
        An empty list when the last day is before the first.

    >>> [p.name for p in buckets(date(2025, 1, 15), date(2025, 2, 28), Every.MONTH)]
    ['2025-01', '2025-02']
    """
    asked = Days(first_day, last_day)
    if first_day > last_day:
        return []
    if every is None:
        return [Period(None, _stretch_name(asked), first_day, last_day, complete=True)]
    first = bucket_of(first_day, every, week_start)
    last = bucket_of(last_day, every, week_start)
    return [_period(bucket, asked, every, week_start) for bucket in range(first, last + 1)]


def _period(bucket: int, asked: Days, every: Every, week_start: int) -> Period:
    whole = days_of(bucket, every, week_start)
    counted = Days(max(whole.first_day, asked.first_day), min(whole.last_day, asked.last_day))
    name = bucket_name(bucket, every, week_start)
    return Period(bucket, name, counted.first_day, counted.last_day, complete=counted == whole)


def _stretch_name(days: Days) -> str:
    return f"{days.first_day.isoformat()}/{days.last_day.isoformat()}"


def _floored(column: exp.Column, months: int) -> exp.Expr:
    # Spark has no //, and its / is never a whole-number division, nor is DuckDB's. FLOOR and not
    # a plain cast, so that months before 1970 fall into the right quarter.
    share = exp.Div(this=column, expression=exp.Literal.number(months), typed=False, safe=False)
    return exp.cast(exp.Floor(this=share), "int")


def _days_into_week(week_start: int) -> int:
    if week_start not in _DAYS_INTO_WEEK:
        raise InputError(
            "A week starts on Monday (0) or on Sunday (6)",
            got=week_start,
            hint="Choose one of the two at `rapport init`; the ledger keeps it.",
        )
    return _DAYS_INTO_WEEK[week_start]


def _months(month: int, count: int) -> Days:
    """`count` months from the month of that number."""
    return Days(_month_start(month), _before(month + count))


def _month_start(month: int) -> date:
    return date(_FIRST_YEAR + month // 12, month % 12 + 1, 1)


def _before(month: int) -> date:
    """The day before a month starts; the calendar ends with the year 9999."""
    if month == (MAXYEAR + 1 - _FIRST_YEAR) * 12:
        return date.max
    return _month_start(month) - _ONE_DAY


# What people write, each with how it is read; ValueError where there is no such day.

Read: TypeAlias = Callable[[re.Match[str], date], Days]


def _one_day(day: date) -> Days:
    return Days(day, day)


def _read_day(found: re.Match[str], _today: date) -> Days:
    return _one_day(date.fromisoformat(found[0]))


def _read_stretch(found: re.Match[str], _today: date) -> Days:
    days = Days(date.fromisoformat(found[1]), date.fromisoformat(found[2]))
    if days.first_day > days.last_day:
        raise ValueError("it ends before it begins")
    return days


def _read_month(found: re.Match[str], _today: date) -> Days:
    return _months(bucket_of(date(int(found[1]), int(found[2]), 1), Every.MONTH), 1)


def _read_quarter(found: re.Match[str], _today: date) -> Days:
    return days_of((int(found[1]) - _FIRST_YEAR) * 4 + int(found[2]) - 1, Every.QUARTER)


def _read_year(found: re.Match[str], _today: date) -> Days:
    return days_of(int(found[1]) - _FIRST_YEAR, Every.YEAR)


def _read_week(found: re.Match[str], _today: date) -> Days:
    monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    return Days(monday, monday + timedelta(days=6))


def _read_today(_found: re.Match[str], today: date) -> Days:
    return _one_day(today)


def _read_days_ago(found: re.Match[str], today: date) -> Days:
    return _one_day(today - timedelta(days=int(found[1])))


def _form(pattern: str, read: Read) -> tuple[re.Pattern[str], Read]:
    return re.compile(pattern, re.ASCII | re.IGNORECASE), read


_DAY: Final = r"\d{4}-\d{2}-\d{2}"
_FORMS: Final = (
    _form(_DAY, _read_day),
    _form(rf"({_DAY})/({_DAY})", _read_stretch),
    _form(r"(\d{4})-(\d{2})", _read_month),
    _form(r"(\d{4})-Q([1-4])", _read_quarter),
    _form(r"(\d{4})-W(\d{2})", _read_week),
    _form(r"(\d{4})", _read_year),
    _form(r"today", _read_today),
    _form(r"-(\d{1,6})d", _read_days_ago),
)
