"""Erasing rows: the data files that hold them are written anew, and their ids change or go.

A write of its own kind (`writes`): what it does to ids is laid down before the lake's commit and
done in the transaction that makes the commit the version readers read. So a crash leaves the rows
as they were or erased, and an erasure that is run again goes on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake.transaction import AddAction

from rapport.ledger import writes
from rapport.ledger.annotations import copy_annotations
from rapport.ledger.erasure.anonymising import (
    SHARED,
    Disguise,
    anonymised,
    new_ids,
    new_token,
    shifts_of,
)
from rapport.ledger.erasure.finding import Files, Found, Subject, find, ids_of
from rapport.ledger.erasure.forgetting import forget_former, rename_former
from rapport.ledger.erasure.suppression import ANONYMISE, ROW
from rapport.ledger.failpoints import reach
from rapport.ledger.lake import DataFile
from rapport.ledger.schema import EMPTY, SCHEMA
from rapport.ledger.sealing import empty_journal

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger

# What becomes of the rows of one data file that were found, under the number of the write.
Change = Callable[[int, pa.Table], pa.Table]


def stored_rows(ledger: "Ledger", subject: Subject) -> pa.Table:
    """A subject's interactions as they are stored, in order of time: what there is to hand out."""
    numbers = {one: place for place, one in enumerate(ids_of_subject(ledger, subject))}
    if not numbers:
        return EMPTY
    with ledger.read() as snapshot:
        mine = {"mine": pa.table({"id": pa.array(list(numbers), pa.binary())})}
        query = f"SELECT {', '.join(SCHEMA.names)} FROM stored WHERE id IN (SELECT id FROM mine)"
        return snapshot.sql(f"{query} ORDER BY t, id", mine).cast(SCHEMA)


def ids_of_subject(ledger: "Ledger", subject: Subject) -> list[bytes]:
    """Ids of a subject's rows in lake and journal, as they are now."""
    with ledger.hold("lake"):
        writes.recover(ledger)
        empty_journal(ledger)
        return find(ledger, subject).ids()


@dataclass(frozen=True, slots=True)
class Accounts:
    """Accounts of a customer: those that point to them, and those that others belong to."""

    gone: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()


def _disguise(ledger: "Ledger", rows: pa.Table, person: str, known: Accounts) -> Disguise:
    """What replaces what: one token for the customer, one for each thread."""
    lake = Files(ledger)
    threads = [one for one in pc.unique(rows["thread"]).to_pylist() if one is not None]
    accounts = {one for one in pc.unique(rows["account"]).to_pylist() if one is not None}
    names = [one for one in pc.unique(rows["customer"]).to_pylist() if one is not None]
    return Disguise(
        customers=dict.fromkeys(names, person),
        accounts=dict.fromkeys(
            sorted((accounts - known.kept - lake.elsewhere(rows, "account")) | known.gone), person
        ),
        threads={one: new_token() for one in threads},
        shifts=shifts_of(rows, ledger.settings.zone),
        shared={name: lake.elsewhere(rows, name) for name in SHARED},
    )


def erase(ledger: "Ledger", subject: Subject, how: str, token: str, accounts: Accounts) -> int:
    """Erase the rows of a customer, and what they said before they were revised; how many rows.

    Killed anywhere it can be run again. The names are suppressed before, so that no row of theirs
    comes in behind it.
    """
    with ledger.hold("lake"):
        writes.recover(ledger)
        empty_journal(ledger)
        found = find(ledger, subject)
        forget_former(ledger.database, found.ids(), subject.customers)
        disguise = _disguise(ledger, found.rows, token, accounts)
        return rewrite(ledger, found, partial(part_erased, ledger, how, disguise))


def rename_employee(ledger: "Ledger", names: Sequence[str], token: str) -> int:
    """Replace the names of an employee by a token in all rows; how many. Can be run again."""
    with ledger.hold("lake"):
        writes.recover(ledger)
        empty_journal(ledger)
        rename_former(ledger.database, names, token)
        found = find(ledger, Subject(employees=tuple(names)))
        return rewrite(ledger, found, partial(_part_renamed, token))


def rewrite(ledger: "Ledger", found: Found, change: Change) -> int:
    """Write the files of the rows found anew, those rows changed; how many rows.

    The caller holds the lake's lock and has recovered.
    """
    if not found.rows.num_rows:
        return 0
    with ledger.database.write() as connection:
        write = writes.begin(connection, "erase", [])
    reach("erase.recorded")
    adds: list[AddAction] = []
    removed: list[DataFile] = []
    for file in ledger.lake.files(ledger.lake_version()):
        path = ledger.lake.root / file.path
        places = found.places(str(path))
        if len(places):
            rows = ledger.lake.rows(file)
            mask = pc.is_in(pa.array(np.arange(rows.num_rows)), places)
            kept = [rows.filter(pc.invert(mask)), change(write, rows.filter(mask))]
            adds += ledger.lake.write_files(pa.concat_tables(kept), write)
            removed.append(file)
            reach("erase.file")
    version = ledger.lake.commit(write, adds, removed)
    reach("erase.committed")
    writes.finish(ledger.database, write, version)
    reach("erase.finished")
    return found.rows.num_rows


def _part_renamed(token: str, _write: int, old: pa.Table) -> pa.Table:
    place = old.column_names.index("employee")
    return old.set_column(place, "employee", pa.array([token] * old.num_rows, pa.string()))


def part_erased(
    ledger: "Ledger", how: str, disguise: Disguise, write: int, old: pa.Table
) -> pa.Table:
    """Rows of one data file anonymised, or none; what happens to their ids is laid down."""
    anew = new_ids(old.num_rows) if how == ANONYMISE else None
    fresh: list[Any] = [None] * old.num_rows if anew is None else anew.to_pylist()
    # Nothing is ever compared with the mark of a random id; it has to be there.
    marks = [one and one[:8] for one in fresh]
    old_ids, batches = ids_of(old), old["batch"].to_pylist()
    hashes = [ledger.suppression.hash(ROW, one) for one in old_ids]
    with ledger.database.write() as connection:
        connection.executemany(
            "INSERT INTO ledger_erased_row (write, id, batch, new_id, new_mark, hash) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [(write, *row) for row in zip(old_ids, batches, fresh, marks, hashes, strict=True)],
        )
    if anew is None:
        return old.slice(0, 0)
    copy_annotations(ledger, dict(zip(old_ids, fresh, strict=True)))
    return anonymised(old, disguise, ledger.settings.zone, anew)
