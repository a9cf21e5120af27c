"""CSV and TSV.

Invariants: a row is either in a chunk or refused, once; a good row after a bad one is kept; at
most a block of lines, the lines of the row being read, and one chunk are in memory.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from rapport.kernel.errors import InputError
from rapport.listening.files import limits
from rapport.listening.files.dialect import Dialect, find_dialect
from rapport.listening.files.quick import Quick
from rapport.listening.files.rows import (
    Chunk,
    FileOptions,
    Refusal,
    Rows,
    check_width,
    refusal,
    rows_per_chunk,
    shown,
    storable,
    text_column,
    unique_names,
)
from rapport.listening.files.source import Source
from rapport.listening.files.text import Encoding, blocks, find_encoding, sample
from rapport.listening.files.window import Window

NAMES = ("csv", "tsv")
SUFFIXES = (".csv", ".tsv", ".tab", ".txt")

_Part = tuple[pa.Table, "np.ndarray[Any, np.dtype[np.int64]]"]

# The setting is one for the whole process; no line is longer, so no cell of one line is.
csv.field_size_limit(max(csv.field_size_limit(), limits.ROW_CHARS_MAX))


def recognises(_head: str) -> bool:
    """Never certain: any text may be a table of one column."""
    return False


def open_rows(source: Source, options: FileOptions, chunk_rows: int) -> Rows:
    """A table in text; its first row (or `header_row`) names the columns.

    Raises InputError when it is no text, has no header, or more columns than anybody means.
    """
    head = sample(source)
    encoding = find_encoding(head, options.encoding)
    text = encoding.decode(head[len(encoding.mark) :])[0]
    if text.count("\0") > len(text) // 10:
        raise InputError(f"{source.name} is no text", got="bytes full of NULs", expected="CSV")
    lead = text.partition(encoding.newline)[0].strip()
    first = options.header_row
    if lead.lower().startswith("sep=") and len(lead) == 5 and first == 1:
        dialect = Dialect(lead[4], options.quote, options.escape)  # how Excel is told
        first = 2
    else:
        body = _from_line(text, first, encoding.newline)
        dialect = find_dialect(body, options, Path(source.name).suffix.lower())
    reading = _Reading(source, encoding, dialect, options, first)
    notes = [f"encoding {encoding.name}, {encoding.why}", f"delimiter {dialect.shown()}"]
    notes += reading.notes
    kind = "tsv" if dialect.delimiter == "\t" else "csv"

    def read() -> Iterator[Chunk]:
        return _Reading(source, encoding, dialect, options, first).chunks(chunk_rows)

    return Rows(kind, reading.columns, True, notes, read)


def _from_line(text: str, line: int, newline: str) -> str:
    start = 0
    for _ in range(line - 1):
        start = text.find(newline, start) + 1
        if start == 0:
            return ""
    return text[start:]


class _Reading:
    """One pass over a file; the header has been read when it exists."""

    def __init__(
        self,
        source: Source,
        encoding: Encoding,
        dialect: Dialect,
        options: FileOptions,
        header_row: int,
    ) -> None:
        self._encoding, self._dialect, self._null = encoding, dialect, options.null
        self._window = Window(blocks(source, encoding))
        self._refused: list[Refusal] = []
        self._reread = self._base = self._last = 0
        self._stale = False
        self.columns, self.notes = self._header(source, header_row)
        self._quick = Quick(self.columns, dialect, options.null)

    def _header(self, source: Source, header_row: int) -> tuple[tuple[str, ...], list[str]]:
        header: list[str] = []
        reader = self._restart(header_row - 1)
        try:
            while not any(cell.strip() for cell in header):
                header = next(reader)
        except StopIteration:
            raise self._no_header(source, header_row) from None
        except csv.Error as problem:
            raise InputError(
                f"The header of {source.name} cannot be read",
                got=f"{problem} in line {self._base + 1}: {shown(self._window.text(self._base))}",
                expected="column names with closed quotes",
                hint="If the file knows no quotes, say quote = ''.",
            ) from problem
        self._last = self._base + reader.line_num
        check_width(len(header))
        for cell in header:
            if not storable(cell):
                raise InputError(
                    f"The header of {source.name} is not {self._encoding.name}",
                    got=shown(cell),
                    hint="Say which encoding it has.",
                )
        return unique_names(header)

    def _no_header(self, source: Source, header_row: int) -> InputError:
        gap = self._window.gap
        if gap is not None and gap.size:
            got = f"a line of {gap.size:,} bytes: {shown(gap.start, 60)}"
            return InputError(
                f"The first line of {source.name} is too long for a header",
                got=got,
                expected=f"at most {limits.LINE_BYTES_MAX:,} bytes",
                hint="Is it a CSV file, with line breaks?",
            )
        if gap is not None:
            return InputError(f"{source.name} is damaged", got=gap.damage)
        return InputError(
            f"{source.name} has no header",
            got="only blank lines" if header_row == 1 else f"fewer than {header_row} lines",
            expected="column names in the first line",
        )

    def _restart(self, after: int) -> Any:
        """A reader of the lines after that one, which numbers them from 1 again."""
        self._base, self._last, self._stale = after, after, False
        self._reader = self._dialect.reader(self._window.lines(after + 1))
        return self._reader

    def chunks(self, chunk_rows: int) -> Iterator[Chunk]:
        most, more = rows_per_chunk(chunk_rows, len(self.columns)), True
        parts: list[_Part] = []
        while more:
            count = sum(len(part[1]) for part in parts)
            budget = self._window.chars + limits.CHUNK_CHARS
            while more and count < most and self._window.chars < budget:
                part = self._whole_block()
                if part is None:
                    part, more = self._row_by_row(most - count, budget)
                parts.append(part)
                count += len(part[1])
                if len(self._refused) >= most:
                    break
            whole, parts = self._cut(parts, most, more)
            yield from whole

    def _whole_block(self) -> _Part | None:
        """The next block at once, when no row is under way and nothing in it is in doubt."""
        window = self._window
        if self._last < window.end:
            return None
        block = window.next_block()
        if block is None:
            return None
        window.let_all_go()
        self._stale = True
        table = self._quick.table(block)
        if table is None:
            window.keep(block)
            return None
        self._last = block.end
        return table, np.arange(block.first, block.end + 1, dtype=np.int64)

    def _row_by_row(self, most: int, budget: int) -> tuple[_Part, bool]:
        """Rows up to the end of a block, or to where the chunk is full; False at the end."""
        if self._stale:
            self._restart(self._last)
        rows: list[list[str]] = []
        before: list[int] = []
        more = self._fill(rows, before, most, budget)
        if before and before[0] < self._window.unclean_to:
            rows, before = self._storable(rows, before)
        cells = zip(*rows, strict=True) if rows else (() for _ in self.columns)
        arrays = [text_column(column, self._null) for column in cells]
        table = pa.Table.from_arrays(arrays, names=list(self.columns))
        return (table, np.asarray(before, dtype=np.int64) + 1), more

    def _cut(self, parts: list[_Part], most: int, more: bool) -> tuple[list[Chunk], list[_Part]]:
        """Parts as chunks, and what is over for the next; refusals come with the last chunk."""
        table = pa.concat_tables([part[0] for part in parts]).combine_chunks()
        lines = np.concatenate([part[1] for part in parts])
        rows = table.num_rows
        # Less than a chunk is left over only where that is more than one.
        end = rows - rows % most if more and rows > most else rows
        share = self._window.share if more else 1.0
        chunks = []
        for start in range(0, max(end, bool(self._refused)), most):
            size = min(most, end - start)
            places = pa.array(lines[start : start + size])
            chunks.append(Chunk(table.slice(start, size), places, (), share))
        if chunks:
            chunks[-1] = replace(chunks[-1], refused=tuple(self._refused))
            self._refused = []
        return chunks, [(table.slice(end), lines[end:])] if end < rows else []

    def _fill(self, rows: list[list[str]], before: list[int], most: int, budget: int) -> bool:
        """Reads rows until something stands in the way; False at the end of the file.

        `before` gets the number of the line before each row.
        """
        window, reader, base, width = self._window, self._reader, self._base, len(self.columns)
        last = self._last
        window.before = before
        try:
            for row in reader:
                if len(row) == width:
                    rows.append(row)
                    before.append(last)
                    last = base + reader.line_num
                    if last >= window.end or len(rows) >= most or window.chars >= budget:
                        self._last = last
                        return True
                else:
                    window.needed = last + 1
                    self._last = last
                    self._ragged(row, base + reader.line_num)
                    if self._reader is not reader:
                        return True
                    last = self._last
                    if len(self._refused) >= most:
                        return True
        except csv.Error:
            self._last = last
            self._unreadable()
            return True
        self._last = last
        return self._past_gap()

    def _ragged(self, row: list[str], end: int) -> None:
        """A row of another length than the header: blank, refused, or a quote gone astray."""
        first, self._last = self._last + 1, end
        if not any(cell.strip() for cell in row) and len(row) < 2:
            return
        raw = self._window.text(first, end)
        astray = end > first and self._is_row(self._window.text(first + 1, first + 1))
        self._refused.append(
            refusal(
                first,
                self._window.text(first, first) if astray else raw,
                got=f"{len(row):,} cells",
                expected=f"{len(self.columns):,} cells as in the header",
            )
        )
        if astray:
            self._again_after(first, len(raw))

    def _is_row(self, line: str) -> bool:
        try:
            rows = list(self._dialect.reader([line]))
        except csv.Error:
            return False
        return len(rows) == 1 and len(rows[0]) == len(self.columns) > 1

    def _unreadable(self) -> None:
        """A quote that never closes, or text behind one that does: only its line is lost."""
        first = self._last + 1
        end = self._base + self._reader.line_num
        raw = self._window.text(first, first)
        expected = "each quote closed before the next delimiter, and doubled inside a cell"
        self._refused.append(refusal(first, raw, expected=expected))
        self._again_after(first, self._window.length(first, end))

    def _again_after(self, line: int, chars: int) -> None:
        self._reread += chars
        window = self._window
        free = limits.REREAD_CHARS_FREE + limits.REREAD_FACTOR_MAX * window.chars
        if self._reread > free:
            raise InputError(
                "The quotes in this file open and do not close, again and again",
                got=f"the latest in line {line}",
                hint="Say which quote it uses, or quote = '' when it knows none.",
            )
        self._restart(line)

    def _past_gap(self) -> bool:
        gap = self._window.gap
        if gap is None:
            return False
        if gap.damage is not None:
            self._refused.append(
                refusal(gap.line, "", got=gap.damage, expected="the rest of the file")
            )
            self._window.gap = None
            self._restart(gap.line)
            return False
        self._refused.append(
            refusal(
                gap.line,
                gap.start,
                got=f"{gap.size:,} bytes in one line: {shown(gap.start, 80)}",
                expected=f"at most {limits.LINE_BYTES_MAX:,} bytes in a line",
                reason="too_long",
            )
        )
        self._window.pass_gap()
        self._restart(gap.line)
        return True

    def _storable(
        self, rows: list[list[str]], before: list[int]
    ) -> tuple[list[list[str]], list[int]]:
        """Without the rows that hold NULs or bytes that are no text; those are refused."""
        kept, places = [], []
        for row, place in zip(rows, before, strict=True):
            if storable("".join(row)):
                kept.append(row)
                places.append(place)
                continue
            column = next(at for at, cell in enumerate(row) if not storable(cell))
            self._refused.append(
                refusal(
                    place + 1,
                    self._dialect.line(row).rstrip("\r\n"),
                    field=self.columns[column],
                    got=row[column],
                    expected=f"text in {self._encoding.name} without NUL characters",
                )
            )
        self._refused.sort(key=lambda each: each.line)
        return kept, places
