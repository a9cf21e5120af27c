"""What was asked of a store and what it acknowledged, against what it holds.

Rows come in labels: the rows of a label (`a7x6` has six) are there whole at one version of their
content, or not at all. Every operation moves a label from one version to another. A writer logs
`asked` before and `told` after it, synced, so that the log outlives its death.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ABSENT = 0


@dataclass(frozen=True, slots=True)
class Held:
    """What a store holds of a label: rows, different rows, and the versions of their content."""

    rows: int
    different: int
    versions: frozenset[int]


NOTHING = Held(0, 0, frozenset())


class Log:
    """The client's own record: a line is on the disk before anything else happens."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, *words: object) -> None:
        """Append one line and sync it."""
        os.write(self._handle, (" ".join(str(word) for word in words) + "\n").encode())
        os.fsync(self._handle)

    def close(self) -> None:
        """Nothing more is written."""
        os.close(self._handle)


@dataclass
class Book:
    """What a store must hold.

    Attributes:
        held: version each label was last acknowledged or seen at.
        asked: versions asked for without an answer: such a label may be at either of the two.
        acknowledged: rows acknowledged in all.
        lost: acknowledged rows that were not there.
        doubled: rows that were there more often than once.
    """

    held: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    _read: dict[Path, int] = field(default_factory=dict)

    def read(self, log: Path) -> None:
        """Take over what a dead writer logged, and remove its log."""
        self.read_on(log)
        log.unlink(missing_ok=True)
        self._read.pop(log, None)

    def read_on(self, log: Path) -> None:
        """Take over what a writer has logged since the last time."""
        lines = log.read_text().splitlines() if log.exists() else []
        for line in lines[self._read.get(log, 0) :]:
            word, label, version = line.split()
            self.note(word, label, int(version))
        self._read[log] = len(lines)

    def note(self, word: str, label: str, version: int) -> None:
        """A label was `asked` to come to a version, or `told` to be there."""
        if word == "asked":
            self.asked[label] = version
            return
        self.asked.pop(label, None)
        self.held[label] = version
        self.acknowledged += size_of(label)

    def judge(self, found: Mapping[str, Held]) -> list[str]:
        """What is wrong with what the store holds; open questions are settled by what is there."""
        faults = []
        for label in sorted(found.keys() | self.held.keys() | self.asked.keys()):
            held = found.get(label, NOTHING)
            self.doubled += held.rows - held.different
            expected = {self.held.get(label, ABSENT)}
            if label in self.asked:
                expected.add(self.asked[label])
            version = _version(label, held)
            if version not in expected:
                self.lost += size_of(label) - held.different if ABSENT not in expected else 0
                faults.append(f"{label}: expected version {sorted(expected)}, found {held}")
                continue
            self.held[label] = version
        return faults

    def unfinished(self) -> list[tuple[str, int]]:
        """Labels with the versions they were asked to come to and have not come to."""
        return [(label, to) for label, to in self.asked.items() if self.held.get(label, 0) != to]

    def finish(self) -> None:
        """Everything asked for has been asked for again and acknowledged."""
        self.asked.clear()


def size_of(label: str) -> int:
    """How many rows a label has.

    >>> size_of("a7x6")
    6
    """
    return int(label.rpartition("x")[2])


def _version(label: str, held: Held) -> int | None:
    """The one version of a whole label; None where it is not whole."""
    if held == NOTHING:
        return ABSENT
    whole = held.rows == held.different == size_of(label) and len(held.versions) == 1
    return next(iter(held.versions)) if whole else None
