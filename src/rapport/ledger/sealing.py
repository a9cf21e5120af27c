"""Sealing moves the journal's batches into the lake; undoing takes an import out again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from rapport.kernel.errors import InputError, NotFoundError
from rapport.ledger import former, frames, ids, writes
from rapport.ledger.failpoints import reach
from rapport.ledger.lake import DataFile
from rapport.ledger.schema import EMPTY

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger

# One seal holds at most this much of the journal in memory.
_SEAL_BYTES = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a seal moved: batches and interactions."""

    batches: int
    interactions: int


def seal(ledger: "Ledger") -> Sealed:
    """Move what the journal holds into the lake, then tidy the ids; safe to kill anywhere."""
    with ledger.hold("lake"):
        writes.recover(ledger)
        sealed = empty_journal(ledger)
        # Dead ids go first: settling would lay them over living ones in the big table.
        _discard_dead(ledger)
        reach("seal.swept")
        ids.settle(ledger.database)
    return sealed


def empty_journal(ledger: "Ledger") -> Sealed:
    """Move what the journal holds now; the caller holds the lake's lock and has recovered.

    What comes in meanwhile is left to the next seal: a busy door would never let this one end.
    """
    batches = interactions = 0
    for claimed in _claims(ledger):
        batches += len(claimed)
        interactions += _move(ledger, claimed)
    return Sealed(batches, interactions)


def _claims(ledger: "Ledger") -> list[list[int]]:
    """Numbers of the journal's batches, in slices that fit in memory.

    By number each, never "everything below": sequence numbers commit out of order.
    """
    slices: list[list[int]] = []
    size = _SEAL_BYTES
    query = "SELECT batch, length(body) FROM ledger_journal ORDER BY batch"
    for number, length in ledger.database.rows(query):
        if size >= _SEAL_BYTES:
            slices.append([])
            size = 0
        slices[-1].append(number)
        size += length
    return slices


def _move(ledger: "Ledger", claimed: list[int]) -> int:
    database, lake = ledger.database, ledger.lake
    with database.write() as connection:
        number = writes.begin(connection, "seal", claimed)
    reach("seal.recorded")
    marks = ",".join(str(batch) for batch in claimed)
    bodies = database.rows(f"SELECT body FROM ledger_journal WHERE batch IN ({marks})")
    rows = pa.concat_tables([frames.from_bytes(body) for (body,) in bodies])
    adds = lake.write_files(rows, number)
    reach("seal.files")
    version = lake.commit(number, adds)
    reach("seal.committed")
    writes.finish(database, number, version)
    reach("seal.finished")
    return rows.num_rows


def _discard_dead(ledger: "Ledger") -> None:
    dead = ids.dead_batches(ledger.database)
    if dead:
        ids.sweep(ledger.database, dead)
        with ledger.database.write() as connection:
            connection.executemany(
                "UPDATE ledger_batch SET state = 'discarded' WHERE number = ?",
                [(number,) for number in dead],
            )


def undo(ledger: "Ledger", import_id: int) -> int:
    """Take everything an import stored out of the ledger; how many interactions went.

    Killed anywhere it can be run again. What the import left as duplicate or rejected is not
    touched: it never was stored by it. What it revised is again as it was before, and is not
    subtracted from the count. What a later import has revised stays: it belongs to that one.

    Raises:
        NotFoundError: there is no such import.
        InputError: it was undone before.
    """
    database = ledger.database
    state = database.value("SELECT state FROM ledger_import WHERE id = ?", (import_id,))
    if state is None:
        raise NotFoundError(
            f"There is no import {import_id}", hint="`rapport import --list` lists them."
        )
    if state == "undone":
        raise InputError(f"Import {import_id} was undone before", hint="Nothing is left to undo.")
    with ledger.hold("lake"):
        writes.recover(ledger)
        alive = database.rows(
            "SELECT number, interactions FROM ledger_batch "
            "WHERE import_id = ? AND state IN ('journal', 'lake')",
            (import_id,),
        )
        _take_out(ledger, import_id, [number for number, _ in alive])
        with database.write() as connection:
            connection.execute(
                "UPDATE ledger_batch SET state = 'discarded' "
                "WHERE import_id = ? AND state = 'people'",
                (import_id,),
            )
            _mark(connection, import_id, "undone")
        reach("undo.noted")
        _discard_dead(ledger)
    return sum(count for _, count in alive)


def _take_out(ledger: "Ledger", import_id: int, numbers: list[int]) -> None:
    """Write the lake and the journal anew without the rows of some batches."""
    with ledger.database.write() as connection:
        _mark(connection, import_id, "undoing")
        write = writes.begin(connection, "undo", numbers)
    reach("undo.recorded")
    kept, removed = _without(ledger, set(numbers))
    rows = pa.concat_tables([kept, former.to_restore(ledger.database, numbers)])
    adds = ledger.lake.write_files(rows, write)
    reach("undo.files")
    version = ledger.lake.commit(write, adds, removed) if removed else ledger.lake_version()
    reach("undo.committed")
    writes.finish(ledger.database, write, version)
    reach("undo.finished")


def _mark(connection: Any, import_id: int, state: str) -> None:
    connection.execute("UPDATE ledger_import SET state = ? WHERE id = ?", (state, import_id))


def _without(ledger: "Ledger", batches: set[int]) -> tuple[pa.Table, list[DataFile]]:
    """Rows to keep of the files that hold any of the batches, and those files."""
    kept, removed = [EMPTY], []
    wanted = pa.array(sorted(batches), pa.int64())
    for file in ledger.lake.files(ledger.lake_version()):
        found = ledger.lake.rows(file, ["batch"])["batch"]
        gone = pc.is_in(found, wanted)
        if pc.any(gone).as_py():
            removed.append(file)
            if not pc.all(gone).as_py():
                kept.append(ledger.lake.rows(file).filter(pc.invert(gone)))
    return pa.concat_tables(kept), removed
