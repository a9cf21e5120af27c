"""JSON Lines: one object per line. Every value is text; see `flatten`."""

from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn

import pyarrow as pa

from rapport.kernel.errors import InputError
from rapport.listening.files import limits
from rapport.listening.files.flatten import Number, flat
from rapport.listening.files.rows import (
    Chunk,
    FileOptions,
    Refusal,
    Rows,
    check_width,
    refusal,
    shown,
    storable,
    text_column,
)
from rapport.listening.files.source import Source
from rapport.listening.files.text import Encoding, Gap, blocks, find_encoding, sample

NAMES = ("jsonl", "ndjson")
SUFFIXES = (".jsonl", ".ndjson", ".json")

_FIRST_LOOK_ROWS = 1_000
_OBJECT = "one JSON object per line"


def recognises(head: str, /) -> bool:
    """Whether it begins like an object with a key, or like a list of objects."""
    start = "".join(head[:1000].split())
    return start.startswith(('{"', "{}", '[{"'))


def open_rows(source: Source, options: FileOptions, chunk_rows: int) -> Rows:
    """A table with a column for each key; its columns are those of the first 1,000 rows.

    Raises InputError when it is a JSON list or one object over many lines.
    """
    head = sample(source, limits.LINE_BYTES_MAX // 4)
    encoding = find_encoding(head, options.encoding)
    start = encoding.decode(head[len(encoding.mark) :])[0].lstrip()
    if start.startswith("["):
        raise InputError(
            f"{source.name} is one JSON list",
            got=shown(start, 40),
            expected=_OBJECT,
            hint="Save it as JSON Lines, e.g. with: jq -c '.[]' FILE > FILE.jsonl",
        )
    reading = _Reading(source, options, encoding)
    first = next(reading.chunks(_FIRST_LOOK_ROWS), None)
    if first is None:
        raise InputError(f"{source.name} has only blank lines", expected=_OBJECT)
    if not first.table.num_rows:
        fault = first.refused[0]
        raise InputError(
            f"{source.name} is not JSON Lines",
            got=f"{fault.got} in line {fault.line}",
            expected=_OBJECT,
            hint="An object over many lines must be written on one, e.g. with: jq -c . FILE",
        )

    def read() -> Iterator[Chunk]:
        return _Reading(source, options, encoding).chunks(chunk_rows)

    notes = [f"encoding {encoding.name}, {encoding.why}"]
    return Rows("jsonl", tuple(first.table.column_names), False, notes, read)


class _FaultError(Exception):
    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def _no_constant(name: str) -> NoReturn:
    raise _FaultError(f"{name}, which is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _FaultError(f"the key {shown(twice, 60)} twice", twice)
    return record


_DECODE = JSONDecoder(
    object_pairs_hook=_once, parse_int=Number, parse_float=Number, parse_constant=_no_constant
).decode


class _Reading:
    """One pass over a file."""

    def __init__(self, source: Source, options: FileOptions, encoding: Encoding) -> None:
        self._source, self._null, self._encoding = source, options.null, encoding
        self._names: set[str] = set()
        self._clear()

    def _clear(self) -> None:
        self._rows: list[dict[str, str | None]] = []
        self._lines: list[int] = []
        self._refused: list[Refusal] = []
        self._columns: dict[str, None] = {}
        self._chars = 0

    def chunks(self, chunk_rows: int) -> Iterator[Chunk]:
        share = 0.0
        for piece in blocks(self._source, self._encoding):
            if isinstance(piece, Gap):
                self._refused.append(_gap(piece))
                continue
            for number, line in enumerate(piece.lines, start=piece.first):
                self._add(number, line, clean=piece.clean)
                if self._full(chunk_rows):
                    yield self._chunk(share)
            share = piece.share
        if self._rows or self._refused:
            yield self._chunk(1.0)

    def _full(self, chunk_rows: int) -> bool:
        rows = len(self._rows)
        return (
            rows + len(self._refused) >= chunk_rows
            or self._chars >= limits.CHUNK_CHARS
            or rows * len(self._columns) >= limits.CHUNK_CELLS
        )

    def _add(self, number: int, line: str, *, clean: bool) -> None:
        if not line or line.isspace():
            return
        self._chars += len(line)
        try:
            row = self._row(line, clean=clean)
        except _FaultError as fault:
            raw = line.rstrip("\r\n")
            self._refused.append(
                refusal(number, raw, got=str(fault), expected=_OBJECT, field=fault.field)
            )
            return
        self._rows.append(row)
        self._lines.append(number)
        if row.keys() - self._columns.keys():
            self._columns.update(dict.fromkeys(row))
            self._names.update(row)
            check_width(len(self._names))

    def _row(self, line: str, *, clean: bool) -> dict[str, str | None]:
        try:
            record = _DECODE(line.rstrip("\r\n"))
            if type(record) is not dict:
                raise _FaultError(f"{shown(line.strip(), 60)}, which is no object")
            if not clean or "\\u" in line:
                _check_storable(record, self._encoding.name)
            return flat(record)
        except JSONDecodeError as error:
            at = f"at character {error.pos + 1}: {shown(line[error.pos :].strip(), 60)}"
            raise _FaultError(f"{error.msg} {at}") from error
        except RecursionError:
            raise _FaultError("objects or lists too deep inside each other") from None

    def _chunk(self, share: float) -> Chunk:
        columns = {
            name: text_column([row.get(name) for row in self._rows], self._null)
            for name in self._columns
        }
        lines = pa.array(self._lines, pa.int64())
        if not columns and self._rows:
            # Only empty objects: a row without a cell is no row.
            empty = [refusal(line, "{}", expected=_OBJECT + " with keys") for line in self._lines]
            self._refused += empty
            lines = lines.slice(0, 0)
        table = pa.table(columns)
        refused = tuple(sorted(self._refused, key=lambda each: each.line))
        self._clear()
        return Chunk(table, lines, refused, share)


def _check_storable(record: dict[str, Any], encoding: str) -> None:
    for name, value in flat(record).items():
        if not storable(name) or (value is not None and not storable(value)):
            got = name if value is None else f"{name}: {value}"
            raise _FaultError(f"{shown(got)}, which is no text in {encoding}", shown(name))


def _gap(gap: Gap) -> Refusal:
    if gap.damage is not None:
        return refusal(gap.line, "", got=gap.damage, expected="the rest of the file")
    return refusal(
        gap.line,
        gap.start,
        got=f"{gap.size:,} bytes in one line: {shown(gap.start, 80)}",
        expected=f"at most {limits.LINE_BYTES_MAX:,} bytes in a line",
        reason="too_long",
    )
