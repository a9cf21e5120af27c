"""DuckDB inside the process: the engine of every store."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from rapport.kernel.errors import InputError, StoreError
from rapport.ledger.bench import Bench
from rapport.ledger.engines.kept import Kept, KeptJournal, as_table

_BATCH_ROWS = 20_000
_NO_ROOM = ("No space left on device", "max_temp_directory_size")


class DuckEngine:
    """An `Engine` on a cursor of DuckDB, which it closes at the end.

    `kept` holds the journal for all snapshots of the bench.
    """

    def __init__(self, bench: Bench, kept: KeptJournal | None = None) -> None:
        self._bench = bench
        self._kept = kept
        self._taken: Kept | None = None

    def scan(self, name: str, files: Sequence[Path]) -> None:
        """A view over the files; their columns are looked up now, their rows are not."""
        listed = ", ".join(_quoted(str(path)) for path in files)
        self.define(name, f"SELECT * FROM read_parquet([{listed}], hive_partitioning = false)")

    def journal(self, name: str, bodies: Mapping[int, bytes]) -> None:
        """A view of the table that all snapshots share, up to the last of these batches."""
        if self._kept is None:
            self.lay(name, as_table(bodies))
            return
        with _told():
            self._taken = self._kept.take(bodies)
            self.define(
                name,
                f"SELECT * EXCLUDE ({KeptJournal.NUMBER}) FROM {self._taken.table} "
                f"WHERE {KeptJournal.NUMBER} <= {max(bodies, default=0)}",
            )

    def lay(self, name: str, table: pa.Table) -> None:
        """Give the engine a copy: scans of Arrow refuse some of the filters it pushes down."""
        with _told():
            self._bench.register("handed_in", table)
            self._bench.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM handed_in')
            self._bench.unregister("handed_in")

    def drop(self, name: str) -> None:
        """Forget the copy."""
        self._bench.execute(f'DROP TABLE "{name}"')

    def define(self, name: str, query: str) -> None:
        """A view."""
        with _told():
            self._bench.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {query}')

    def run(self, query: str) -> pa.Table:
        """The answer as an Arrow table."""
        with _told():
            return self._bench.sql(query).to_arrow_table()

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """The answer while it is made; one batch at least, which tells the columns."""
        with _told():
            reader = self._bench.sql(query).to_arrow_reader(_BATCH_ROWS)
            yield pa.RecordBatch.from_pylist([], reader.schema)
            yield from reader

    def spelled(self, query: str) -> str:
        """The query itself."""
        return query

    def close(self) -> None:
        """Give the engine's memory back."""
        self._bench.close()
        if self._kept is not None and self._taken is not None:
            self._kept.give_back(self._taken)
            self._taken = None


@contextmanager
def _told() -> Iterator[None]:
    """Turns what the engine says into an error of ours: of the store, or of the query."""
    try:
        yield
    except duckdb.Error as error:
        if any(said in str(error) for said in _NO_ROOM):
            raise StoreError(
                "There is no room left on the disk for intermediate results",
                got=_first_line(error),
                hint="Make room on the disk of the store, or ask for less at a time.",
            ) from error
        if not _of_store(error):
            raise InputError("The query cannot be run", got=_first_line(error)) from error
        raise StoreError(
            "A data file of the lake cannot be read",
            got=_first_line(error),
            hint="`rapport ledger verify` tells which files are damaged.",
        ) from error


def _of_store(error: duckdb.Error) -> bool:
    """The engine has no class of its own for a damaged file: what it cannot name, it met there."""
    if isinstance(error, duckdb.IOException) or type(error) is duckdb.Error:
        return True
    return isinstance(error, duckdb.InvalidInputException) and ".parquet" in str(error)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
