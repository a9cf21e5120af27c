"""Entries of the lake's log, written so that a power cut leaves a whole one or none.

delta-rs gives an entry its name before a byte of it is synced. After a power cut the log may then
end in a torn entry, and nobody could write any more. So entries are written here, as the Delta
protocol asks: one action a line, and a version is taken by whoever is first to name it.
"""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deltalake.transaction import AddAction, RemoveAction

from rapport.kernel.errors import StoreError
from rapport.ledger.disk import checksum, sync

CHECKPOINT = ".checkpoint.parquet"
_DIGITS = 20
_ENGINE = "rapport"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a version changes.

    Attributes:
        adds, removes: data files.
        application, number: noted in the log: the write's number, under the name of its kind.
    """

    adds: Sequence[AddAction]
    removes: Sequence[RemoveAction]
    application: str
    number: int


def append(log: Path, version: int, entry: Entry) -> None:
    """Make the entry of a version; it is on the disk when this returns.

    Raises:
        FileExistsError: somebody else has made that version.
    """
    draft = log / f"_commit_{entry.application}_{entry.number:012d}.json.tmp"
    try:
        with draft.open("wb") as file:
            file.write("\n".join(json.dumps(action) for action in _actions(entry)).encode())
            file.flush()
            os.fsync(file.fileno())
        # Unlike renaming, linking fails where the name is taken.
        os.link(draft, log / f"{version:020d}.json")
    finally:
        draft.unlink(missing_ok=True)
    sync(log)


def check(log: Path, version: int) -> None:
    """See that the log tells of a version without a gap, from its last checkpoint on.

    Raises:
        StoreError: an entry is gone or damaged; names it.
    """
    first = last_checkpoint(log, version)
    if first is not None:
        _check_checkpoint(log / f"{first:020d}{CHECKPOINT}")
    for number in range(0 if first is None else first + 1, version + 1):
        path = log / f"{number:020d}.json"
        fault = _fault(path)
        if fault:
            raise _harmed(path, fault)


def _check_checkpoint(path: Path) -> None:
    noted = path.with_name(sum_of(path.name))
    if noted.exists() and noted.read_text("ascii") != f"{checksum(path):08x}":
        raise _harmed(path, "holds other bytes than were written")


def sum_of(checkpoint: str) -> str:
    """The name of the file that keeps a checkpoint's checksum.

    >>> sum_of("00000000000000000020.checkpoint.parquet")
    '00000000000000000020.checkpoint.sum'
    """
    return checkpoint.removesuffix("parquet") + "sum"


def _harmed(path: Path, fault: str) -> StoreError:
    return StoreError(
        f"The entry {path.name} of the lake's log {fault}",
        hint="Restore the store from a backup: without it nobody knows which files count.",
    )


def last_checkpoint(log: Path, version: int) -> int | None:
    """The newest checkpoint that a version is read from, None where there is none."""
    found = (int(path.name[:_DIGITS]) for path in log.glob(f"*{CHECKPOINT}"))
    return max((number for number in found if number <= version), default=None)


def _fault(path: Path) -> str | None:
    """What is wrong with an entry; ours end with the number of their write."""
    try:
        first, *rest = path.read_text("utf-8").strip().splitlines()
        ours = json.loads(first)["commitInfo"]["engineInfo"] == _ENGINE
        last = json.loads(rest[-1])
        whole = "txn" in last or not ours
    except FileNotFoundError:
        return "is gone"
    except (ValueError, LookupError):
        whole = False
    return None if whole else "is cut off or altered"


def _actions(entry: Entry) -> list[dict[str, Any]]:
    now = int(time.time() * 1000)
    told = {"appId": entry.application, "version": entry.number, "lastUpdated": now}
    return [
        {"commitInfo": {"timestamp": now, "operation": "WRITE", "engineInfo": _ENGINE}},
        *({"add": _add(action)} for action in entry.adds),
        *({"remove": _remove(action)} for action in entry.removes),
        {"txn": told},
    ]


def _add(action: AddAction) -> dict[str, Any]:
    return {
        "path": action.path,
        "partitionValues": action.partition_values,
        "size": action.size,
        "modificationTime": action.modification_time,
        "dataChange": action.data_change,
        "stats": action.stats,
    }


def _remove(action: RemoveAction) -> dict[str, Any]:
    return {
        "path": action.path,
        "deletionTimestamp": action.deletion_timestamp,
        "dataChange": action.data_change,
        "extendedFileMetadata": True,
        "partitionValues": action.partition_values,
        "size": action.size,
    }
