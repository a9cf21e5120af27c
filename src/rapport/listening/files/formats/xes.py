"""XES, the event logs of process mining (IEEE 1849): a row per event.

Attributes of the event keep their key, those of its trace get the prefix `case:`. Values are the
text in the file. Defaults (`global`), classifiers and attributes inside attributes are no columns.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import numpy as np
import pyarrow as pa

from rapport.kernel.errors import InputError
from rapport.listening.files import limits
from rapport.listening.files.rows import (
    Chunk,
    FileOptions,
    Refusal,
    Rows,
    check_width,
    refusal,
    rows_per_chunk,
    text_column,
)
from rapport.listening.files.source import DamagedError, Source
from rapport.listening.files.xes_shapes import EVENT, EVENT_END, Shapes, leaves_open

NAMES = ("xes",)
SUFFIXES = (".xes",)

_FIRST_LOOK_EVENTS = 1_000
_Attributes = dict[str, str | None]


def recognises(head: str, /) -> bool:
    """Whether it begins as XML, with a declaration or the element of a log."""
    start = head.lstrip()
    return start.startswith(("<?xml", "<log", "<xes:log"))


def open_rows(source: Source, options: FileOptions, chunk_rows: int) -> Rows:
    """An event log; its columns are those of its first events.

    Raises InputError when it is no log, or declares entities, which could unfold without end.
    """
    found: list[str] = []
    columns: dict[str, None] = {}
    looking = _Log(source, options, _FIRST_LOOK_EVENTS)
    chunk = next(looking.chunks(), None)
    if chunk is not None:
        if chunk.table.num_rows == 0 and chunk.refused:
            first = chunk.refused[0]
            raise InputError(
                f"{source.name} cannot be read as XES",
                got=f"{first.got} in line {first.line}",
                expected=first.expected,
            )
        columns = dict.fromkeys(chunk.table.column_names)

    def read() -> Iterator[Chunk]:
        log = _Log(source, options, chunk_rows)
        yield from log.chunks()
        found[:] = log.notes()

    return Rows("xes", tuple(columns), False, found, read)


class _StopError(Exception):
    """Something in the file that ends the reading."""


@dataclass(slots=True)
class _State:
    """Where the reading stands.

    Events wait with the attributes of their trace, which may still grow.

    Args:
        keys: of each waiting event; events of one shape share them.
        values: of the waiting events, one after the other, in the order of their keys.
        traces: the attributes of the trace of each waiting event.
        lines: where each waiting event begins.
        whole: how many of the waiting events belong to finished traces.
        passed: line breaks the XML parser did not see, for the short cut took them.
        depth: 1 in the log, 2 in a trace, 3 in an event.
        trace: the attributes of the trace that is open.
        event: those of the event the XML parser is in.
        line: where that event began.
        nested: attributes inside attributes so far.
    """

    keys: list[tuple[str, ...]] = field(default_factory=list)
    values: list[str | None] = field(default_factory=list)
    traces: list[_Attributes] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    whole: int = 0
    passed: int = 0
    depth: int = 0
    trace: _Attributes | None = None
    event: _Attributes | None = None
    line: int = 0
    nested: int = 0

    def end_event(self) -> None:
        """The event the XML parser was in is complete."""
        if self.event is not None and self.trace is not None:
            self.keys.append(tuple(self.event))
            self.values.extend(self.event.values())
            self.traces.append(self.trace)
            self.lines.append(self.line)
        self.event = None

    def take(self, most: int) -> None:
        """The first waiting events are handed out."""
        del self.values[: sum(map(len, self.keys[:most]))]
        del self.keys[:most], self.traces[:most], self.lines[:most]
        self.whole -= most


class _Log:
    """One pass over a log; a chunk ends with a trace, or within one that is too long."""

    def __init__(self, source: Source, options: FileOptions, chunk_rows: int) -> None:
        self._source, self._null, self._chunk_rows = source, options.null, chunk_rows
        self._state = _State()
        self._shapes = Shapes()
        self._short_cut = True
        self._fed = 0
        self._parser = self._new_parser()

    def notes(self) -> list[str]:
        nested = self._state.nested
        return [f"{nested:,} attributes inside attributes were left out"] if nested else []

    def chunks(self) -> Iterator[Chunk]:
        stream, state = self._source.open(), self._state
        problem, rest, more = None, b"", True
        while more and problem is None:
            try:
                block = stream.read(limits.BLOCK_BYTES // 2)
                more = bool(block)
                rest = self._take(rest + block, final=not more)
            except (expat.ExpatError, DamagedError, _StopError) as error:
                problem = self._refusal(error)
            while self._ready():
                yield self._chunk(stream.share(), [])
        last = [problem] if problem else []
        while state.lines or last:
            state.whole = len(state.lines)
            yield self._chunk(stream.share() if more else 1.0, last)
            last = []

    def _take(self, data: bytes, *, final: bool) -> bytes:
        """Reads what is whole of the data, and returns the rest."""
        if self._short_cut and self._fed == 0 and not _is_plain_utf_8(data):
            self._short_cut = False
        cut = len(data) if final or not self._short_cut else data.rfind(b"</event>") + 8
        if cut == 7:
            cut = len(data) if len(data) > limits.XES_TAG_BYTES_MAX else 0
        text = self._text(data[:cut]) if self._short_cut else None
        if text is None:
            self._feed(data[:cut])
        else:
            self._read(text)
        if final:
            self._parser.Parse(b"", True)
        return data[cut:]

    def _text(self, data: bytes) -> str | None:
        """As text, unless it is none: then the XML parser is to say what is wrong."""
        try:
            return data.decode()
        except UnicodeDecodeError:
            self._short_cut = False
            return None

    def _feed(self, data: bytes) -> None:
        self._parser.Parse(data, False)
        self._fed += len(data)
        if self._fed - self._parser.CurrentByteIndex > limits.XES_TAG_BYTES_MAX:
            raise _StopError(f"a tag of more than {limits.XES_TAG_BYTES_MAX:,} bytes")

    def _read(self, text: str) -> None:
        """Events by their shape where they have a known one, all else by the parser."""
        state, start = self._state, 0
        while self._short_cut:
            if state.trace is not None and state.depth == 2:
                start = self._events(text, start)
            event = text.find(EVENT, start)
            if event < 0:
                break
            between = text[start:event]
            self._feed(between.encode())
            start = event
            if leaves_open(between):
                self._short_cut = False
            elif (
                state.trace is None
                or state.depth != 2
                or (start := self._events(text, event)) == event
            ):
                end = text.find(EVENT_END, event)
                start = end + len(EVENT_END) if end >= 0 else len(text)
                self._feed(text[event:start].encode())
        self._feed(text[start:].encode())

    def _events(self, text: str, start: int) -> int:
        """Reads events from there on that have a known shape; returns where they end."""
        state, fit = self._state, self._shapes.fit
        keys, cells, traces, lines = state.keys, state.values, state.traces, state.lines
        first = line = self._parser.CurrentLineNumber + state.passed
        trace = state.trace
        assert trace is not None
        while fitting := fit(text, start):
            found, shape = fitting
            values = found.groups()
            if shape.trace is not None:
                state.whole = len(lines)
                state.trace = trace = dict(zip(shape.trace, values, strict=False))
                values = values[len(shape.trace) :]
            keys.append(shape.event)
            cells.extend(values)
            traces.append(trace)
            lines.append(line + shape.before)
            line += shape.breaks
            start = found.end()
        state.passed += line - first
        return start

    def _ready(self) -> bool:
        """Enough events of whole traces, or more of one trace than may wait."""
        state = self._state
        if state.whole < self._chunk_rows and len(state.lines) >= 2 * self._chunk_rows:
            state.whole = len(state.lines)
        return state.whole >= self._chunk_rows

    def _chunk(self, share: float, refused: list[Refusal]) -> Chunk:
        state = self._state
        most = min(state.whole, self._chunk_rows)
        names, cases = _names(state.keys[:most]), _names(state.traces[:most])
        width = len(names) + len(cases)
        check_width(width)
        if width == 0 and most:
            raise InputError(f"The events of {self._source.name} have no attributes")
        most = min(most, rows_per_chunk(self._chunk_rows, width))
        columns = _of_traces(cases, state.traces[:most], self._null)
        columns |= _of_events(names, state.keys[:most], state.values, self._null)
        lines = pa.array(state.lines[:most], pa.int64())
        state.take(most)
        return Chunk(pa.table(columns), lines, tuple(refused), share)

    def _refusal(self, error: Exception) -> Refusal:
        got = str(error)
        if isinstance(error, expat.ExpatError):
            got = expat.ErrorString(error.code)
        expected = "well-formed XML up to the end of the log"
        line = self._parser.CurrentLineNumber + self._state.passed
        return refusal(line, "", got=got, expected=expected)

    def _new_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = self._refuse_entities
        parser.EntityDeclHandler = self._refuse_entities
        parser.StartElementHandler, parser.EndElementHandler = _handlers(parser, self._state)
        return parser

    def _refuse_entities(self, *_declared: Any) -> None:
        raise InputError(
            "An XES file with a document type or entities is refused",
            got=f"a declaration in {self._source.name}",
            expected="plain elements: entities can unfold without end or fetch other files",
            hint="Write the log again without a DOCTYPE.",
        )


def _is_plain_utf_8(head: bytes) -> bool:
    """Whether the short cut may read the bytes as UTF-8, as the XML parser would."""
    declaration = head[: head.find(b">")].lower()
    if b"encoding" in declaration and b"utf-8" not in declaration:
        return False
    return b"\0" not in head[:64]


def _handlers(
    parser: expat.XMLParserType, state: _State
) -> tuple[Callable[[str, list[str]], None], Callable[[str], None]]:
    """What is done at the start and the end of each element."""

    def start(name: str, attributes: list[str]) -> None:
        depth = state.depth = state.depth + 1
        if depth == 4 and state.event is not None:
            _note(state.event, attributes)
        elif depth == 3 and state.trace is not None:
            if name == "event" or name.endswith(":event"):
                state.event, state.line = {}, parser.CurrentLineNumber + state.passed
            else:
                _note(state.trace, attributes)
        elif depth == 2 and (name == "trace" or name.endswith(":trace")):
            state.trace = {}
        else:
            _check_place(name, depth)
            state.nested += depth > 3 and state.trace is not None

    def end(_name: str) -> None:
        depth = state.depth = state.depth - 1
        if depth == 2:
            state.end_event()
        elif depth == 1:
            state.trace = None
            state.whole = len(state.lines)

    return start, end


def _check_place(name: str, depth: int) -> None:
    if depth == 1 and name != "log" and not name.endswith(":log"):
        raise _StopError(f"the element <{name[:80]}> where <log> should be")
    if depth > limits.XES_DEPTH_MAX:
        raise _StopError(f"elements within elements, {depth} deep")


def _note(row: _Attributes, attributes: list[str]) -> None:
    given = dict(zip(attributes[::2], attributes[1::2], strict=True))
    key = given.get("key")
    if key is not None:
        row[key] = given.get("value")


def _names(rows: Sequence[Iterable[str]]) -> list[str]:
    """All keys in the order of their first occurrence; neighbours mostly have the same."""
    names: dict[str, None] = {}
    last: Iterable[str] = ()
    for row in rows:
        if row is not last:
            names.update(dict.fromkeys(row))
            last = row
    return list(names)


def _of_traces(
    names: list[str], traces: list[_Attributes], null: Sequence[str]
) -> "dict[str, pa.Array[Any]]":
    """Columns of what the traces say, a cell for each event; a trace's cells are made once."""
    first = [
        place for place, trace in enumerate(traces) if not place or trace is not traces[place - 1]
    ]
    lengths = np.diff([*first, len(traces)])
    rows = np.repeat(np.arange(len(first)), lengths)
    return {
        f"case:{name}": text_column([traces[place].get(name) for place in first], null).take(rows)
        for name in names
    }


def _of_events(
    names: list[str], keys: list[tuple[str, ...]], values: list[str | None], null: Sequence[str]
) -> "dict[str, pa.Array[Any]]":
    """Columns of what the events say, picked from all values by shape."""
    widths = np.fromiter(map(len, keys), np.int64, len(keys))
    starts = np.cumsum(widths) - widths
    events: dict[tuple[str, ...], list[int]] = {}
    for event, shape in enumerate(keys):
        events.setdefault(shape, []).append(event)
    places = {name: np.full(len(keys), -1) for name in names}
    for shape, alike in events.items():
        first = starts[alike]
        for nth, name in enumerate(shape):
            places[name][alike] = first + nth
    cells = text_column(values[: int(widths.sum())], null)
    return {name: cells.take(pa.array(at, mask=at < 0)) for name, at in places.items()}
