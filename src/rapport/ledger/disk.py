"""Putting files, folders and their names on the disk for good."""

import os
import secrets
import zlib
from pathlib import Path

from rapport.kernel.errors import InputError

_BLOCK = 1024**2


def sync(path: Path) -> None:
    """Return when the file, or the names in the folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_new(path: Path) -> int:
    """A handle to write a new file that only its owner may read.

    Raises:
        InputError: it is there already, or cannot be written.
    """
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written", got=error.strerror, hint="Name another file."
        ) from None


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where they are missing; its name is on the disk then.

    The one above is synced in any case: a killed process may have made the folder just before.
    """
    missing = [folder for folder in path.parents if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in [path, *missing]:
        sync(folder.parent)


def replace(path: Path, body: bytes) -> None:
    """Write a small file whole: whenever the power goes, there is the old one or the new."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.write_bytes(body)
    sync(draft)
    draft.rename(path)
    sync(path.parent)


def checksum(path: Path) -> int:
    """The CRC-32 of a file's bytes."""
    found = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found = zlib.crc32(block, found)
    return found
