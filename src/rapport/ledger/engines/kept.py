"""The journal as tables of DuckDB that all snapshots of one process share.

A batch of the journal never changes, and copying one into the engine costs more than most
questions; so it is copied once. A table grows by batches of ever larger numbers, and each reader
reads up to the last number of its own moment, so what came later is not seen. Once some have been
sealed the next reader begins a new table, and the old one goes with the last of its readers.
"""

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import count

import pyarrow as pa

from rapport.ledger import frames
from rapport.ledger.bench import Bench
from rapport.ledger.schema import EMPTY


@dataclass(slots=True)
class Kept:
    """A table of the journal: its name, the batches in it, and how many snapshots read it."""

    table: str
    batches: set[int] = field(default_factory=set)
    readers: int = 0


class KeptJournal:
    """The tables of one bench.

    `NUMBER` is the column that says of which batch a row is.
    """

    NUMBER = "journal_batch"

    def __init__(self, bench: Bench) -> None:
        self._bench = bench.cursor()
        self._lock = threading.Lock()
        self._names = (f"kept_journal_{number}" for number in count())
        self._now: Kept | None = None

    def take(self, bodies: Mapping[int, bytes]) -> Kept:
        """A table that holds just these batches up to the last of them, until it is given back.

        Raises:
            StoreError: a batch is damaged.
        """
        with self._lock:
            kept = self._now
            if kept is None or not _fits(kept.batches, bodies.keys()):
                kept = self._begin()
            self._add(kept, {n: bodies[n] for n in bodies.keys() - kept.batches})
            kept.readers += 1
            return kept

    def give_back(self, kept: Kept) -> None:
        """Say that a reader of the table has gone."""
        with self._lock:
            kept.readers -= 1
            if not kept.readers and kept is not self._now:
                self._drop(kept)

    def _begin(self) -> Kept:
        before, begun = self._now, Kept(next(self._names))
        self._bench.register("handed_in", _numbered(EMPTY, 0))
        self._bench.execute(f"CREATE TABLE {begun.table} AS SELECT * FROM handed_in")
        self._bench.unregister("handed_in")
        self._now = begun
        if before is not None and not before.readers:
            self._drop(before)
        return begun

    def _add(self, kept: Kept, bodies: Mapping[int, bytes]) -> None:
        if not bodies:
            return
        rows = [_numbered(frames.from_bytes(bodies[n]), n) for n in sorted(bodies)]
        self._bench.register("handed_in", pa.concat_tables(rows))
        self._bench.execute(f"INSERT INTO {kept.table} SELECT * FROM handed_in")
        self._bench.unregister("handed_in")
        kept.batches |= bodies.keys()

    def _drop(self, kept: Kept) -> None:
        self._bench.execute(f"DROP TABLE {kept.table}")


def _numbered(rows: pa.Table, number: int) -> pa.Table:
    numbers = pa.repeat(pa.scalar(number, pa.int64()), rows.num_rows)
    return rows.append_column(KeptJournal.NUMBER, numbers)


def as_table(bodies: Mapping[int, bytes]) -> pa.Table:
    """The rows of these batches, in order.

    Raises:
        StoreError: a batch is damaged.
    """
    return pa.concat_tables([EMPTY, *(frames.from_bytes(bodies[n]) for n in sorted(bodies))])


def _fits(kept: Collection[int], wanted: Collection[int]) -> bool:
    """Whether what is wanted is what is kept up to its last number, or comes after it.

    >>> _fits({1, 2}, {1, 2, 3}), _fits({1, 2, 3}, {1, 2})
    (True, True)
    >>> _fits({1, 2}, {2, 3}), _fits({3}, {2, 3})
    (False, False)
    """
    last, end = max(wanted, default=0), max(kept, default=0)
    early = {number for number in kept if number <= last}
    return early <= set(wanted) and all(number > end for number in set(wanted) - early)
