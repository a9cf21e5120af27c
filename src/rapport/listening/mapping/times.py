"""Times of a file as moments: formats, offsets, zones, the hour that never was.

The hour that comes twice in autumn is read as its second pass (winter time). A date like
01/02/2020 is never guessed at: the mapping says its format, or the row is rejected.
"""

import pyarrow as pa

from rapport.kernel.errors import InputError
from rapport.ledger.api import Reason
from rapport.listening.mapping.model import Shift, Value
from rapport.listening.mapping.quoting import cell_sql, text_sql

_ZONED = r"(Z|z|[+-]\d{2}:?\d{2}|[+-]\d{2})"
_ISO = r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*" + _ZONED + "?"
_TWO_WAYS = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}.*"
_EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
_ISO_EXPECTED = "ISO 8601 such as 2025-01-31 or 2025-01-31T10:00:00Z, or a format in the mapping"


def moment(text: str, typed: pa.DataType | None, value: Value, zone: str) -> str:
    """SQL of the moment, UTC, none where there is none.

    Args:
        text: SQL of the value's text.
        typed: type of the column where it holds times already.
        value: for its format and shift.
        zone: zone of times that carry none.
    """
    if typed is not None:
        made = _typed(cell_sql(value.column or ""), typed, zone)
    elif value.format in _EPOCHS:
        microseconds = f"round(TRY_CAST({text} AS DOUBLE) * {_EPOCHS[value.format]})"
        made = f"make_timestamptz(CAST({microseconds} AS BIGINT))"
    elif value.format:
        parsed = f"try_strptime({text}, {text_sql(value.format)})"
        made = parsed if "%z" in value.format else _local(parsed, zone)
    else:
        # Most files end an offset in Z or +01:00; +0100 and a blank before it mean the same.
        tidy = f"regexp_replace({text}, ' ?([+-]\\d{{2}}):?(\\d{{2}})$', '\\1:\\2')"
        made = (
            f"CASE WHEN NOT regexp_full_match({text}, {text_sql(_ISO)}) THEN NULL "
            f"WHEN {text}[-1] = 'Z' THEN TRY_CAST({text} AS TIMESTAMPTZ) "
            f"WHEN {_has_offset(text)} THEN TRY_CAST({tidy} AS TIMESTAMPTZ) "
            f"ELSE {_local(f'TRY_CAST({text} AS TIMESTAMP)', zone)} END"
        )
    return made if value.shift is None else f"({made} {_span(value.shift)})"


def faults(
    text: str, made: str, typed: pa.DataType | None, value: Value, zone: str
) -> list[tuple[Reason, str, str]]:
    """Reasons, what was expected, and SQL conditions under which a time is none."""
    unread = f"{text} IS NOT NULL AND {made} IS NULL"
    found = []
    if value.format is None and typed is None:
        two_ways = f"{unread} AND regexp_full_match({text}, {text_sql(_TWO_WAYS)})"
        hint = 'a format in the mapping, such as format = "%d/%m/%Y" or "%m/%d/%Y"'
        found.append((Reason.AMBIGUOUS_TIME, hint, two_ways))
    expected = f"a time written {value.format}" if value.format else _ISO_EXPECTED
    found.append((Reason.NOT_A_TIME, expected, unread))
    local = _local_text(text, typed, value)
    if local is not None:
        name = text_sql(zone)
        shown = f"timezone({name}, {made})"
        never = f"CASE WHEN {_naive(text, typed, value)} THEN {shown} <> {local} END"
        if value.shift is None:
            found.append((Reason.IMPOSSIBLE_TIME, f"a time that clocks in {zone} showed", never))
    return found


def _has_offset(text: str) -> str:
    """Whether an ISO time carries an offset such as +01:00, +0100, +01 or Z."""
    sign = "('+', '-')"
    return (
        f"(contains({text}, ':') AND (upper({text}[-1]) = 'Z' OR {text}[-6] IN {sign} "
        f"OR {text}[-5] IN {sign} OR {text}[-3] IN {sign}))"
    )


def _naive(text: str, typed: pa.DataType | None, value: Value) -> str:
    """Whether a time carries no offset of its own."""
    return "TRUE" if typed is not None or value.format else f"NOT {_has_offset(text)}"


def _local_text(text: str, typed: pa.DataType | None, value: Value) -> str | None:
    """SQL of the time on the wall, where the text carries no offset."""
    if typed is not None:
        plain = pa.types.is_timestamp(typed) and typed.tz is None
        return f"CAST({cell_sql(value.column or '')} AS TIMESTAMP)" if plain else None
    if value.format in _EPOCHS or "%z" in (value.format or ""):
        return None
    if value.format:
        return f"try_strptime({text}, {text_sql(value.format)})"
    return f"TRY_CAST({text} AS TIMESTAMP)"


def _typed(column: str, typed: pa.DataType, zone: str) -> str:
    if pa.types.is_timestamp(typed) and typed.tz is not None:
        return f"CAST({column} AS TIMESTAMPTZ)"
    if pa.types.is_date(typed) or pa.types.is_timestamp(typed):
        return _local(f"CAST({column} AS TIMESTAMP)", zone)
    raise InputError("A time of day alone is not a moment", got=str(typed))


def _local(sql: str, zone: str) -> str:
    return f"timezone({text_sql(zone)}, {sql})"


def _span(shift: Shift) -> str:
    sign = "+" if shift.sign > 0 else "-"
    if shift.unit == "clock":
        # Hours, minutes and seconds as a stopwatch shows them: 126:05:09.5.
        return f"{sign} TRY_CAST({cell_sql(shift.column or '')} AS INTERVAL)"
    count = (
        f"TRY_CAST({cell_sql(shift.column)} AS DOUBLE)"
        if shift.column is not None
        else repr(float(shift.number or 0))
    )
    if shift.unit in ("months", "years"):
        months = f"{count} * 12" if shift.unit == "years" else count
        return f"{sign} to_months(CAST({months} AS INTEGER))"
    return f"{sign} to_seconds({count} * {_SECONDS[shift.unit]})"


_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
