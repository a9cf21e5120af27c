"""What a snapshot needs of an engine. SQL is given to every engine in DuckDB's spelling."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa


class Engine(Protocol):
    """One snapshot's workplace on an engine; its relations are seen by nobody else.

    Every method raises InputError where the query is at fault and StoreError where a data file
    is gone or damaged.
    """

    def scan(self, name: str, files: Sequence[Path]) -> None:
        """Make a relation of Parquet files, one at least, all of the same columns."""

    def journal(self, name: str, bodies: Mapping[int, bytes]) -> None:
        """Make a relation of the journal's batches, given by their numbers."""

    def lay(self, name: str, table: pa.Table) -> None:
        """Make a relation of a table, in place of an older one of that name."""

    def drop(self, name: str) -> None:
        """Forget a relation that `lay` made."""

    def define(self, name: str, query: str) -> None:
        """Make a relation of a query, in place of an older one of that name."""

    def run(self, query: str) -> pa.Table:
        """The answer; column types are DuckDB's, whatever the engine."""

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """The same in parts, of which one at a time is in memory where the engine can do that."""

    def spelled(self, query: str) -> str:
        """The text of the query as this engine reads it."""

    def close(self) -> None:
        """Give back what the relations hold."""
