"""Leases: what readers read, so that `vacuum` clears nothing away under them.

A reader takes a lease before it looks what there is to read, and notes in it what that is. A lease
is a small file that its reader keeps locked: it ends with the process, however that ends, and
whoever can open the lake's files, on this machine or another, sees the lock (decision 0018).
"""

import fcntl
import json
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

# A notebook that was forgotten must not keep what somebody wants erased.
LONGEST_SECONDS = 24 * 3600.0
_SAY_SECONDS = 5.0
_LOOK_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Held:
    """What one reader reads: the lake's version, the files of published tables."""

    lake: int
    published: tuple[str, ...]


class Lease:
    """A reader's word that it is reading; it ends with `release` or with the process."""

    def __init__(self, path: Path, file: IO[str] | None) -> None:
        self._path = path
        self._file = file

    def note(self, lake: int, published: Iterable[str]) -> None:
        """Say what is read. Until then nothing at all is cleared away."""
        if self._file is not None:
            # On a full disk it stays unsaid, and everything is kept while this reader reads.
            with suppress(OSError):
                self._file.write(json.dumps({"lake": lake, "published": [*published]}))
                self._file.flush()

    def release(self) -> None:
        """End the lease; again does nothing."""
        if self._file is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
            with suppress(OSError):
                self._file.close()
            self._file = None


def take(folder: Path) -> Lease:
    """A new lease; call it before looking what there is to read.

    Where no file can be made (a full disk, a home that may only be read) reading goes on without
    one: what is read may then be cleared away, and the reader is told that a file is gone.
    """
    while True:
        path = folder / f"{secrets.token_hex(8)}.lease"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = path.open("x", encoding="utf-8")
            fcntl.flock(file, fcntl.LOCK_SH)
        except OSError:
            return Lease(path, None)
        if path.exists():
            return Lease(path, file)
        # Taken for a dead reader's, between making and locking it.
        file.close()


def held(folder: Path) -> list[Held] | None:
    """What readers hold that took their lease before the call; None where one does not say.

    Leases of the dead are removed. One that is older than `LONGEST_SECONDS` does not count.
    """
    deadline = time.monotonic() + _SAY_SECONDS
    found = []
    for path in folder.glob("*.lease"):
        while _is_alive(path):
            said = _said(path)
            if said is not None:
                found.append(said)
                break
            if time.monotonic() > deadline:
                return None
            time.sleep(_LOOK_SECONDS)
    return found


def _is_alive(path: Path) -> bool:
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return _age_seconds(path) < LONGEST_SECONDS
    return False


def _age_seconds(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _said(path: Path) -> Held | None:
    """What a lease says; None where it says nothing yet."""
    try:
        said = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return Held(said["lake"], tuple(said["published"]))
