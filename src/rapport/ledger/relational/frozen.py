"""Everything of a store as it was at one moment, to be copied while writers go on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from rapport.ledger.relational.database import Database
from rapport.ledger.relational.tables import Table, chunks
from rapport.ledger.upkeep import checkpoints, leases

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Frozen:
    """A store at one moment.

    Attributes:
        lake_version: of the lake.
        schema: version of the ledger's tables.
        tables: all tables, those of other rooms too, each after those it refers to.
        counters: of tables that number their rows, the last number given.
        files: data files, the lake's log and published tables, by their path below the home.
    """

    lake_version: int
    schema: int
    tables: tuple[Table, ...]
    counters: Mapping[str, int]
    files: Mapping[str, Path]
    _database: Database

    def chunks(self, table: Table) -> Iterator[pa.Table]:
        """The rows of a table, a few megabytes at a time."""
        return chunks(table, self._database.stream(table))


@contextmanager
def frozen(ledger: "Ledger") -> Iterator[Frozen]:
    """The store as it is now; nothing of it is cleared away while the block runs.

    Raises:
        StoreError: the lake cannot be read.
    """
    lease = leases.take(ledger.readers)
    database = ledger.database
    try:
        with database.read():
            version = ledger.lake_version()
            published = [row[0] for row in database.rows("SELECT file FROM ledger_published")]
            below = [
                *(f"lake/{file.path}" for file in ledger.lake.files(version)),
                *(f"lake/_delta_log/{name}" for name in checkpoints.log(ledger.lake, version)),
                *(f"published/{name}" for name in published),
            ]
            lease.note(version, published)
            yield Frozen(
                version,
                database.schema_version(),
                tuple(database.tables()),
                database.counters(),
                {name: ledger.home / name for name in below},
                database,
            )
    finally:
        lease.release()
