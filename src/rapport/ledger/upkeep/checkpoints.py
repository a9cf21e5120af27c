"""The lake's log kept short: a checkpoint now and then, and no entries from before it.

Invariants: a checkpoint is made beside the log and on the disk before it is moved into it, so that
no half of one is ever read; entries go only after that. Every version from the oldest that a reader
holds can be read. The caller holds the lake's lock.
"""

import shutil
from pathlib import Path

from deltalake import DeltaTable

from rapport.ledger.disk import checksum, replace, sync
from rapport.ledger.failpoints import reach
from rapport.ledger.lake import Lake, told
from rapport.ledger.log import sum_of

EVERY_VERSIONS = 20
_DIGITS = 20
_SUFFIX = ".checkpoint.parquet"
_HINT = "_last_checkpoint"
_ASIDE = "_checkpoint"


def shorten(lake: Lake, oldest: int) -> None:
    """Make a checkpoint where the log has grown, and remove what no version needs from `oldest` on.

    Killed anywhere it can be run again.
    """
    folder = lake.root / "_delta_log"
    shutil.rmtree(lake.root / _ASIDE, ignore_errors=True)
    newest = lake.version()
    if newest - max(_checkpoints(folder), default=0) >= EVERY_VERSIONS:
        _make(lake.root, newest)
    first = max((number for number in _checkpoints(folder) if number <= oldest), default=0)
    if first:
        _remove_before(folder, first)
    for draft in folder.glob("_commit_*"):
        draft.unlink()  # of a writer that was killed: we hold the lock


def log(lake: Lake, version: int) -> list[str]:
    """Names of the entries that a version of the lake is read from."""
    folder = lake.root / "_delta_log"
    first = max((number for number in _checkpoints(folder) if number <= version), default=0)
    return sorted(path.name for path in folder.iterdir() if first <= _number(path) <= version)


def _make(root: Path, newest: int) -> None:
    """Make a checkpoint of the newest version in a folder of its own and move it into the log."""
    folder, aside = root / "_delta_log", root / _ASIDE
    copy = aside / "_delta_log"
    copy.mkdir(parents=True)
    first = max(_checkpoints(folder), default=0)
    for entry in folder.iterdir():
        if _number(entry) >= first:
            shutil.copyfile(entry, copy / entry.name)
    with told(aside):
        DeltaTable(str(aside)).create_checkpoint()
    made = copy / f"{newest:0{_DIGITS}d}{_SUFFIX}"
    sync(made)
    # First its checksum: older versions of the log go, so there is nothing to compare it with.
    replace(folder / sum_of(made.name), f"{checksum(made):08x}".encode())
    made.rename(folder / made.name)
    sync(folder)
    reach("checkpoint.made")
    shutil.rmtree(aside)


def _remove_before(folder: Path, first: int) -> None:
    # It may name a checkpoint that goes; without it the newest is found by its name.
    (folder / _HINT).unlink(missing_ok=True)
    gone = [path for path in folder.iterdir() if 0 <= _number(path) < first]
    # The oldest first: what is left after a kill is still a log without gaps.
    for path in sorted(gone):
        path.unlink()
        reach("checkpoint.removed")
    if gone:
        sync(folder)


def _checkpoints(folder: Path) -> list[int]:
    return [_number(path) for path in folder.glob(f"*{_SUFFIX}")]


def _number(path: Path) -> int:
    """The version an entry of the log belongs to, -1 where it belongs to none."""
    digits = path.name[:_DIGITS]
    return int(digits) if digits.isdigit() else -1
