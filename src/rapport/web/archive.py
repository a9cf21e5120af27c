"""The file a backup lies in: a tar archive of which no byte can change unnoticed.

Members are followed by `manifest.json`, which names each with its size and SHA-256, and by
`SHA256`, which holds that of all bytes before it. What comes after is known, so damage anywhere is
found by reading the file once; a second look then tells which member it is in.
"""

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from rapport.kernel.errors import InputError, StoreError
from rapport.ledger.api import sync

FORMAT = 1
MANIFEST, WHOLE = "manifest.json", "SHA256"
_BLOCK, _READ = 512, 1024**2
_END = bytes(2 * _BLOCK)
_HINT = "Nothing was restored. Take another backup, or copy this one again from where it lies."


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an archive: its name, its size, the SHA-256 of its bytes."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What an archive holds and what it was made from.

    Attributes:
        format: of the archive.
        made_by: version of the program.
        made_at: UTC, ISO.
        organisation: whose store it is.
        schema: version of the ledger's tables.
        changes: changes of the other rooms' tables that were made: room and name.
        lake_version: of the lake.
        rows: how many each table holds.
        counters: of tables that number their rows, the last number given.
        members: everything else in the archive, in its order.
    """

    format: int
    made_by: str
    made_at: str
    organisation: str
    schema: int
    changes: list[tuple[str, str]]
    lake_version: int
    rows: dict[str, int]
    counters: dict[str, int]
    members: list[Member]


class Writing:
    """An archive being written.

    Attributes:
        members: written so far.
    """

    def __init__(self, file: IO[bytes], wrote: Callable[[int], object]) -> None:
        self._file = file
        self._wrote = wrote
        self._whole = hashlib.sha256()
        self.members: list[Member] = []

    def add(self, name: str, size: int, content: IO[bytes]) -> None:
        """Add a member.

        Raises:
            StoreError: the content ends before its size.
        """
        digest = hashlib.sha256()
        left = size
        self._put(_header(name, size))
        while left and (block := content.read(min(left, _READ))):
            digest.update(block)
            self._put(block)
            left -= len(block)
        if left:
            raise StoreError(f"{name} is shorter than it was", got=size - left, expected=size)
        self._put(_padding(size))
        self.members.append(Member(name, size, digest.hexdigest()))

    def add_bytes(self, name: str, content: bytes) -> None:
        """Add a member that is in memory."""
        self.add(name, len(content), io.BytesIO(content))

    def add_file(self, name: str, path: Path) -> None:
        """Add a file as it is now."""
        with path.open("rb") as content:
            self.add(name, os.fstat(content.fileno()).st_size, content)

    def finish(self, manifest: Manifest) -> None:
        """Write what guards the rest."""
        self.add_bytes(MANIFEST, msgspec.json.encode(manifest))
        self._file.write(_tail(self._whole.hexdigest()))

    def _put(self, block: bytes) -> None:
        self._whole.update(block)
        self._file.write(block)
        self._wrote(len(block))


@contextmanager
def written(path: Path, wrote: Callable[[int], object]) -> Iterator[Writing]:
    """A new archive, there and on the disk when the block has ended, or not at all.

    Args:
        wrote: told the number of bytes, again and again.

    Raises:
        InputError: there is a file of that name.
        StoreError: it cannot be written.
    """
    if path.exists():
        raise InputError(f"There is a file {path} already", hint="Name another, or move it away.")
    draft = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield Writing(file, wrote)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        sync(path.parent)
    except OSError as error:
        raise StoreError(f"The backup {path} cannot be written", got=str(error)) from error
    finally:
        draft.unlink(missing_ok=True)


def proved(path: Path, read: Callable[[int], object]) -> Manifest:
    """Read all of an archive, and give its manifest if no byte has changed.

    Args:
        read: told the number of bytes, again and again.

    Raises:
        InputError: there is no such file, or it was made by a newer program.
        StoreError: it is damaged; says where.
    """
    if not path.is_file():
        raise InputError(f"There is no backup {path}")
    size = path.stat().st_size - len(_tail(""))
    digest = hashlib.sha256()
    with path.open("rb") as file:
        left = size
        while left > 0 and (block := file.read(min(left, _READ))):
            digest.update(block)
            read(len(block))
            left -= len(block)
        if size <= 0 or file.read() != _tail(digest.hexdigest()):
            raise StoreError(f"The backup {path} is damaged", got=_damage(path), hint=_HINT)
    return _manifest(path)


def members(path: Path, *, damaged: bool = False) -> Iterator[tuple[str, IO[bytes]]]:
    """Members of an archive that was proved, in their order; each is read before the next.

    Args:
        damaged: go on behind what cannot be read.
    """
    with tarfile.open(path, "r:", ignore_zeros=damaged) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is None or not _is_inside(member.name):
                raise StoreError(f"The backup {path} holds what it should not", got=member.name)
            yield member.name, content


def _manifest(path: Path) -> Manifest:
    # The last member but one: read from the end, whatever the size.
    for name, content in members(path):
        if name == MANIFEST:
            found = msgspec.json.decode(content.read(), type=Manifest)
            break
    if found.format > FORMAT:
        raise InputError(
            f"The backup {path} was made by a newer version of Rapport",
            got=f"format {found.format}, made by {found.made_by}",
            hint="Install the newer Rapport.",
        )
    return found


def _damage(path: Path) -> str:
    """Which member is damaged, as far as can be told."""
    there: dict[str, str] = {}
    last = "nothing"
    listed: Manifest | None = None
    try:
        for name, content in members(path, damaged=True):
            last = name
            body = content.read() if name == MANIFEST else None
            there[name] = _digest(io.BytesIO(body) if body is not None else content)
            listed = listed if body is None else msgspec.json.decode(body, type=Manifest)
    except (OSError, ValueError, tarfile.TarError, msgspec.MsgspecError, StoreError):
        return f"{last} is damaged or cut short"
    if listed is None:
        return f"{MANIFEST} is missing; the last that is there is {last}"
    for member in listed.members:
        if member.name not in there:
            return f"{member.name} is missing"
        if there[member.name] != member.sha256:
            return f"{member.name} does not hold the bytes that {MANIFEST} says"
    return f"bytes between the members, or {MANIFEST} or {WHOLE}"


def _digest(content: IO[bytes]) -> str:
    found = hashlib.sha256()
    while block := content.read(_READ):
        found.update(block)
    return found.hexdigest()


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


def _tail(whole: str) -> bytes:
    """The last bytes of an archive; as long whatever the digest."""
    content = f"{whole:64}\n".encode("ascii")
    return _header(WHOLE, len(content)) + content + _padding(len(content)) + _END
