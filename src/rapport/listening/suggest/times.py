"""Whether a column holds times, and in which format."""

import re
from dataclasses import dataclass

import pyarrow as pa

from rapport.listening.suggest.columns import Column

_ISO = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
_PARTS = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:[ T](\d{1,2}):(\d{2})(:\d{2})?( ?[AaPp][Mm])?)?"
)
_EPOCHS = (("epoch_s", 1e9, 2.1e9), ("epoch_ms", 1e12, 2.1e12), ("epoch_us", 1e15, 2.1e15))
_MOST = 0.98


@dataclass(frozen=True)
class Times:
    """How the times of a column are written.

    Attributes:
        format: for the mapping; None where none is needed.
        reason: how that was found out.
        certain: False where the sample can be read in two ways.
    """

    format: str | None
    reason: str
    certain: bool = True


def times_of(column: Column) -> Times | None:
    """How a column's times are written, None when it holds none."""
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        return Times(None, "the column holds times")
    if not column.values:
        return None
    if _share(column, _ISO) >= _MOST:
        return Times(None, "ISO 8601")
    if _share(column, _PARTS) >= _MOST and not any("1899" in value for value in column.values):
        # A spreadsheet writes a time of day as one of 1899-12-31.
        return _from_parts(column)
    return _from_epoch(column)


def _share(column: Column, pattern: re.Pattern[str]) -> float:
    return sum(bool(pattern.fullmatch(v)) for v in column.values) / len(column.values)


def _from_parts(column: Column) -> Times:
    found = [match for match in map(_PARTS.fullmatch, column.values) if match]
    first, second = (max(int(match[place]) for match in found) for place in (1, 3))
    sign, year = found[0][2], "%Y" if len(found[0][4]) == 4 else "%y"
    clock = _clock(found[0])
    days, months = (sign.join((*order, year)) for order in (("%d", "%m"), ("%m", "%d")))
    if first > 12:
        return Times(days + clock, f"day first: a value begins with {first}")
    if second > 12:
        return Times(months + clock, f"month first: a value has {second} in the second place")
    guess = months if sign == "/" and clock.endswith("%p") else days
    return Times(guess + clock, "AMBIGUOUS: day and month first fit both; make sure", certain=False)


def _clock(found: re.Match[str]) -> str:
    if found[5] is None:
        return ""
    half = found[8]
    hour = "%I" if half else "%H"
    return (
        f" {hour}:%M"
        + (":%S" if found[7] else "")
        + (half.replace(half.strip(), "%p") if half else "")
    )


def _from_epoch(column: Column) -> Times | None:
    if column.numbers is None or not column.named("time", "timestamp", "date", "at", "ts", "epoch"):
        return None
    for name, least, most in _EPOCHS:
        if all(least <= number <= most for number in column.numbers):
            return Times(name, "numbers of the size of " + name)
    return None
