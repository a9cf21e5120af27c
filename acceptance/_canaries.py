"""Canaries: texts of 128 bits that can come from nowhere else, and where they are still found.

All canaries of a run begin with the same 64 bits, so a search looks for one marker in all the
shapes a text can take. Files are searched as they lie, and again with everything expanded that
is packed in them: the columns of Parquet files, the Arrow streams in a database, and whatever
begins like a compressed stream, in free pages too.
"""

import base64
import hashlib
import random
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from acceptance._writers import Store
from rapport.ledger.api import Ledger

_DIGITS = 16
_PACKED = {b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4"}
_GZIP = b"\x1f\x8b\x08"
_AROUND = 24
_CHUNK = 1024**2


@dataclass
class Canaries:
    """Makes the canaries of one run, and remembers what leads back to whom."""

    dice: random.Random
    marker: str = ""
    number: str = ""
    hashes: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.marker = self._text()
        self.number = "7" + "".join(self.dice.choice("123456789") for _ in range(_DIGITS - 1))

    def _text(self) -> str:
        return f"{self.dice.getrandbits(64):0{_DIGITS}x}"

    def text(self) -> str:
        """A word nobody has said before."""
        return self.marker + self._text()

    def digits(self) -> str:
        """As a number, for telephones."""
        return self.number + str(self.dice.randrange(10**15, 10**16))

    def mail(self) -> str:
        """An address; its common hashes count as canaries too."""
        address = f"{self.text()}@x.example"
        for plain in (address, f"email:{address}"):
            for method in (hashlib.sha256, hashlib.sha1, hashlib.md5):
                digest = method(plain.encode()).digest()
                self.hashes |= {digest, digest.hex().encode()}
        return address

    def pattern(self) -> re.Pattern[bytes]:
        """Every shape in which a canary could lie."""
        shapes = {shape for word in (self.marker, self.number) for shape in _shapes(word)}
        return re.compile(b"|".join(re.escape(one) for one in sorted(shapes | self.hashes)))


def _shapes(word: str) -> Iterator[bytes]:
    plain = word.encode()
    yield from (plain, plain.upper(), plain[::-1])
    yield from (word.encode("utf-16-le"), word.encode("utf-16-be"))
    yield from (plain.hex().encode(), plain.hex().upper().encode())
    yield b"".join(b"%%%02x" % byte for byte in plain)
    for lead in range(3):
        # Without the first and last letters, which depend on what stands beside it.
        yield base64.b64encode(b"\0" * lead + plain)[4:-4]
    # The marker alone, not as text, as a number of 64 bits would be kept.
    with suppress(ValueError):
        yield bytes.fromhex(word)


def found_in(folder: Path, pattern: re.Pattern[bytes]) -> list[str]:
    """Each file below a folder that holds a canary, and how it lies there."""
    hits = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        for how, body in [("name", path.name.encode()), *_bodies(path)]:
            hit = pattern.search(body)
            if hit is not None:
                around = body[max(0, hit.start() - _AROUND) : hit.end() + _AROUND]
                hits.append(f"{path.relative_to(folder)} ({how}): {around!r}")
                break
    return hits


def _bodies(path: Path) -> Iterator[tuple[str, bytes]]:
    with suppress(FileNotFoundError):
        raw = path.read_bytes()
        yield "raw", raw
        if path.suffix == ".parquet":
            yield "columns", str(pq.read_table(path, partitioning=None).to_pydict()).encode()
        for place in _places(raw, _GZIP):
            with suppress(zlib.error):
                yield "gzip", zlib.decompressobj(31).decompress(raw[place:])
        for magic, method in _PACKED.items():
            for place in _places(raw, magic):
                yield method, _unpacked(raw[place:], method)


def _places(raw: bytes, magic: bytes) -> Iterator[int]:
    place = raw.find(magic)
    while place >= 0:
        yield place
        place = raw.find(magic, place + 1)


def _unpacked(body: bytes, method: str) -> bytes:
    """As much as can be unpacked before it breaks off."""
    found = b""
    stream = pa.CompressedInputStream(pa.BufferReader(body), method)
    with suppress(OSError):
        while part := stream.read(256):
            found += part
            if len(found) > _CHUNK:
                break
    return found


def found_in_tables(store: Store, pattern: re.Pattern[bytes]) -> list[str]:
    """Tables of the relational half that hold a canary, streams in them unpacked."""
    ledger = store.open()
    try:
        return [
            table.name
            for table in ledger.database.tables()
            if any(pattern.search(body) for body in _cells(ledger, table.name))
        ]
    finally:
        ledger.close()


def _cells(ledger: Ledger, table: str) -> Iterator[bytes]:
    for row in ledger.database.rows(f'SELECT * FROM "{table}"'):
        for cell in row:
            body = bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
            yield body
            with suppress(pa.ArrowException, OSError):
                yield str(pa.ipc.open_stream(body).read_all().to_pydict()).encode()
