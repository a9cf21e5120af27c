"""What every reader hands out: chunks of raw rows with their exact places."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from rapport.kernel.errors import InputError
from rapport.listening.files import limits

Reason = Literal["malformed", "too_long"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that could not even be read.

    Args:
        line: where it starts, counted like the lines of its Chunk.
        reason: "malformed" or "too_long".
        field: the column, where one is at fault.
        got: what was there, shortened to 200 characters.
        expected: what would have been right.
        raw: the row as it stands in the file, up to 10,000 characters; bytes that are no text
            are shown as in Python (`\\xfc`).
    """

    line: int
    reason: Reason
    field: str | None
    got: str
    expected: str
    raw: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a file.

    Args:
        table: one column per column of the file; text, but typed in Parquet.
        lines: int64, the place of each row: physical line of CSV, TSV, JSON Lines and XES (the
            header of a CSV is line 1), row of a sheet, row number from 1 in Parquet.
        refused: what could not be read on the way.
        share_read: 0 to 1, how much of the file has been read after this chunk.
    """

    table: pa.Table
    lines: "pa.Array[Any]"
    refused: tuple[Refusal, ...]
    share_read: float


@dataclass(frozen=True, slots=True)
class FileOptions:
    """What is known about a file; everything left out is found out.

    Args:
        format: csv, tsv, jsonl, xlsx, parquet or xes.
        encoding: a name Python knows, e.g. "cp1252".
        delimiter: one character between cells.
        quote: one character around cells; "" when there is none.
        escape: one character before a quote or delimiter that stands for itself.
        sheet: the name of a sheet; the first when None.
        header_row: the line or sheet row of the column names, from 1.
        null: texts that mean "nothing"; an empty cell always does.
        member: which file of a zip.
    """

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str = '"'
    escape: str | None = None
    sheet: str | None = None
    header_row: int = 1
    null: tuple[str, ...] = ("",)
    member: str | None = None

    def __post_init__(self) -> None:
        for name, least in (("delimiter", 1), ("quote", 0), ("escape", 1)):
            text = getattr(self, name)
            if text is not None and not (least <= len(text) <= 1 and text not in ("\r", "\n")):
                raise InputError(f"{name} must be one character", got=repr(text))
        if self.header_row < 1:
            raise InputError("header_row counts from 1", got=self.header_row)


@dataclass(slots=True)
class Rows:
    """An opened file: what is known of it before it is read, and a way to read it.

    Args:
        format: the format it is read as.
        columns: the names of its columns; of JSON Lines and XES those seen at its beginning.
        complete_columns: whether there can be no others.
        found: what was found out; reading may add to it.
        read: gives the chunks, from the start at each call.
    """

    format: str
    columns: tuple[str, ...]
    complete_columns: bool
    found: list[str]
    read: Callable[[], Iterator[Chunk]] = field(repr=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found out about the file, in words; longer once it has been read."""
        return tuple(self.found)

    def chunks(self) -> Iterator[Chunk]:
        """The rows of the file, from its start, a bounded number at a time.

        A file of no rows gives no chunk. Raises InputError where reading on makes no sense,
        e.g. in a zip bomb; chunks handed out before stay good.
        """
        return self.read()


_UNSAFE = re.compile("[\0\ud800-\udfff]")


def shown(text: str, most: int = limits.GOT_CHARS_MAX) -> str:
    r"""The text, shortened, and safe to store: NUL, lone surrogates and stray bytes written out.

    >>> shown("M\udcfcller")
    'M\\xfcller'
    >>> shown("abcdef", 4)
    'abc…'
    """
    text = _UNSAFE.sub(_written_out, text[: most + 1])
    return text if len(text) <= most else text[: most - 1] + "…"


def _written_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == 0 or 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code & 0xFF:02x}"
    return f"\\u{code:04x}"


def refusal(
    line: int,
    raw: str,
    *,
    expected: str,
    got: str | None = None,
    field: str | None = None,
    reason: Reason = "malformed",
) -> Refusal:
    """A Refusal with everything cut to size; what was got is the raw row unless said."""
    return Refusal(
        line=line,
        reason=reason,
        field=field,
        got=shown(raw if got is None else got),
        expected=expected,
        raw=shown(raw, limits.RAW_CHARS_MAX),
    )


def storable(text: str) -> bool:
    """Whether a text holds no NUL and no lone surrogate.

    >>> storable("Ana"), storable("A\\0"), storable("\\ud800")
    (True, False, False)
    """
    return (text.isascii() and "\0" not in text) or _UNSAFE.search(text) is None


def text_column(cells: Sequence[str | None], null: Sequence[str]) -> "pa.Array[Any]":
    """A column of text; what is empty or listed in `null` becomes null."""
    column = pa.array(cells, pa.string())
    nothing = [text for text in {"", *null} if text in cells]
    if not nothing:
        return column
    absent = pc.is_in(column, value_set=pa.array(nothing, pa.string()))
    kept: pa.Array[Any] = pc.if_else(absent, pa.scalar(None, pa.string()), column)
    return kept


def unique_names(header: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Column names without blanks and repetitions, and notes on those that had to change.

    >>> unique_names(["id", "id", ""])
    (('id', 'id_2', 'column_3'), ['column id occurs again: called id_2', ...])
    """
    taken = {name.strip() for name in header}
    names: dict[str, None] = {}
    notes = []
    for place, cell in enumerate(header, start=1):
        name = first = cell.strip() or f"column_{place}"
        again = 2
        while name in names or (name != cell.strip() and name in taken):
            name = f"{first}_{again}"
            again += 1
        if not cell.strip():
            notes.append(f"column {place} has no name: called {name}")
        elif name != first:
            notes.append(f"column {first} occurs again: called {name}")
        names[name] = None
    return tuple(names), _at_most(notes)


def _at_most(notes: list[str], most: int = 20) -> list[str]:
    left = len(notes) - most
    return notes if left <= 0 else [*notes[:most], f"and {left} more columns were given names"]


def check_width(width: int) -> None:
    """Raises InputError for more columns than anybody means."""
    if width > limits.COLUMNS_MAX:
        raise InputError(
            "The file has too many columns",
            got=f"{width:,} columns",
            expected=f"at most {limits.COLUMNS_MAX:,}",
            hint="If it has fewer, say which delimiter and quote it uses.",
        )


def rows_per_chunk(chunk_rows: int, width: int) -> int:
    """How many rows of that width make a chunk.

    >>> rows_per_chunk(50_000, 8), rows_per_chunk(50_000, 10_000)
    (50000, 200)
    """
    return max(1, min(chunk_rows, limits.CHUNK_CELLS // max(width, 1)))
