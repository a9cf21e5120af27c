"""Ids for ever: which interactions are known already.

A packed entry is 24 bytes: 16 of the id, 8 of the mark of its content. A whole batch goes to
the database as one value that is cut up inside one statement: no Python loop, and the interpreter's
lock is free meanwhile, so that the next batch can be read at the same time.

Invariant: an id whose batch is `failed` or `undone` counts as unknown. So a crash needs no clean-up
before the next import, and undoing an import takes effect at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rapport.ledger.relational.database import Database

ENTRY = np.dtype([("high", ">u8"), ("low", ">u8"), ("mark", ">u8")])
_BYTES = ENTRY.itemsize
# A writing transaction stays under about 50 ms: other writers wait for it.
_SLICE = 10_000
_FIND = (
    "WITH {count} SELECT n.i, k.mark, k.batch FROM n "
    "{look_up} {table} k ON k.id = substr(?1, n.i * 24 + 1, 16)"
)
_ADD = (
    "WITH {count} INSERT INTO {table} AS k (id, mark, batch) "
    "SELECT substr(?1, i * 24 + 1, 16), substr(?1, i * 24 + 17, 8), ?3 FROM n WHERE true "
    "ON CONFLICT (id) DO "
)
REPLACE = "UPDATE SET mark = excluded.mark, batch = excluded.batch"
_DEAD = "SELECT number FROM ledger_batch WHERE state IN ('failed', 'undone')"
_REPLACE_DEAD = f"{REPLACE} WHERE k.batch IN ({_DEAD})"
BIG, RECENT = "ledger_id", "ledger_id_recent"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a sorted run of entries.

    Attributes:
        index: positions in the run whose id is known.
        mark: the mark stored with each of them.
        batch: the batch each came in with.
    """

    index: npt.NDArray[np.int64]
    mark: npt.NDArray[np.uint64]
    batch: npt.NDArray[np.int64]


def order_of(entries: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """The order that sorts entries by id; equal ids keep theirs."""
    # Native bytes first: comparing swapped ones is ten times slower.
    high = entries["high"].astype(np.uint64)
    order = np.argsort(high, kind="stable")
    ordered = high[order]
    if (ordered[1:] == ordered[:-1]).any():
        order = np.lexsort((entries["low"].astype(np.uint64), high))
    return order


def identities(entries: npt.NDArray[Any]) -> "pa.Array[Any]":
    """The ids of packed entries, 16 bytes each, in their order."""
    wide = np.frombuffer(entries.tobytes(), dtype=np.uint8).reshape(-1, _BYTES)
    body = pa.py_buffer(np.ascontiguousarray(wide[:, :16]).tobytes())
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(entries), [None, body])


def find(database: Database, entries: npt.NDArray[Any]) -> Known:
    """Which of the sorted entries are known and alive."""
    body, count = entries.tobytes(), len(entries)
    hits: list[tuple[int, bytes, int]] = []
    # The small table first: an id may move to the big one in between, but never back.
    for table in (RECENT, BIG):
        if count and database.value(f"SELECT 1 FROM {table} LIMIT 1"):
            hits += database.rows(_cut(_FIND, database.connection, table), (body, count))
    dead = dead_batches(database) if hits else set()
    alive = [hit for hit in hits if hit[2] not in dead]
    return Known(
        np.array([hit[0] for hit in alive], dtype=np.int64),
        np.frombuffer(b"".join(hit[1] for hit in alive), dtype=">u8").astype(np.uint64),
        np.array([hit[2] for hit in alive], dtype=np.int64),
    )


def dead_batches(database: Database) -> set[int]:
    """Batches that were never stored or were undone: their ids count as unknown."""
    return {row[0] for row in database.rows(_DEAD)}


def claim(connection: Any, entries: npt.NDArray[Any], batch: int) -> bool:
    """Add entries to the big table where their ids are free; whether all of them were.

    Most files are new as a whole: then looking the ids up first would be half of the work.
    """
    if connection.execute(f"SELECT 1 FROM {RECENT} LIMIT 1").fetchone():
        return False
    return _put(connection, entries, batch, BIG, "NOTHING") == len(entries)


def add(connection: Any, entries: npt.NDArray[Any], batch: int, table: str = RECENT) -> None:
    """Add entries inside the caller's transaction, over dead ones with their ids."""
    _put(connection, entries, batch, table, REPLACE)


def add_free(connection: Any, entries: npt.NDArray[Any], batch: int) -> bool:
    """Add entries to the small table where their ids are free or dead; whether all of them were.

    For writers beside others: one of them may have stored an id since it was looked up.
    """
    return _put(connection, entries, batch, RECENT, _REPLACE_DEAD) == len(entries)


def _put(
    connection: Any, entries: npt.NDArray[Any], batch: int, table: str, on_conflict: str
) -> int:
    if not len(entries):
        return 0
    query = _cut(_ADD, connection, table) + on_conflict
    parameters = (entries.tobytes(), len(entries), batch)
    return int(connection.execute(query, parameters).rowcount)


def _cut(query: str, connection: Any, table: str) -> str:
    return query.format(count=connection.COUNT, look_up=connection.LOOK_UP, table=table)


def settle(database: Database) -> int:
    """Move the small table into the big one in sorted slices; the number of ids moved."""
    moved = 0
    while True:
        with database.write() as connection:
            last = connection.execute(
                f"SELECT id FROM (SELECT id FROM {RECENT} ORDER BY id LIMIT {_SLICE}) AS slice "
                "ORDER BY id DESC LIMIT 1"
            ).fetchone()
            if last is None:
                return moved
            connection.execute(
                f"INSERT INTO {BIG} (id, mark, batch) SELECT id, mark, batch FROM {RECENT} "
                f"WHERE id <= ? ORDER BY id ON CONFLICT (id) DO {REPLACE}",
                last,
            )
            moved += connection.execute(f"DELETE FROM {RECENT} WHERE id <= ?", last).rowcount


def sweep(database: Database, batches: Iterable[int]) -> int:
    """Remove the ids of dead batches, slice by slice over the key space; how many went."""
    numbers = ",".join(str(int(number)) for number in batches)
    if not numbers:
        return 0
    gone = 0
    for table in (BIG, RECENT):
        for first in range(256):
            low, high = bytes([first]), bytes([first + 1]) if first < 255 else b"\xff" * 17
            with database.write() as connection:
                gone += connection.execute(
                    f"DELETE FROM {table} WHERE id >= ? AND id < ? AND batch IN ({numbers})",
                    (low, high),
                ).rowcount
    return gone


def count(database: Database) -> int:
    """How many ids are kept, dead ones included."""
    return int(
        database.value(f"SELECT (SELECT count(*) FROM {BIG}) + (SELECT count(*) FROM {RECENT})")
    )
