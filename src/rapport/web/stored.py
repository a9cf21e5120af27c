"""Figures that pages show, stored with their age, so that a page answers in milliseconds.

One small JSON file for each question under `HOME/figures`, replaced whole: a reader never sees
half of one, and a process that dies while writing leaves the older one. Everything here can be
computed again, so a file that cannot be read counts as missing. No customer's words or keys are
ever stored here: an erasure has nothing to look for.
"""

import hashlib
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stored(Generic[T]):
    """An answer with the snapshot it was computed from and when.

    Attributes:
        question: what was asked, in a line that is the same for the same definition and filter.
        token: of the snapshot; another token means there is something newer.
        computed_at: seconds since 1970-01-01 UTC.
        answer: plain values.
    """

    question: str
    token: str
    computed_at: float
    answer: T


class StoredFigures:
    """The folder of stored answers of one store."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "figures"
        # What was read before, with the file it was read from: a new answer is a new file.
        self._read: dict[Path, tuple[tuple[int, int, int], Stored[Any]]] = {}

    def get(self, question: str, kind: type[T]) -> Stored[T] | None:
        """The stored answer, of whatever age, or None when there is none that can be read."""
        path = self._path(question)
        try:
            # Looked at before it is read: what is newer than its mark is read once more.
            mark = _mark(path)
            known = self._read.get(path)
            if known is not None and known[0] == mark and isinstance(known[1].answer, kind):
                found: Stored[T] = known[1]
            else:
                raw = path.read_bytes()
                found = msgspec.json.decode(raw, type=Stored[kind])  # type: ignore[valid-type]
                self._read[path] = (mark, found)
        except (OSError, msgspec.DecodeError):
            return None
        return found if found.question == question else None

    def put(self, question: str, token: str, answer: T) -> Stored[T]:
        """Store the answer in place of an older one and give it back with its age."""
        stored = Stored(question, token, time.time(), answer)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(question)
        # The name of a draft is its writer's own, so that page and worker may store at once.
        draft = path.with_suffix(f".{os.getpid()}.{time.monotonic_ns()}")
        try:
            draft.write_bytes(msgspec.json.encode(stored, enc_hook=_plain))
            draft.replace(path)
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise
        return stored

    def _path(self, question: str) -> Path:
        return self._folder / f"{hashlib.sha256(question.encode()).hexdigest()[:32]}.json"


def _mark(path: Path) -> tuple[int, int, int]:
    state = path.stat()
    return state.st_ino, state.st_mtime_ns, state.st_size


def _plain(value: Any) -> Any:
    # NumPy's numbers and Arrow's scalars know how to become Python's.
    for name in ("item", "as_py"):
        if hasattr(value, name):
            return getattr(value, name)()
    raise NotImplementedError(type(value).__name__)
