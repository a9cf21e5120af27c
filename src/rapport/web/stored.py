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

    def get(self, question: str, kind: type[T]) -> Stored[T] | None:
        """The stored answer, of whatever age, or None when there is none that can be read."""
        try:
            raw = self._path(question).read_bytes()
            found = msgspec.json.decode(raw, type=Stored[kind])  # type: ignore[valid-type]
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


def _plain(value: Any) -> Any:
    # NumPy's numbers and Arrow's scalars know how to become Python's.
    for name in ("item", "as_py"):
        if hasattr(value, name):
            return getattr(value, name)()
    raise NotImplementedError(type(value).__name__)
