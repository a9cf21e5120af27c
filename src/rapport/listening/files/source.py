"""A file as a stream of plain bytes, whether plain, in gzip or in a zip.

Nothing is ever unpacked to disk, so no name inside a zip can lead outside a folder; what comes
out is measured against what went in, so that a bomb is noticed while it unfolds.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Literal, Protocol

from rapport.kernel.errors import InputError, did_you_mean
from rapport.listening.files import limits

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


class DamagedError(Exception):
    """The packed data break off or contradict themselves; what came before is good."""


class Stream(Protocol):
    """Plain bytes; like a file, but only forward."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; b"" at the end. Raises DamagedError, or InputError on a bomb."""
        ...

    def share(self) -> float:
        """How much of the file on disk has been read, 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """A file on disk and how it is packed.

    Args:
        path: where it lies.
        packing: plain, gzip or zip.
        name: its name without the packing, e.g. `log.xes` of `log.xes.gz`.
        member: its name inside a zip.
    """

    path: Path
    packing: Literal["plain", "gzip", "zip"]
    name: str
    member: str | None = None

    def open(self) -> Stream:
        """A fresh stream from the start; it closes itself when it goes out of use."""
        raw = self.path.open("rb")
        size = max(1, self.path.stat().st_size)
        if self.packing == "plain":
            return _Plain(raw, size)
        if self.packing == "gzip":
            return _Watched(_Gunzip(raw).read, raw.tell, size, self.path)
        return _open_member(raw, self.member or "", self.path)

    def seekable(self) -> IO[bytes]:
        """The file for formats that jump in it; from gzip or zip it is unpacked to memory."""
        if self.packing == "plain":
            return self.path.open("rb")
        stream, unpacked = self.open(), io.BytesIO()
        while block := stream.read(limits.BLOCK_BYTES):
            unpacked.write(block)
            if unpacked.tell() > limits.UNPACKED_IN_MEMORY_MAX:
                raise InputError(
                    f"{self.name} is too large to be read from inside {self.path.name}",
                    expected=f"at most {limits.UNPACKED_IN_MEMORY_MAX // limits.MIB} MB unpacked",
                    hint="Unpack it first and import the file itself.",
                )
        unpacked.seek(0)
        return unpacked


class _Plain:
    def __init__(self, raw: IO[bytes], size: int) -> None:
        self._raw, self._size = raw, size
        self.read = raw.read

    def share(self) -> float:
        return min(1.0, self._raw.tell() / self._size)


class _Watched:
    """A stream that is being unpacked, and stopped when it turns out to be a bomb."""

    def __init__(
        self, read: Callable[[int], bytes], taken: Callable[[], int], size: int, path: Path
    ) -> None:
        self._read, self._taken, self._size, self._path = read, taken, max(1, size), path
        self._given = 0

    def read(self, size: int, /) -> bytes:
        try:
            block = self._read(size)
        except (zlib.error, zipfile.BadZipFile, EOFError) as problem:
            raise DamagedError(str(problem)) from problem
        self._given += len(block)
        allowed = limits.UNPACK_RATIO_MAX * self._taken()
        if self._given > limits.UNPACKED_BYTES_MAX or (
            self._given > limits.UNPACK_RATIO_FREE_BYTES and self._given > allowed
        ):
            raise InputError(
                f"{self._path.name} unfolds like a zip bomb",
                got=f"{self._given:,} bytes out of {self._taken():,}",
                expected=f"at most {limits.UNPACK_RATIO_MAX:,} to 1",
                hint="If it is meant to be so, unpack it first and import the file itself.",
            )
        return block

    def share(self) -> float:
        return min(1.0, self._taken() / self._size)


class _Gunzip:
    """Like gzip.GzipFile for reading on, with larger blocks, which makes it twice as fast."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._zlib = zlib.decompressobj(wbits=31)
        self._waiting = b""

    def read(self, size: int) -> bytes:
        while True:
            if self._zlib.eof and not self._next_part():
                return b""
            packed = self._waiting or self._raw.read(64 * 1024)
            plain = self._zlib.decompress(packed, size)
            self._waiting = self._zlib.unconsumed_tail
            if plain:
                return plain
            if not packed:
                raise EOFError("the gzip data break off")

    def _next_part(self) -> bool:
        """Whether another gzip file is joined on; several in a row count as one."""
        rest = self._zlib.unused_data or self._raw.read(64 * 1024)
        rest = rest.lstrip(b"\0")
        while not rest:
            if not (more := self._raw.read(64 * 1024)):
                return False
            rest = more.lstrip(b"\0")
        self._zlib, self._waiting = zlib.decompressobj(wbits=31), rest
        return True


def find_source(path: Path, member: str | None) -> Source:
    """How a file is packed, told by its first bytes.

    Raises InputError when there is no such file, it cannot be read, it is empty, or it is a zip
    of several files and none was named.
    """
    head = _first_bytes(path)
    if head.startswith(GZIP_MAGIC):
        name = path.stem if path.suffix.lower() in (".gz", ".gzip") else path.name
        return Source(path, "gzip", name)
    if not head.startswith(ZIP_MAGIC):
        return Source(path, "plain", path.name)
    with _open_zip(path) as archive:
        names = archive.namelist()
    if "xl/workbook.xml" in names and member is None:
        return Source(path, "plain", path.name)
    chosen = _choose(names, member, path)
    return Source(path, "zip", PurePosixPath(chosen.replace("\\", "/")).name, chosen)


def _first_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder", hint="Name one file in it.")
        if not path.exists():
            near = did_you_mean(path.name, _neighbours(path))
            raise InputError(f"There is no file {path}", hint=near)
        if not path.is_file():
            raise InputError(f"{path} is not a regular file", hint="Save it to a file first.")
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as problem:
        raise InputError(f"{path} cannot be read", got=problem.strerror) from problem
    if not head:
        raise InputError(f"{path.name} is empty", got="0 bytes")
    return head


def _neighbours(path: Path) -> list[str]:
    return [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        _check_directory(path)
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as problem:
        raise InputError(
            f"{path.name} starts like a zip but is damaged",
            got=str(problem),
            hint="Fetch or pack it again.",
        ) from problem


def _check_directory(path: Path) -> None:
    """Raises InputError when the list of contents itself would fill the memory."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 66_000))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 > len(tail):
        return
    size = struct.unpack_from("<I", tail, end + 12)[0]
    wide = tail.rfind(b"PK\x06\x06", 0, end)
    if wide >= 0 and wide + 56 <= len(tail):
        size = struct.unpack_from("<Q", tail, wide + 40)[0]
    if size > limits.ZIP_DIRECTORY_BYTES_MAX:
        raise InputError(f"{path.name} holds too many files", got=f"a list of {size:,} bytes")


def _choose(names: list[str], member: str | None, path: Path) -> str:
    if member is not None:
        if member not in names:
            raise InputError(
                f"{path.name} holds no file {member}", hint=did_you_mean(member, names)
            )
        return member
    files = [name for name in names if not _is_by_the_way(name)]
    if len(files) == 1:
        return files[0]
    if not files:
        raise InputError(f"{path.name} holds no file", got="an empty zip")
    shown = ", ".join(files[:20]) + (f" and {len(files) - 20} more" if len(files) > 20 else "")
    raise InputError(
        f"{path.name} holds {len(files)} files", got=shown, hint="Say which one (member)."
    )


def _is_by_the_way(name: str) -> bool:
    """Folders, and what macOS packs beside each file."""
    last = name.rsplit("/", 1)[-1]
    return name.endswith("/") or name.startswith("__MACOSX/") or last.startswith(".")


def _open_member(raw: IO[bytes], member: str, path: Path) -> Stream:
    archive = zipfile.ZipFile(raw)
    info = archive.getinfo(member)
    try:
        opened = archive.open(info)
    except RuntimeError as problem:
        raise InputError(
            f"{member} in {path.name} has a password", hint="Pack it again without one."
        ) from problem
    except (NotImplementedError, zipfile.BadZipFile) as problem:
        raise InputError(
            f"{member} in {path.name} cannot be unpacked",
            got=str(problem),
            hint="Pack it again with the usual method (deflate).",
        ) from problem
    start = raw.tell()
    return _Watched(opened.read, lambda: max(1, raw.tell() - start), info.compress_size, path)
