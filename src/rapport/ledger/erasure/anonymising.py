"""What an interaction says once nobody can tell any more whom it was with (decision 0017).

What stays: what happened, where, on which day, the score, the amount. What goes: the words, the
properties, the moment within the day, and every value that only this person's rows have. Customer,
account and thread become random tokens that nobody keeps, so that counts per customer and times
within a thread stay as they were.
"""

import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rapport.kernel.zones import zone_named
from rapport.ledger.schema import MOMENT, SCHEMA

TOKEN = "erased:"  # noqa: S105 - the beginning of a name, no secret
_TOKEN_BYTES = 12
_DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1)
# Emptied where nobody else has the value. The other texts are words of ours, never a person's.
SHARED = ("unit", "channel", "touchpoint", "brand", "product", "programme", "item", "language")
_GONE = ("text", "properties")


@dataclass(frozen=True, slots=True)
class Disguise:
    """What replaces what, for the rows of one erasure.

    Attributes:
        customers: from each name to a token.
        accounts: from those accounts that point to the person to a token.
        threads: from each thread to a token.
        shifts: how far back each thread moves, µs.
        shared: of each field of SHARED the values that others have too.
    """

    customers: Mapping[str, str]
    accounts: Mapping[str, str] = field(default_factory=dict)
    threads: Mapping[str, str] = field(default_factory=dict)
    shifts: Mapping[str, int] = field(default_factory=dict)
    shared: Mapping[str, frozenset[str]] = field(default_factory=dict)


def new_token() -> str:
    """A new name that says nothing.

    >>> new_token().startswith("erased:"), new_token() == new_token()
    (True, False)
    """
    return TOKEN + secrets.token_hex(_TOKEN_BYTES)


def anonymised(rows: pa.Table, disguise: Disguise, zone: str, ids: "pa.Array[Any]") -> pa.Table:
    """The rows with everything that points to a person replaced or gone.

    Day, week and month stay; a thread's rows keep their distances in time.

    Args:
        rows: interactions at rest.
        disguise: for all rows of the erasure, so that threads over several files stay together.
        zone: the reporting zone.
        ids: new ids, one for each row.
    """
    moments = _moved(rows, disguise.shifts, zone)
    columns: dict[str, Any] = {
        "id": ids.cast(pa.binary()),
        "t": pa.array(moments),
        "occurred_at": pa.array(moments).cast(MOMENT),
        "received_at": _to_the_day(rows["received_at"]),
        "customer": _replaced(rows["customer"], disguise.customers),
        "account": _replaced(rows["account"], disguise.accounts),
        "thread": _replaced(rows["thread"], disguise.threads),
        **{name: pa.nulls(rows.num_rows, pa.string()) for name in _GONE},
    }
    for name in SHARED:
        known = pa.array(sorted(disguise.shared.get(name, ())), pa.string())
        nothing = pa.scalar(None, pa.string())
        columns[name] = pc.if_else(pc.is_in(rows[name], known), rows[name], nothing)
    arrays = [columns.get(f.name, rows[f.name]) for f in SCHEMA]
    return pa.table(arrays, schema=SCHEMA)


def new_ids(count: int) -> "pa.Array[Any]":
    """Random ids: a hash of what a source sent could be guessed back."""
    body = pa.py_buffer(os.urandom(16 * count))
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), count, [None, body])


def shifts_of(rows: pa.Table, zone: str) -> dict[str, int]:
    """How far back each thread can move so that none of its rows leaves its day, µs."""
    found: dict[str, int] = {}
    threads: list[Any] = rows["thread"].to_pylist()
    days: list[int] = rows["day"].to_numpy().tolist()
    starts = day_starts(days, zone)
    for thread, moment, day in zip(threads, rows["t"].to_numpy().tolist(), days, strict=True):
        if thread is not None:
            since = max(0, moment - starts[day])
            found[thread] = min(since, found.get(thread, since))
    return found


def day_starts(days: Iterable[int], zone: str) -> dict[int, int]:
    """The first moment of days (counted since 1970-01-01) in a zone, as µs since 1970 UTC.

    >>> day_starts([0], "Europe/Berlin")
    {0: -3600000000}
    """
    where = zone_named(zone)
    return {day: _first_moment(_EPOCH + timedelta(days=day), where) for day in set(days)}


def _first_moment(day: date, where: ZoneInfo) -> int:
    # Where midnight is skipped, this is the moment the clock jumps: the day begins there.
    begins = datetime(day.year, day.month, day.day, tzinfo=where).astimezone(UTC)
    return round(begins.timestamp()) * 1_000_000


def _moved(rows: pa.Table, shifts: Mapping[str, int], zone: str) -> npt.NDArray[np.int64]:
    """Moments: a thread as a whole by its shift, a row without one to the start of its day."""
    moments = rows["t"].to_numpy()
    days = rows["day"].to_numpy()
    starts = day_starts(np.unique(days).tolist(), zone)
    begun = np.array([starts[day] for day in days.tolist()], dtype=np.int64)
    threads: list[Any] = rows["thread"].to_pylist()
    back = np.array([shifts.get(thread, -1) for thread in threads], dtype=np.int64)
    return np.where(back < 0, np.minimum(begun, moments), moments - back)


def _to_the_day(received: Any) -> Any:
    whole = pc.divide(received.cast(pa.timestamp("us", "UTC")).cast(pa.int64()), _DAY)
    return pc.multiply(whole, _DAY).cast(MOMENT)


def _replaced(column: Any, names: Mapping[str, str]) -> Any:
    """The column with some values replaced by others."""
    if not names:
        return column
    place = pc.index_in(column, pa.array(list(names), pa.string()))
    tokens = pa.array(list(names.values()), pa.string())
    return pc.if_else(pc.is_null(place), column, tokens.take(pc.fill_null(place, 0)))
