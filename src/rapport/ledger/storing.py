"""The last steps of intake: deduplicate and store, whole batches only.

Small batches go to the journal in one transaction. Large ones go straight to the lake: first a
pending batch record, then ids in short transactions, then data files, then the log, then the
record says `lake`. A crash before the log leaves a batch whose ids count as unknown; after it,
`writes.recover` finishes the record.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rapport.ledger import frames, ids, writes
from rapport.ledger.erasure.keeping_out import keep_out, packed
from rapport.ledger.failpoints import reach
from rapport.ledger.intake import Batch, Prepared, reject_rows
from rapport.ledger.reasons import REJECTED_SCHEMA, Reason, Rejection
from rapport.ledger.receipts import Outcome, Place, Receipt
from rapport.ledger.relational.database import Database
from rapport.ledger.schema import SCHEMA

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger

# Below this a batch goes through the journal: the lake wants few and large files.
BULK_INTERACTIONS = 20_000
# Ids looked up and taken in one transaction: other writers wait for it.
_TAKEN_AT_ONCE = 10_000
_NEW, _SAME, _OTHER = 0, 1, 2
_CHANGED = "the content stored with this identity"


def store(ledger: "Ledger", prepared: Prepared, place: Place) -> Receipt:
    """Store what is new among the identified drafts; the rest is duplicate or rejected."""
    batch, drafts = prepared.batch, prepared.drafts
    now = time.time_ns() // 1000
    run = _Run(drafts)
    if drafts.num_rows >= BULK_INTERACTIONS:
        with ledger.hold("lake"):
            writes.recover(ledger)
            before = stored_before(ledger.database, place)
            if before is not None:
                return before
            batch, run = _screened(ledger, batch, run)
            return _into_lake(ledger, batch, run, place, now)
    return _into_journal(ledger, [(batch, run, place)], now)[0].receipt


def foresee(
    ledger: "Ledger", prepared: Prepared, revises: bool
) -> tuple[Receipt, tuple[Rejection, ...]]:
    """What would become of the rows if they were stored now; nothing is."""
    batch, run = _screened(ledger, prepared.batch, _Run(prepared.drafts))
    run.compare(ids.find(ledger.database, run.entries), 0)
    batch, _, receipt = _settle_counts(batch, run)
    if not revises:
        return receipt, batch.rejected
    kept = tuple(row for row in batch.rejected if row.reason is not Reason.CHANGED)
    replaced = receipt.rejected - len(kept)
    return replace(receipt, stored=receipt.stored + replaced, rejected=len(kept)), kept


def _screened(ledger: "Ledger", batch: Batch, run: "_Run") -> tuple[Batch, "_Run"]:
    """Without what was erased; here, as who is erased after this must find the rows stored."""
    batch, drafts = keep_out(ledger.suppression, batch, run.drafts)
    return batch, run if drafts is run.drafts else _Run(drafts)


def stored_before(database: Database, place: Place) -> Receipt | None:
    """What became of a batch that stands already: its import went on after a crash."""
    if place.import_id is None:
        return None
    columns = ", ".join(Receipt.__slots__)
    found = database.rows(
        f"SELECT {columns} FROM ledger_batch WHERE import_id = ? AND position = ? "
        "AND state IN ('journal', 'lake')",
        (place.import_id, place.position),
    )
    return Receipt(*found[0]) if found else None


class _Run:
    """Drafts as a sorted run of entries, with the standing of each."""

    def __init__(self, drafts: pa.Table) -> None:
        self.drafts = drafts
        entries = packed(drafts)
        self.order = ids.order_of(entries)
        self.entries = entries[self.order]
        self.standing = np.zeros(len(entries), dtype=np.int8)
        rows = drafts["row"].to_numpy()
        self.rows = rows[self.order]
        self.count = int(rows.max()) + 1 if len(rows) else 0
        e = self.entries
        self.again = np.zeros(len(e), dtype=bool)
        self.again[1:] = (e["high"][1:] == e["high"][:-1]) & (e["low"][1:] == e["low"][:-1])
        # What becomes of the rows, once that is settled.
        self.stored = self.known = _marked(rows[:0], self.count)

    def begin_again(self) -> None:
        """Forget what was compared."""
        self.standing[:] = _NEW

    def compare(self, known: ids.Known, start: int, own: int | None = None) -> None:
        """Note which of the entries from `start` on other batches than our own have stored."""
        foreign = known.batch != own
        where = known.index[foreign] + start
        same = self.entries["mark"][where].astype(np.uint64) == known.mark[foreign]
        self.standing[where] = np.where(same, _SAME, _OTHER)

    def slices(self) -> Iterator[tuple[int, int]]:
        """Where slices of entries begin and end; copies of one id are never parted."""
        start = 0
        while start < len(self.entries):
            stop = min(start + _TAKEN_AT_ONCE, len(self.entries))
            while stop < len(self.entries) and self.again[stop]:
                stop += 1
            yield start, stop
            start = stop

    def new(self, start: int, stop: int) -> npt.NDArray[Any]:
        """New entries of a slice, each id once."""
        fresh = (self.standing[start:stop] == _NEW) & ~self.again[start:stop]
        found: npt.NDArray[Any] = self.entries[start:stop][fresh]
        return found

    def settle(self) -> npt.NDArray[np.bool_]:
        """Compare inside the batch, row after row as they came; which rows have changed.

        A row of which one part has changed is left out whole, so what it brought is not known to
        the rows after it.
        """
        changed = _marked(self.rows[self.standing == _OTHER], self.count)
        repeated = self.again.copy()
        repeated[:-1] |= self.again[1:]
        places = np.flatnonzero(repeated & (self.standing == _NEW))
        places = places[np.argsort(self.rows[places], kind="stable")]
        seen: dict[tuple[int, int], int] = {}
        for row, its_places in groupby(places.tolist(), key=lambda place: int(self.rows[place])):
            if changed[row]:
                continue
            mine: dict[tuple[int, int], int] = {}
            for place in its_places:
                high, low, mark = self.entries[place].item()
                before = mine.get((high, low), seen.get((high, low)))
                self.standing[place] = _NEW if before is None else _SAME
                changed[row] |= before not in (None, mark)
                mine[high, low] = mark
            if not changed[row]:
                seen |= mine
        return changed

    def rows_with(self, standing: int) -> npt.NDArray[np.bool_]:
        """Which source rows hold a draft of that standing."""
        return _marked(self.rows[self.standing == standing], self.count)

    def kept(self, changed: npt.NDArray[np.bool_]) -> pa.Table:
        """New drafts, without the rows of which a part has changed."""
        mask = np.zeros(len(self.order), dtype=bool)
        mask[self.order] = self.standing == _NEW
        mask &= ~changed[self.drafts["row"].to_numpy()]
        return self.drafts if mask.all() else self.drafts.filter(pa.array(mask))


def _marked(rows: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.bool_]:
    found = np.zeros(count, dtype=bool)
    found[rows] = True
    return found


def _settle_counts(batch: Batch, run: _Run) -> tuple[Batch, pa.Table, Receipt]:
    """Reject changed rows and count the rest."""
    changed = run.settle()
    if changed.any():
        batch = reject_rows(batch, _changed_rows(run.drafts, np.flatnonzero(changed)))
    kept = run.kept(changed)
    run.stored = _marked(kept["row"].to_numpy(), run.count)
    run.known = run.rows_with(_SAME) & ~run.stored & ~changed
    receipt = Receipt(
        read=batch.read,
        aside=batch.aside,
        received=batch.read - batch.aside,
        stored=int(run.stored.sum()),
        duplicate=int(run.known.sum()),
        rejected=len(batch.rejected),
        interactions=kept.num_rows,
    )
    return batch, kept, receipt


def _changed_rows(
    drafts: pa.Table, changed: npt.NDArray[np.int64]
) -> list[tuple[int, int, Reason, str | None, str, str]]:
    lines = dict(
        zip(drafts["row"].to_numpy().tolist(), drafts["line"].to_numpy().tolist(), strict=True)
    )
    got = "other content under the same identity"
    return [(row, lines[row], Reason.CHANGED, None, got, _CHANGED) for row in changed.tolist()]


def at_rest(kept: pa.Table, number: int, now: int) -> pa.Table:
    """Kept drafts as rows of the ledger."""
    count = kept.num_rows
    columns: dict[str, pa.Array[Any]] = {
        "id": ids.identities(packed(kept)).cast(pa.binary()),
        "batch": pa.array(np.full(count, number, dtype=np.int64)),
        "received_at": pa.array(np.full(count, now, dtype=np.int64)).cast(
            SCHEMA.field("received_at").type
        ),
    }
    arrays = [columns[f.name] if f.name in columns else kept[f.name].cast(f.type) for f in SCHEMA]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def store_together(ledger: "Ledger", waiting: Sequence[tuple[Prepared, Place]]) -> list[Outcome]:
    """Store small batches of different sources in one transaction; what became of their rows."""
    now = time.time_ns() // 1000
    runs = [(prepared.batch, _Run(prepared.drafts), place) for prepared, place in waiting]
    return _into_journal(ledger, runs, now)


_Waiting = tuple[Batch, _Run, Place]


def _into_journal(ledger: "Ledger", waiting: Sequence[_Waiting], now: int) -> list[Outcome]:
    while True:
        try:
            outcomes = _try_journal(ledger, waiting, now)
        except _TakenMeanwhileError:
            continue
        if outcomes is not None:
            reach("journal.committed")
            return outcomes
        # An id lies in a batch on its way to the lake: wait for its end, whatever that is.
        with ledger.hold("lake"):
            writes.recover(ledger)


class _TakenMeanwhileError(Exception):
    """Another writer stored one of the ids after it was looked up."""


def _try_journal(ledger: "Ledger", waiting: Sequence[_Waiting], now: int) -> list[Outcome] | None:
    """One transaction: batch records, ids and interactions; None where an id is pending."""
    database = ledger.database
    outcomes: dict[int, Outcome] = {}
    # In order of the sources: two writers beside each other never wait in a circle.
    order = sorted(range(len(waiting)), key=lambda place: waiting[place][2].source)
    with database.write_beside() as connection:
        waiting = [(*_screened(ledger, batch, run), place) for batch, run, place in waiting]
        known = [ids.find(database, run.entries) for _, run, _ in waiting]
        if any(_held(database, found) for found in known):
            return None
        for place in order:
            outcomes[place] = _put(connection, database, waiting[place], known[place], now)
        reach("journal.written")
    return [outcomes[place] for place in range(len(waiting))]


def _put(
    connection: Any, database: Database, waiting: _Waiting, known: ids.Known, now: int
) -> Outcome:
    """One batch inside the transaction."""
    batch, run, place = waiting
    before = stored_before(database, place)
    if before is not None:
        return Outcome(before, (), run.stored, run.known)
    run.begin_again()
    run.compare(known, 0)
    batch, kept, receipt = _settle_counts(batch, run)
    number = record(connection, place, "journal", now, receipt, batch.rejected)
    if not ids.add_free(connection, _entries_of(kept), number):
        raise _TakenMeanwhileError
    _lay_down(connection, at_rest(kept, number, now), number)
    return Outcome(receipt, batch.rejected, run.stored, run.known)


def _lay_down(connection: Any, rows: pa.Table, number: int) -> None:
    if rows.num_rows:
        connection.execute(
            "INSERT INTO ledger_journal (batch, interactions, body) VALUES (?, ?, ?)",
            (number, rows.num_rows, frames.to_bytes(rows)),
        )


def _held(database: Any, known: ids.Known) -> bool:
    if not len(known.batch):
        return False
    pending = {
        row[0] for row in database.rows("SELECT number FROM ledger_batch WHERE state = 'pending'")
    }
    return bool(pending.intersection(known.batch.tolist()))


def _entries_of(kept: pa.Table) -> npt.NDArray[Any]:
    """Sorted entries of the rows that are kept."""
    entries = packed(kept)
    return entries[ids.order_of(entries)]


def _into_lake(ledger: "Ledger", batch: Batch, run: _Run, place: Place, now: int) -> Receipt:
    """The bulk way; the caller holds the lake's lock."""
    database, lake = ledger.database, ledger.lake
    with database.write() as connection:
        nothing = Receipt()
        number = record(connection, place, "pending", now, nothing, ())
        write = writes.begin(connection, "batch", [number])
    reach("bulk.recorded")
    _take_ids(database, run, number)
    reach("bulk.ids")
    batch, kept, receipt = _settle_counts(batch, run)
    _give_back(database, run, kept, number)
    adds = lake.write_files(at_rest(kept, number, now), write)
    reach("bulk.files")
    with database.write() as connection:
        complete(connection, number, receipt, batch.rejected)
    reach("bulk.counted")
    version = lake.commit(write, adds) if adds else ledger.lake_version()
    reach("bulk.committed")
    writes.finish(database, write, version)
    reach("bulk.finished")
    return receipt


def _take_ids(database: Any, run: _Run, number: int) -> None:
    """Look up and take ids slice by slice, each slice in one short transaction."""
    for start, stop in run.slices():
        with database.write() as connection:
            if not ids.claim(connection, run.new(start, stop), number):
                run.compare(ids.find(database, run.entries[start:stop]), start, number)
                ids.add(connection, run.new(start, stop), number, ids.BIG)
        reach("bulk.slice")


def _give_back(database: Any, run: _Run, kept: pa.Table, number: int) -> None:
    """Ids taken for a part of a row that is rejected after all are given back, or change hands."""
    if kept is run.drafts:
        return
    taken, stored = run.new(0, len(run.entries)), _entries_of(kept)
    if np.array_equal(taken, stored):
        return
    with database.write() as connection:
        connection.executemany(
            f"DELETE FROM {ids.BIG} WHERE id = ? AND batch = ?",
            [(entry.tobytes()[:16], number) for entry in np.setdiff1d(taken, stored)],
        )
        ids.add(connection, np.setdiff1d(stored, taken), number, ids.BIG)


def record(
    connection: Any,
    place: Place,
    state: str,
    now: int,
    receipt: Receipt,
    rejected: tuple[Rejection, ...],
) -> int:
    """Insert a batch record with its rejected rows; its number."""
    columns = ", ".join(Receipt.__slots__)
    cursor = connection.execute(
        f"INSERT INTO ledger_batch (import_id, position, source, received_at, state, {columns}) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
        (place.import_id, place.position, place.source, now, state, *receipt.counts()),
    )
    number = int(cursor.fetchone()[0])
    _keep_rejected(connection, number, rejected)
    return number


def complete(
    connection: Any, number: int, receipt: Receipt, rejected: tuple[Rejection, ...]
) -> None:
    """Note what became of the rows of a batch whose record was inserted before."""
    settings = ", ".join(f"{f} = ?" for f in Receipt.__slots__)
    connection.execute(
        f"UPDATE ledger_batch SET {settings} WHERE number = ?",
        (*receipt.counts(), number),
    )
    _keep_rejected(connection, number, rejected)


def _keep_rejected(connection: Any, number: int, rejected: tuple[Rejection, ...]) -> None:
    if not rejected:
        return
    columns = {name: [getattr(row, name) for row in rejected] for name in REJECTED_SCHEMA.names}
    table = pa.table(columns, schema=REJECTED_SCHEMA)
    connection.execute(
        "INSERT INTO ledger_rejected (batch, body) VALUES (?, ?)",
        (number, frames.to_bytes(table)),
    )
