"""Rows that replace what was stored under the same declared id: a nightly export of tickets.

A revising batch always goes the lake way, under the lake's lock. New rows and the data files
without the old ones are one commit of the lake; ids change hands after it, in the transaction that
makes the commit the version readers read. So a crash leaves the old content whole or the new one.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from deltalake.transaction import AddAction

from rapport.kernel.errors import StoreError
from rapport.ledger import former, ids, writes
from rapport.ledger.erasure.keeping_out import keep_out, packed
from rapport.ledger.failpoints import reach
from rapport.ledger.intake import Batch, Prepared
from rapport.ledger.lake import DataFile, month_name
from rapport.ledger.receipts import Place, Receipt
from rapport.ledger.relational.database import Database
from rapport.ledger.schema import EMPTY
from rapport.ledger.sealing import empty_journal
from rapport.ledger.storing import at_rest, complete, record, stored_before

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger

# Ids looked up and taken in one transaction: other writers wait for it.
_TAKEN_AT_ONCE = 10_000
_NOBODY = 0


def revise(ledger: "Ledger", prepared: Prepared, place: Place) -> Receipt:
    """Store what is new or other than what is stored; the rest is duplicate.

    Of several drafts with one id that of the last row counts. A row counts as stored when any of
    its drafts does.
    """
    now = time.time_ns() // 1000
    with ledger.hold("lake"):
        writes.recover(ledger)
        before = stored_before(ledger.database, place)
        batch, drafts = keep_out(ledger.suppression, prepared.batch, prepared.drafts)
        latest = _Latest.of(drafts)
        while before is None:
            before = _attempt(ledger, batch, latest, place, now)
            if before is None:
                # An old row lies in the journal: forget the write, and move the row where it
                # can be replaced. Ids never come back into the journal, so this has an end.
                writes.recover(ledger)
                reach("revise.abandoned")
                empty_journal(ledger)
    return before


@dataclass(frozen=True, slots=True)
class _Latest:
    """Drafts, and of each id the entry and the place of its last draft, sorted by id."""

    drafts: pa.Table
    entries: npt.NDArray[Any]
    places: npt.NDArray[np.intp]

    @staticmethod
    def of(drafts: pa.Table) -> "_Latest":
        by_row = np.argsort(drafts["row"].to_numpy(), kind="stable")
        entries = packed(drafts)[by_row]
        order = ids.order_of(entries)
        entries = entries[order]
        last = np.ones(len(entries), dtype=bool)
        last[:-1] = entries[["high", "low"]][1:] != entries[["high", "low"]][:-1]
        return _Latest(drafts, entries[last], by_row[order][last])

    def without(self, known: npt.NDArray[np.bool_]) -> pa.Table:
        """The last drafts of the ids that are not known."""
        mask = np.zeros(self.drafts.num_rows, dtype=bool)
        mask[self.places[~known]] = True
        return self.drafts.filter(pa.array(mask))


class _Standing:
    """Of each entry: is it new, the same, or other; whose it was, and with which mark."""

    def __init__(self, entries: npt.NDArray[Any]) -> None:
        self.same = np.zeros(len(entries), dtype=bool)
        self.former = np.full(len(entries), _NOBODY, dtype=np.int64)
        self.marks = np.zeros(len(entries), dtype=">u8")

    def note(self, known: ids.Known, entries: npt.NDArray[Any], start: int) -> None:
        where = known.index + start
        self.same[where] = entries["mark"][where].astype(np.uint64) == known.mark
        self.former[where] = known.batch
        self.marks[where] = known.mark

    def revised(self) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = (self.former != _NOBODY) & ~self.same
        return found


def _attempt(
    ledger: "Ledger", batch: Batch, latest: _Latest, place: Place, now: int
) -> Receipt | None:
    """One attempt, with a write of its own; None where an old row lies in the journal."""
    database, lake = ledger.database, ledger.lake
    with database.write() as connection:
        number = record(connection, place, "pending", now, Receipt(), ())
        write = writes.begin(connection, "batch", [number])
    reach("revise.recorded")
    standing = _take_ids(database, latest.entries, number)
    reach("revise.ids")
    revised = standing.revised()
    if _in_journal(database, standing.former[revised]):
        return None
    kept = latest.without(standing.same)
    old = _Old(
        number,
        latest.entries[revised],
        np.unique(standing.former[revised]),
        standing.marks[revised].tobytes(),
    )
    adds, removed = _write(ledger, at_rest(kept, number, now), old, write)
    reach("revise.files")
    receipt = _receipt(batch, latest.drafts, kept)
    with database.write() as connection:
        complete(connection, number, receipt, batch.rejected)
    reach("revise.counted")
    version = lake.commit(write, adds, removed) if adds else ledger.lake_version()
    reach("revise.committed")
    writes.finish(database, write, version)
    reach("revise.finished")
    return receipt


def _take_ids(database: Database, entries: npt.NDArray[Any], number: int) -> _Standing:
    """Look ids up and take the new ones; the revised ones keep batch and mark until the commit."""
    standing = _Standing(entries)
    for start in range(0, len(entries), _TAKEN_AT_ONCE):
        part = entries[start : start + _TAKEN_AT_ONCE]
        with database.write() as connection:
            known = ids.find(database, part)
            standing.note(known, entries, start)
            ids.add(connection, np.delete(part, known.index), number, ids.BIG)
        reach("revise.slice")
    return standing


def _in_journal(database: Database, batches: npt.NDArray[np.int64]) -> bool:
    waiting = [row[0] for row in database.rows("SELECT batch FROM ledger_journal")]
    return bool(np.isin(batches, waiting).any())


def _receipt(batch: Batch, drafts: pa.Table, kept: pa.Table) -> Receipt:
    stored = len(np.unique(kept["row"].to_numpy()))
    return Receipt(
        read=batch.read,
        aside=batch.aside,
        received=batch.read - batch.aside,
        stored=stored,
        duplicate=len(np.unique(drafts["row"].to_numpy())) - stored,
        rejected=len(batch.rejected),
        interactions=kept.num_rows,
    )


@dataclass(frozen=True, slots=True)
class _Old:
    """What a batch replaces.

    Attributes:
        number: of the batch.
        entries: its entries that replace others.
        batches: whose those others are, each batch once.
        marks: of the others, eight bytes for each entry.
    """

    number: int
    entries: npt.NDArray[Any]
    batches: npt.NDArray[np.int64]
    marks: bytes


def _write(
    ledger: "Ledger", rows: pa.Table, old: _Old, write: int
) -> tuple[list[AddAction], list[DataFile]]:
    """Files of the new rows and of those that lay beside old ones, month by month; files to go."""
    new = {month_name(month): month for month in np.unique(rows["month"].to_numpy()).tolist()}
    files = ledger.lake.files(ledger.lake_version()) if len(old.entries) else ()
    adds: list[AddAction] = []
    removed: list[DataFile] = []
    for name in sorted({*new, *(file.month for file in files)}):
        parts = [EMPTY]
        if name in new:
            parts.append(rows.filter(pc.equal(rows["month"], pa.scalar(new[name], pa.int32()))))
        for file in files:
            beside = _without_old(ledger, file, old) if file.month == name else None
            if beside is not None:
                parts.append(beside)
                removed.append(file)
        adds += ledger.lake.write_files(pa.concat_tables(parts), write)
    found = ledger.database.value(
        "SELECT count(*) FROM ledger_revised WHERE batch = ?", (old.number,)
    )
    if found != len(old.entries):
        raise StoreError(
            "The lake does not hold all interactions that are to be revised",
            got=found,
            expected=len(old.entries),
            hint="`rapport ledger verify` tells what is damaged.",
        )
    return adds, removed


def _without_old(ledger: "Ledger", file: DataFile, old: _Old) -> pa.Table | None:
    """The rows of a file that stay, None where all do; the old ones are kept for undoing."""
    batches = ledger.lake.rows(file, ["batch"])["batch"]
    if not pc.any(pc.is_in(batches, pa.array(old.batches))).as_py():
        return None
    found = ledger.lake.rows(file, ["id"])["id"]
    gone = pc.is_in(found, ids.identities(old.entries).cast(pa.binary()))
    if not pc.any(gone).as_py():
        return None
    rows = ledger.lake.rows(file)
    former.keep(ledger.database, old.number, rows.filter(gone), old.entries, old.marks)
    return rows.filter(pc.invert(gone))
