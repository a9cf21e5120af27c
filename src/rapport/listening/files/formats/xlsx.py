"""XLSX: one sheet as text; dates in ISO form, whole numbers without a point."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, time
from itertools import islice
from typing import Any

import pyarrow as pa
import python_calamine as calamine

from rapport.kernel.errors import InputError, did_you_mean
from rapport.listening.files import limits
from rapport.listening.files.rows import (
    Chunk,
    FileOptions,
    Refusal,
    Rows,
    check_width,
    refusal,
    rows_per_chunk,
    storable,
    text_column,
    unique_names,
)
from rapport.listening.files.source import Source

NAMES = ("xlsx",)
SUFFIXES = (".xlsx", ".xlsm")

# The place of a cell or row, e.g. r="B12" or r="12".
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,7})(\d{1,10})["']""")
_SHEET_COLUMNS_MAX = 16_384


def recognises(head: str, /) -> bool:
    """Whether it is a zip; other zips were taken apart before."""
    return head.startswith("PK")


def open_rows(source: Source, options: FileOptions, chunk_rows: int) -> Rows:
    """A sheet whose row `header_row` names the columns; the first sheet unless one is named.

    Raises InputError for a damaged file, one with a password, a sheet that is not there, and one
    too large to hold: a sheet cannot be read piece by piece.
    """
    _check_size(source)
    try:
        with calamine.CalamineWorkbook.from_object(source.seekable()) as book:
            names = book.sheet_names
            if not names:
                raise InputError(f"{source.name} has no sheet")
            if options.sheet is not None and options.sheet not in names:
                hint = did_you_mean(options.sheet, names)
                raise InputError("There is no such sheet", got=options.sheet, hint=hint)
            name = options.sheet or names[0]
            sheet = book.get_sheet_by_name(name)
    except calamine.PasswordError as problem:
        raise InputError(f"{source.name} has a password", hint="Save it without.") from problem
    except (calamine.CalamineError, OSError) as problem:
        raise InputError(f"{source.name} is no whole XLSX file", got=str(problem)) from problem
    header = _header(sheet, options.header_row, source)
    columns, notes = unique_names(header)
    others = f" of {len(names)}: {', '.join(names[:20])}" if len(names) > 1 else ""
    notes.insert(0, f"sheet {name}{others}")

    def read() -> Iterator[Chunk]:
        return _chunks(sheet, columns, options, rows_per_chunk(chunk_rows, len(columns)))

    return Rows("xlsx", columns, True, notes, read)


def _header(sheet: Any, header_row: int, source: Source) -> list[str]:
    rows = iter(()) if sheet.start is None else sheet.iter_rows()
    row: list[Any] = next(islice(rows, header_row - 1, None), [])
    header = [_text(value) or "" for value in row]
    if not any(cell.strip() for cell in header):
        raise InputError(
            f"Row {header_row} of the sheet {sheet.name} in {source.name} names no columns",
            expected="the row with the column names",
            hint="Say which row it is (header_row), or which sheet.",
        )
    check_width(len(header))
    return header


def _chunks(
    sheet: Any, columns: tuple[str, ...], options: FileOptions, most: int
) -> Iterator[Chunk]:
    rows: list[list[str | None]] = []
    lines: list[int] = []
    refused: list[Refusal] = []
    first, last = options.header_row, max(sheet.total_height, 1)
    chars = 0
    for number, row in enumerate(islice(sheet.iter_rows(), first, None), start=first + 1):
        cells = [_text(value) for value in row]
        text = "".join(filter(None, cells))
        if not text:
            continue
        chars += len(text)
        if storable(text):
            rows.append(cells)
            lines.append(number)
        else:
            refused.append(_unstorable(number, columns, cells))
        if len(rows) + len(refused) >= most or chars > limits.CHUNK_CHARS:
            yield _chunk(rows, lines, refused, columns, options, number / last)
            rows, lines, refused, chars = [], [], [], 0
    if rows or refused:
        yield _chunk(rows, lines, refused, columns, options, 1.0)


def _chunk(
    rows: list[list[str | None]],
    lines: list[int],
    refused: list[Refusal],
    columns: tuple[str, ...],
    options: FileOptions,
    share: float,
) -> Chunk:
    cells = zip(*rows, strict=True) if rows else (() for _ in columns)
    arrays = [text_column(column, options.null) for column in cells]
    table = pa.Table.from_arrays(arrays, names=list(columns))
    return Chunk(table, pa.array(lines, pa.int64()), tuple(refused), min(1.0, share))


def _unstorable(number: int, columns: tuple[str, ...], cells: list[str | None]) -> Refusal:
    at = next(at for at, cell in enumerate(cells) if cell and not storable(cell))
    return refusal(
        number,
        "\t".join(cell or "" for cell in cells),
        field=columns[at],
        got=cells[at],
        expected="text without NUL characters",
    )


def _text(value: Any) -> str | None:
    """A cell as text; "#N/A" and the like come as nothing.

    >>> _text(12.0), _text(1.5), _text(True), _text(date(2024, 2, 29)), _text("")
    ('12', '1.5', 'true', '2024-02-29', None)
    """
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # Beyond 15 digits a sheet no longer knows the number itself.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _check_size(source: Source) -> None:
    """Raises InputError for what would not fit into memory.

    The sizes a zip declares may lie, and two cells far apart make a sheet of billions, so what
    the reader would hold is measured by unpacking it once in passing.
    """
    try:
        with source.seekable() as file, zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > limits.XLSX_UNPACKED_BYTES_MAX:
                raise _too_large(source, f"more than {limits.XLSX_UNPACKED_BYTES_MAX:,} bytes")
            left = limits.XLSX_UNPACKED_BYTES_MAX
            for part in parts:
                left = _check_part(source, archive, part, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as problem:
        raise InputError(f"{source.name} is no whole XLSX file", got=str(problem)) from problem


def _check_part(source: Source, archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Measures one part; returns how many bytes the others may still have."""
    is_sheet = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
    part.file_size = limits.XLSX_UNPACKED_BYTES_MAX + 1  # so that all of it is read
    extent = _Extent()
    with archive.open(part) as stream:
        while block := stream.read(limits.BLOCK_BYTES):
            left -= len(block)
            if left < 0:
                raise _too_large(source, f"more than {limits.XLSX_UNPACKED_BYTES_MAX:,} bytes")
            if is_sheet:
                extent.see(block)
                if extent.cells() > limits.XLSX_CELLS_MAX:
                    size = f"a sheet of {extent.rows:,} rows and {extent.columns():,} columns"
                    raise _too_large(source, size)
    return left


class _Extent:
    """How far a sheet reaches, by the places of its cells; cells without one follow each other."""

    def __init__(self) -> None:
        self.rows = 0
        self._column, self._unplaced, self._rest = 0, 0, b""

    def see(self, block: bytes) -> None:
        text = self._rest + block
        end = text.rfind(b">") + 1 or len(text)
        text, self._rest = text[:end], text[end:][-limits.MIB :]
        places = _PLACE.findall(text)
        letters = max((name.upper().rjust(7) for name, _ in places), default=b"").strip()
        self._column = max(self._column, _column_number(letters))
        self.rows = max(self.rows, max((int(row) for _, row in places), default=0))
        cells = text.count(b"<c ") + text.count(b"<c>")
        self._unplaced += max(0, cells - sum(name != b"" for name, _ in places))
        self.rows = max(self.rows, min(self._unplaced, 1_048_576))

    def columns(self) -> int:
        return max(self._column, min(self._unplaced, _SHEET_COLUMNS_MAX))

    def cells(self) -> int:
        return self.rows * self.columns()


def _column_number(letters: bytes) -> int:
    """The number of a column by its letters: A is 1, AA is 27, none is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_large(source: Source, got: str) -> InputError:
    return InputError(
        f"{source.name} is too large to be read as XLSX",
        got=got,
        expected=f"at most {limits.XLSX_CELLS_MAX:,} cells in a sheet",
        hint="Save the sheet as CSV and import that.",
    )
