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
from rapport.ledger.anonymising import SHARED, Disguise, anonymised, new_ids, new_token, shifts_of
from rapport.ledger.failpoints import reach
from rapport.ledger.forgetting import forget_former, rename_former
from rapport.ledger.lake import DataFile
from rapport.ledger.schema import SCHEMA
from rapport.ledger.sealing import empty_journal
from rapport.ledger.suppression import ANONYMISE, ROW, spelling

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger

# What becomes of the rows of one data file that were found, under the number of the write.
Change = Callable[[int, pa.Table], pa.Table]
_COLUMNS = ("id", "batch", "t", "day", "customer", "employee", "account", "thread", *SHARED)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an erasure is about, in the words of interactions.

    Attributes:
        customers: all names of one customer.
        employees: all names of one employee.
        threads: threads of somebody who gave no name; only rows without a customer count.
        ids: interactions, as hexadecimal digits.
    """

    customers: tuple[str, ...] = ()
    employees: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accounts:
    """Accounts of a customer: those that point to them, and those that others belong to."""

    gone: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of the lake: where each lies, and what is needed to disguise them."""

    rows: pa.Table

    def ids(self) -> list[bytes]:
        """Their ids."""
        return _ids_of(self.rows)

    def places(self, file: str) -> "pa.Array[Any]":
        """Row numbers in one file."""
        mine = self.rows.filter(pc.equal(self.rows["filename"], pa.scalar(file)))
        return mine["file_row_number"].combine_chunks()


def find(ledger: "Ledger", subject: Subject) -> Found:
    """The rows of a subject in the lake.

    Of a customer also the rows without a customer in threads that nobody else takes part in: our
    answers to them, and what they said before they were known.
    """
    lake = _Files(ledger)
    mine = [
        lake.named("customer", subject.customers),
        lake.named("employee", subject.employees),
    ]
    if subject.ids:
        wanted = [bytes.fromhex(one) for one in subject.ids]
        mine.append(lake.where("id", wanted))
    if subject.threads:
        beside = lake.where("thread", subject.threads)
        mine.append(beside.filter(pc.is_null(beside["customer"])))
    if subject.customers:
        mine.append(_beside(lake, mine[0], subject.customers))
    return Found(_once(pa.concat_tables(mine)))


def _ids_of(rows: pa.Table) -> list[bytes]:
    found: list[Any] = rows["id"].to_pylist()
    return found


def _beside(lake: "_Files", mine: pa.Table, names: Sequence[str]) -> pa.Table:
    threads = [one for one in pc.unique(mine["thread"]).to_pylist() if one is not None]
    rows = lake.where("thread", threads)
    own = pa.array([*names, *pc.unique(mine["customer"]).to_pylist()], pa.string())
    others = pc.invert(pc.is_in(rows["customer"], own))
    named = pc.and_(pc.is_valid(rows["customer"]), others)
    shared = pc.unique(rows.filter(named)["thread"])
    nobody = pc.is_null(rows["customer"])
    return rows.filter(pc.and_(nobody, pc.invert(pc.is_in(rows["thread"], shared))))


def _once(rows: pa.Table) -> pa.Table:
    """Each row once, whatever it was found by."""
    keys = ["filename", "file_row_number"]
    numbered = rows.append_column("place", pa.array(np.arange(rows.num_rows)))
    first = numbered.group_by(keys).aggregate([("place", "min")])
    return rows.take(first["place_min"].sort())


class _Files:
    """The data files of the present version, asked by the engine."""

    def __init__(self, ledger: "Ledger") -> None:
        self.files = ledger.lake.files(ledger.lake_version())
        self.bench = ledger.bench.cursor()
        listed = ", ".join(f"'{ledger.lake.root / file.path}'" for file in self.files)
        self.source = (
            f"read_parquet([{listed}], hive_partitioning = false, filename = true, "
            "file_row_number = true)"
        )

    def where(self, column: str, values: Sequence[Any]) -> pa.Table:
        """Rows whose column has one of the values."""
        columns = ", ".join(("filename", "file_row_number", *_COLUMNS))
        if not (self.files and values):
            return _NOTHING
        chosen = ", ".join("?" * len(values))
        query = f"SELECT {columns} FROM {self.source} WHERE {column} IN ({chosen})"
        return self.bench.execute(query, list(values)).to_arrow_table().cast(_NOTHING.schema)

    def named(self, column: str, names: Sequence[str]) -> pa.Table:
        """Rows whose column has one of the names, addresses in any case."""
        exact = self.where(column, names)
        addresses = [spelling(name) for name in names if "@" in name]
        # Only where it must: the lake is sorted by customer, and this reads the whole column.
        return pa.concat_tables([exact, self.where(f"lower(trim({column}))", addresses)])

    def counts(self, column: str, values: Sequence[str]) -> dict[str, int]:
        """In how many rows each of the values stands."""
        chosen = ", ".join("?" * len(values))
        query = (
            f"SELECT {column}, count(*) FROM {self.source} WHERE {column} IN ({chosen}) GROUP BY 1"
        )
        return dict(self.bench.execute(query, list(values)).fetchall())


_PLACE = [("filename", pa.string()), ("file_row_number", pa.int64())]
_NOTHING = pa.schema(
    [*_PLACE, *((name, SCHEMA.field(name).type) for name in _COLUMNS)]
).empty_table()


def _disguise(ledger: "Ledger", rows: pa.Table, person: str, known: Accounts) -> Disguise:
    """What replaces what: one token for the customer, one for each thread."""
    lake = _Files(ledger)
    threads = [one for one in pc.unique(rows["thread"]).to_pylist() if one is not None]
    accounts = {one for one in pc.unique(rows["account"]).to_pylist() if one is not None}
    names = [one for one in pc.unique(rows["customer"]).to_pylist() if one is not None]
    return Disguise(
        customers=dict.fromkeys(names, person),
        accounts=dict.fromkeys(
            sorted((accounts - known.kept - _shared(lake, rows, "account")) | known.gone), person
        ),
        threads={one: new_token() for one in threads},
        shifts=shifts_of(rows, ledger.settings.zone),
        shared={name: _shared(lake, rows, name) for name in SHARED},
    )


def _shared(lake: _Files, rows: pa.Table, column: str) -> frozenset[str]:
    """Values of a column that rows of others have too."""
    counted = rows.group_by(column).aggregate([([], "count_all")])
    mine: dict[Any, int] = dict(
        zip(*(counted[n].to_pylist() for n in counted.column_names), strict=True)
    )
    mine.pop(None, None)
    if not mine:
        return frozenset()
    whole = lake.counts(column, list(mine))
    return frozenset(value for value, count in mine.items() if whole.get(value, 0) > count)


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
        return rewrite(ledger, found, partial(_part_erased, ledger, how, disguise))


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


def _part_erased(
    ledger: "Ledger", how: str, disguise: Disguise, write: int, old: pa.Table
) -> pa.Table:
    """Rows of one data file anonymised, or none; what happens to their ids is laid down."""
    anew = new_ids(old.num_rows) if how == ANONYMISE else None
    fresh: list[Any] = [None] * old.num_rows if anew is None else anew.to_pylist()
    # Nothing is ever compared with the mark of a random id; it has to be there.
    marks = [one and one[:8] for one in fresh]
    old_ids, batches = _ids_of(old), old["batch"].to_pylist()
    hashes = [ledger.suppression.hash(ROW, one) for one in old_ids]
    with ledger.database.write() as connection:
        connection.executemany(
            "INSERT INTO ledger_erased_row (write, id, batch, new_id, new_mark, hash) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [(write, *row) for row in zip(old_ids, batches, fresh, marks, hashes, strict=True)],
        )
    if anew is None:
        return old.slice(0, 0)
    return anonymised(old, disguise, ledger.settings.zone, anew)
