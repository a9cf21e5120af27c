"""Rows as a file, written while they are read: CSV that no spreadsheet runs, or Parquet."""

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.http import StreamingHttpResponse

# What a spreadsheet takes for a formula where a cell begins with it (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_file(
    batches: Iterator[pa.RecordBatch], form: str, name: str, held: ExitStack
) -> StreamingHttpResponse:
    """A download of rows.

    Args:
        batches: the rows; the first part is made before this returns, so that errors are told.
        form: csv or parquet.
        name: of the file, without its ending.
        held: what is held open meanwhile, closed with the answer.
    """
    with held:
        first = next(batches)
        rest = held.pop_all()
    parts = chain([first], batches)
    made = _csv(parts) if form == "csv" else _parquet(first.schema, parts)
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/vnd.apache.parquet"
    answer = StreamingHttpResponse(_closing(made, rest), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def _closing(parts: Iterable[bytes], held: ExitStack) -> Iterator[bytes]:
    with held:
        yield from parts


def _csv(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    is_first = True
    for batch in batches:
        if is_first:
            writer.writerow([_cell(name) for name in batch.schema.names])
            is_first = False
        columns = [column.to_pylist() for column in batch.columns]
        writer.writerows([_cell(value) for value in row] for row in zip(*columns, strict=True))
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def _cell(value: Any) -> Any:
    """A value as CSV holds it; text that a spreadsheet would run gets an apostrophe before it.

    >>> _cell("=1+1"), _cell(-1.5), _cell(b"\\xff"), _cell(None)
    ("'=1+1", -1.5, 'ff', '')
    """
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


class _Sink(io.RawIOBase):
    """Takes what a writer writes, to be handed on."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.place = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self.parts.append(part)
        self.place += len(part)
        return len(part)

    def tell(self) -> int:
        return self.place

    def taken(self) -> bytes:
        found, self.parts = b"".join(self.parts), []
        return found


def _parquet(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    sink = _Sink()
    writer = pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd")
    for batch in batches:
        if batch.num_rows:
            writer.write_batch(batch)
        yield sink.taken()
    writer.close()
    yield sink.taken()
