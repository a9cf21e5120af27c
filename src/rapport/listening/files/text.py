"""From bytes to numbered lines of text, a block at a time.

Bytes that are no text in the encoding become lone surrogates, which no honest text holds: the
row they stand in is then refused by `storable`, and only that row. Nothing is ever replaced.
"""

import codecs
import io
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import charset_normalizer

from rapport.kernel.errors import InputError
from rapport.listening.files import limits
from rapport.listening.files.source import DamagedError, Source, Stream

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Encodings that exports are really written in; more candidates only mean more wrong guesses.
_CANDIDATES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp437"),
    *("cp850", "mac_roman", "iso8859_2", "iso8859_15", "koi8_r"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
]
# These are no ways to write down lines of text, though Python lists them beside those.
_NO_ENCODINGS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of a file are to be read.

    Args:
        name: as Python calls it, byte order included.
        mark: the bytes of its byte order mark, b"" without one.
        newline: "\\n", or "\\r" in files that know no other.
        why: "as given", "by its byte order mark" ...
    """

    name: str
    mark: bytes
    newline: str
    why: str

    def decode(self, data: bytes) -> tuple[str, bool]:
        """The text, and whether all bytes were text; stray bytes come as lone surrogates."""
        try:
            return data.decode(self.name), True
        except UnicodeDecodeError:
            return data.decode(self.name, "rapport-keep"), False


class Block:
    """Some whole lines.

    Args:
        first: the number of the first line, from 1.
        text: the lines with their line breaks.
        clean: that none holds NUL or a stray byte.
        share: how much of the file has been read after them.
    """

    __slots__ = ("_lines", "clean", "count", "first", "share", "text")

    def __init__(self, first: int, text: str, *, clean: bool, share: float) -> None:
        self.first, self.text, self.clean, self.share = first, text, clean, share
        self._lines: list[str] | None = None
        #: How many lines; counted without cutting them apart where all breaks are alike.
        self.count = text.count("\n") + (not text.endswith("\n"))
        if "\r" in text and text.count("\r") != text.count("\r\n"):
            self.count = len(self.lines)

    @property
    def lines(self) -> list[str]:
        """The lines, cut apart when first asked for."""
        if self._lines is None:
            self._lines = list(io.StringIO(self.text, newline=""))
        return self._lines

    @property
    def end(self) -> int:
        """The number of the last line."""
        return self.first + self.count - 1


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands in place of lines that cannot be had.

    Args:
        line: the number of the line.
        start: how it begins.
        size: its bytes, when it is a line that is too long.
        damage: what is wrong, when the file breaks off here.
    """

    line: int
    start: str
    size: int = 0
    damage: str | None = None


def _keep(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in stray), error.end


codecs.register_error("rapport-keep", _keep)


def sample(source: Source, most: int = limits.SAMPLE_BYTES) -> bytes:
    """The beginning of a file; what can be had of it when it is damaged."""
    stream, parts, size = source.open(), [], 0
    try:
        while size < most and (part := stream.read(most - size)):
            parts.append(part)
            size += len(part)
    except DamagedError:
        pass
    return b"".join(parts)


def find_encoding(head: bytes, given: str | None = None) -> Encoding:
    """The encoding of a file by a sample of its beginning.

    A byte order mark decides; else NULs in every other place tell UTF-16; else UTF-8 if half of
    the lines beyond ASCII are UTF-8; else what charset-normalizer finds likeliest, and cp1252
    when it finds none.

    >>> find_encoding("Zoë".encode()).name, find_encoding("Zoë".encode("utf-16")).name
    ('utf-8', 'utf-16-le')
    """
    mark, by_mark = next(((m, name) for m, name in _MARKS if head.startswith(m)), (b"", None))
    if given is not None:
        name, why = _known(given, by_mark, head), "as given"
        if name != by_mark:
            mark = b""
    elif by_mark is not None:
        name, why = by_mark, "by its byte order mark"
    else:
        name, why = _guess(head)
    text = head[len(mark) :].decode(name, "ignore")
    newline = "\r" if "\r" in text and "\n" not in text else "\n"
    return Encoding(name, mark, newline, why)


def _known(given: str, by_mark: str | None, head: bytes) -> str:
    try:
        name = codecs.lookup(given).name
        "".encode(name)
    except (LookupError, ValueError) as problem:
        raise InputError(
            "The encoding is not known",
            got=given,
            expected="a name such as utf-8, cp1252, utf-16 or shift_jis",
        ) from problem
    if name in _NO_ENCODINGS:
        raise InputError("That is no encoding of a text file", got=given, expected="e.g. utf-8")
    if name == "utf-8-sig":
        return "utf-8"
    if name in ("utf-16", "utf-32"):
        marked = by_mark is not None and by_mark.startswith(name)
        return by_mark if marked and by_mark else _wide(head) or f"{name}-le"
    return name


def _guess(head: bytes) -> tuple[str, str]:
    if wide := _wide(head):
        return wide, "by the NULs between its letters"
    if _is_utf_8(head):
        return "utf-8", "found"
    lines = [line for line in head.split(b"\n")[:-1] or [head] if not line.isascii()]
    if lines and 2 * sum(map(_is_utf_8, lines)) >= len(lines):
        # Letters of more than one byte do not come out right by chance: some lines are broken.
        return "utf-8", "found, though not all lines are good"
    telling = b"\n".join(lines)[:32_768]
    best = charset_normalizer.from_bytes(telling, cp_isolation=_CANDIDATES).best()
    name = best.encoding if best is not None else "cp1252"
    if _reads_the_same(telling, name):
        name = "cp1252"
    return name, "a guess, for it is not utf-8"


def _reads_the_same(data: bytes, name: str) -> bool:
    """Whether the common Western encoding says the same as a rarer one."""
    try:
        return data.decode("cp1252") == data.decode(name)
    except UnicodeDecodeError:
        return False


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: Latin letters leave a NUL in every other byte."""
    even, odd = head[0:4096:2], head[1:4096:2]
    if len(odd) < 2:
        return None
    in_even, in_odd = even.count(0) / len(even), odd.count(0) / len(odd)
    if in_odd > 0.4 and in_even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if in_even > 0.4 and in_odd < 0.05 else None


def _is_utf_8(head: bytes) -> bool:
    try:
        # Not the end of all bytes: the sample may end within a letter.
        codecs.getincrementaldecoder("utf-8")().decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True


def blocks(source: Source, encoding: Encoding) -> Iterator[Block | Gap]:
    """The lines of a file in blocks, with a Gap in place of each line that cannot be had.

    Holds a block and a line at most. A line ends at \\n, \\r\\n or \\r.
    """
    cutter = _Cutter(source.open(), encoding)
    line = 1
    for data, size in cutter.pieces():
        if size:
            yield Gap(line, encoding.decode(data)[0], size=size)
            line += 1
            continue
        text, clean = encoding.decode(data)
        clean = clean and "\0" not in text
        block = Block(line, text, clean=clean, share=cutter.stream.share())
        yield block
        line = block.end + 1
    if cutter.damage is not None:
        yield Gap(line, "", damage=cutter.damage)


class _Cutter:
    """Cuts a stream behind its line breaks, and lets lines that are too long pass by."""

    def __init__(self, stream: Stream, encoding: Encoding) -> None:
        self.stream = stream
        self.damage: str | None = None
        self._break = encoding.newline.encode(encoding.name)
        self._unit = len(self._break)
        self._skip = len(encoding.mark)

    def pieces(self) -> Iterator[tuple[bytes, int]]:
        """Bytes of whole lines with 0, or the start of a line that is too long with its size."""
        rest = self._read()[self._skip :]
        while True:
            more = self._read()
            rest += more
            if not more:
                break
            end = self._last_break(rest)
            if end:
                yield from self._checked(rest[:end])
                rest = rest[end:]
            elif len(rest) > limits.LINE_BYTES_MAX:
                rest = yield from self._pass_by(rest)
        if rest:
            yield from self._checked(rest)

    def _read(self) -> bytes:
        try:
            return self.stream.read(limits.BLOCK_BYTES)
        except DamagedError as problem:
            self.damage = str(problem)
            return b""

    def _last_break(self, data: bytes) -> int:
        """Where the last whole line ends, 0 when there is none."""
        end = len(data)
        while (at := data.rfind(self._break, 0, end)) >= 0:
            if at % self._unit == 0:
                return at + self._unit
            end = at + self._unit - 1
        return 0

    def _first_break(self, data: bytes, start: int = 0) -> int:
        while (at := data.find(self._break, start)) >= 0:
            if at % self._unit == 0:
                return at + self._unit
            start = at + 1
        return 0

    def _checked(self, data: bytes) -> Iterator[tuple[bytes, int]]:
        """Whole lines; only a piece larger than a line may be can hide one that is too long."""
        if len(data) <= limits.LINE_BYTES_MAX:
            yield data, 0
            return
        good = start = 0
        while start < len(data):
            end = self._first_break(data, start) or len(data)
            if end - start > limits.LINE_BYTES_MAX:
                if good < start:
                    yield data[good:start], 0
                yield self._start_of(data[start:end]), end - start
                good = end
            start = end
        if good < len(data):
            yield data[good:], 0

    def _pass_by(self, data: bytes) -> Generator[tuple[bytes, int], None, bytes]:
        """Reads to the end of a line that is too long; returns what follows it."""
        start, size = self._start_of(data), 0
        while data:
            # A wide letter may lie across two reads, so the odd bytes wait for the next one.
            odd = len(data) % self._unit
            end = self._first_break(data)
            if end:
                yield start, size + end
                return data[end:]
            size += len(data) - odd
            more = self._read()
            data = data[len(data) - odd :] + more if more else b""
        yield start, size
        return b""

    def _start_of(self, line: bytes) -> bytes:
        return line[: limits.RAW_CHARS_MAX * self._unit]
