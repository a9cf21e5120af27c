"""Vacuum: files that no reader reads any more are removed from the disk.

What goes: data files that were replaced (by undoing, revising, compacting, erasing), files a killed
writer left, older published tables, and the part of the lake's log before its last checkpoint.
Invariants: what the newest version names stays, and so does what a living reader holds (`leases`).
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.ledger import writes
from rapport.ledger.disk import sync
from rapport.ledger.failpoints import reach
from rapport.ledger.lake import PARTITION
from rapport.ledger.upkeep import checkpoints, leases

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger

_AGAIN_SECONDS = 0.1
_PUBLISHED = "SELECT file FROM ledger_published"


@dataclass(frozen=True, slots=True)
class Vacuumed:
    """What a vacuum removed, and what waits because somebody still reads it.

    Attributes:
        files, bytes: removed for good.
        waiting, waiting_bytes: files not removed, and their size.
    """

    files: int
    bytes: int
    waiting: int
    waiting_bytes: int


def vacuum(ledger: "Ledger", *, wait_seconds: float = 0.0) -> Vacuumed:
    """Remove replaced files; safe to kill anywhere, no reader is disturbed.

    Args:
        wait_seconds: how long to wait for readers of what was replaced; what they hold then still
            is told as waiting, and goes with a later vacuum.
    """
    deadline = time.monotonic() + wait_seconds
    files = size = 0
    while True:
        done = _once(ledger)
        files, size = files + done.files, size + done.bytes
        if not done.waiting or time.monotonic() >= deadline:
            return Vacuumed(files, size, done.waiting, done.waiting_bytes)
        time.sleep(_AGAIN_SECONDS)


def replaced(ledger: "Ledger") -> list[Path]:
    """Files that the newest version does not name; a write that is going on may be among them."""
    lake, published = ledger.lake.root, ledger.home / "published"
    named = {lake / file.path for file in ledger.lake.files(ledger.lake_version())}
    named |= {published / name for (name,) in ledger.database.rows(_PUBLISHED)}
    there = [*lake.glob(f"{PARTITION}=*/*"), *published.glob("*.parquet")]
    return sorted(path for path in there if path not in named)


def _once(ledger: "Ledger") -> Vacuumed:
    with ledger.hold("lake"), ledger.hold("publish"):
        writes.recover(ledger)
        # First what is there, then who reads it: who comes later reads the newest version.
        waiting = replaced(ledger)
        held = leases.held(ledger.readers)
        gone: list[Path] = []
        if held is not None:
            gone = sorted(set(waiting) - _held_files(ledger, held))
            checkpoints.shorten(
                ledger.lake, min([ledger.lake_version(), *(reader.lake for reader in held)])
            )
        size = sum(path.stat().st_size for path in gone)
        _remove(gone)
        left = [path.stat().st_size for path in set(waiting).difference(gone)]
    return Vacuumed(len(gone), size, len(left), sum(left))


def _held_files(ledger: "Ledger", held: list[leases.Held]) -> set[Path]:
    published = ledger.home / "published"
    files = {
        ledger.lake.root / file.path
        for version in {reader.lake for reader in held}
        for file in ledger.lake.files(version)
    }
    return files | {published / name for reader in held for name in reader.published}


def _remove(gone: list[Path]) -> None:
    for path in gone:
        path.unlink()
        reach("vacuum.removed")
    for folder in {path.parent for path in gone}:
        sync(folder)
