"""Finding the rows of somebody in the lake: which file, which place in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rapport.ledger.erasure.anonymising import SHARED
from rapport.ledger.erasure.suppression import spelling
from rapport.ledger.schema import SCHEMA

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger

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
class Found:
    """Rows of the lake: where each lies, and what is needed to disguise them."""

    rows: pa.Table

    def ids(self) -> list[bytes]:
        """Their ids."""
        return ids_of(self.rows)

    def places(self, file: str) -> "pa.Array[Any]":
        """Row numbers in one file."""
        mine = self.rows.filter(pc.equal(self.rows["filename"], pa.scalar(file)))
        return mine["file_row_number"].combine_chunks()


def find(ledger: "Ledger", subject: Subject) -> Found:
    """The rows of a subject in the lake.

    Of a customer also the rows without a customer in threads that nobody else takes part in: our
    answers to them, and what they said before they were known.
    """
    lake = Files(ledger)
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


def ids_of(rows: pa.Table) -> list[bytes]:
    found: list[Any] = rows["id"].to_pylist()
    return found


def _beside(lake: "Files", mine: pa.Table, names: Sequence[str]) -> pa.Table:
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


class Files:
    """The data files of the present version, asked by the engine."""

    def __init__(self, ledger: "Ledger") -> None:
        self.files = ledger.lake.files(ledger.lake_version())
        self.bench = ledger.bench.cursor()
        listed = ", ".join(_quoted(ledger.lake.root / file.path) for file in self.files)
        self.source = (
            f"read_parquet([{listed}], hive_partitioning = false, filename = true, "
            "file_row_number = true)"
        )

    def rows(self, condition: str, parameters: Sequence[Any]) -> pa.Table:
        """Rows for which a condition holds, with the place of each."""
        if not self.files:
            return _NOTHING
        columns = ", ".join(_NOTHING.column_names)
        query = f"SELECT {columns} FROM {self.source} WHERE {condition}"
        found = self.bench.execute(query, list(parameters)).to_arrow_table()
        return found.cast(_NOTHING.schema)

    def where(self, column: str, values: Sequence[Any]) -> pa.Table:
        """Rows whose column has one of the values."""
        if not values:
            return _NOTHING
        # Written out, so that the engine skips what cannot hold them.
        listed = ", ".join("?" * len(values))
        return self.rows(f"{column} IN ({listed})", values)

    def named(self, column: str, names: Sequence[str]) -> pa.Table:
        """Rows whose column has one of the names, addresses in any case."""
        exact = self.where(column, names)
        addresses = [spelling(name) for name in names if "@" in name]
        # Only where it must: the lake is sorted by customer, and this reads the whole column.
        return pa.concat_tables([exact, self.where(f"lower(trim({column}))", addresses)])

    def elsewhere(self, rows: pa.Table, column: str) -> frozenset[str]:
        """Values of a column of the rows that other rows have too."""
        counted = rows.group_by(column).aggregate([([], "count_all")])
        values: list[Any] = counted[column].to_pylist()
        mine = dict(zip(values, counted["count_all"].to_pylist(), strict=True))
        mine.pop(None, None)
        query = (
            f"SELECT {column}, count(*) FROM {self.source} "
            f"WHERE {column} IN (SELECT unnest(?)) GROUP BY 1"
        )
        whole = dict(self.bench.execute(query, [list(mine)]).fetchall()) if mine else {}
        return frozenset(value for value, count in mine.items() if whole.get(value, 0) > count)

    def of_several(self, rows: pa.Table, column: str) -> frozenset[str]:
        """Values of a column of the rows that more than one customer has, or rows of nobody."""
        values = [one for one in pc.unique(rows[column]).to_pylist() if one is not None]
        query = (
            f"SELECT {column} FROM {self.source} WHERE {column} IN (SELECT unnest(?)) "
            "GROUP BY 1 HAVING count(customer) = 0 OR min(customer) <> max(customer)"
        )
        found = self.bench.execute(query, [values]).fetchall() if values else []
        return frozenset(value for (value,) in found)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


_PLACE = [("filename", pa.string()), ("file_row_number", pa.int64())]
_NOTHING = pa.Table.from_batches(
    [], pa.schema([*_PLACE, *((name, SCHEMA.field(name).type) for name in _COLUMNS)])
)
