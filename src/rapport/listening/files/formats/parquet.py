"""Parquet: columns keep their types, but what has an inside becomes JSON text."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rapport.kernel.errors import InputError
from rapport.listening.files import limits
from rapport.listening.files.flatten import as_json
from rapport.listening.files.rows import (
    Chunk,
    FileOptions,
    Rows,
    check_width,
    rows_per_chunk,
    unique_names,
)
from rapport.listening.files.source import Source

NAMES = ("parquet",)
SUFFIXES = (".parquet", ".pq")


def recognises(head: str, /) -> bool:
    """Whether it begins with the mark of a Parquet file."""
    return head.startswith("PAR1")


def open_rows(source: Source, options: FileOptions, chunk_rows: int) -> Rows:
    """A table with types. Raises InputError when it is damaged, encrypted or no Parquet."""
    file = _open(source)
    schema = file.schema_arrow
    check_width(len(schema))
    names, notes = unique_names(schema.names)
    rows = rows_per_chunk(chunk_rows, len(names))
    whole = file.metadata.num_rows
    size = sum(file.metadata.row_group(at).total_byte_size for at in range(file.num_row_groups))
    if whole and size > whole:
        rows = max(1, min(rows, limits.CHUNK_CHARS * whole // size))
    notes.insert(0, f"{whole:,} rows in {file.num_row_groups:,} row groups")

    def read() -> Iterator[Chunk]:
        first = 1
        for batch in _batches(source, rows):
            table = _table(batch, names, options.null)
            places = pa.array(np.arange(first, first + batch.num_rows, dtype=np.int64))
            first += batch.num_rows
            yield Chunk(table, places, (), (first - 1) / max(whole, 1))

    return Rows("parquet", names, True, notes, read)


def _open(source: Source) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(source.seekable(), pre_buffer=False)
    except (pa.ArrowException, OSError) as problem:
        raise _damaged(source, problem) from problem


def _batches(source: Source, rows: int) -> Iterator[pa.RecordBatch]:
    try:
        yield from _open(source).iter_batches(batch_size=rows, use_threads=False)
    except (pa.ArrowException, OSError) as problem:
        raise _damaged(source, problem) from problem


def _damaged(source: Source, problem: Exception) -> InputError:
    text = str(problem)
    if "encrypt" in text.lower() or "decrypt" in text.lower():
        return InputError(f"{source.name} is encrypted", hint="Write it again without a key.")
    return InputError(
        f"{source.name} is no whole Parquet file",
        got=text.splitlines()[0][:200] if text else type(problem).__name__,
        hint="Fetch or write it again.",
    )


def _table(batch: pa.RecordBatch, names: tuple[str, ...], null: tuple[str, ...]) -> pa.Table:
    columns = [_column(column, null) for column in batch.columns]
    return pa.Table.from_arrays(columns, names=list(names))


def _column(column: Any, null: tuple[str, ...]) -> Any:
    """Plain text, or a plain type; nested values as JSON."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_nested(kind):
        cells = [None if cell is None else as_json(cell) for cell in _plain(column)]
        return pa.array(cells, pa.string())
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        column = column.cast(pa.string())
    if not pa.types.is_string(column.type):
        return column
    absent = pc.is_in(column, value_set=pa.array({"", *null}, pa.string()))
    return pc.if_else(absent, pa.scalar(None, pa.string()), column)


def _plain(column: Any) -> Iterator[Any]:
    """As Python values; a map becomes an object."""
    for value in column.to_pylist():
        if value is not None and pa.types.is_map(column.type):
            yield dict(value)
        else:
            yield value
