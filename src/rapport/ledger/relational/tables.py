"""Tables as they are moved from one database to another: rows of plain values, in chunks.

Plain values are None, bool, int, float, str, bytes, datetime (UTC), date and Decimal. Every
database of ours gives and takes them whatever it keeps them as.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import pyarrow as pa

Row = tuple[Any, ...]
_CHUNK_BYTES = 8 * 1024**2
_CHUNK_ROWS = 50_000
# What the variable parts of a row count, and what any value costs beside.
_SIZED, _VALUE_BYTES = (str, bytes), 8


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns with the types they were declared with, the tables it refers to."""

    name: str
    columns: dict[str, str]
    refers: frozenset[str]

    def listed(self) -> str:
        """Its columns for a statement."""
        return ", ".join(f'"{column}"' for column in self.columns)


def in_order(tables: Iterable[Table]) -> list[Table]:
    """Each table after those it refers to."""
    by_name = {table.name: table for table in tables}
    graph = {name: sorted(t.refers - {name}) for name, t in sorted(by_name.items())}
    return [by_name[name] for name in TopologicalSorter(graph).static_order()]


def chunks(table: Table, rows: Iterable[Row]) -> Iterator[pa.Table]:
    """The rows as Arrow tables of a few megabytes; none where there are no rows."""
    kept: list[Row] = []
    size = 0
    for row in rows:
        kept.append(row)
        size += sum(len(v) if isinstance(v, _SIZED) else _VALUE_BYTES for v in row)
        if size >= _CHUNK_BYTES or len(kept) >= _CHUNK_ROWS:
            yield _as_arrow(table, kept)
            kept, size = [], 0
    if kept:
        yield _as_arrow(table, kept)


def rows_of(chunk: pa.Table) -> Iterator[Row]:
    """The rows of a chunk."""
    return zip(*(column.to_pylist() for column in chunk.columns), strict=True)


def _as_arrow(table: Table, rows: list[Row]) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    return pa.table({name: pa.array(columns[at]) for at, name in enumerate(table.columns)})
