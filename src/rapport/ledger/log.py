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

from rapport.ledger.disk import sync


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


def _actions(entry: Entry) -> list[dict[str, Any]]:
    now = int(time.time() * 1000)
    told = {"appId": entry.application, "version": entry.number, "lastUpdated": now}
    return [
        {"commitInfo": {"timestamp": now, "operation": "WRITE", "engineInfo": "rapport"}},
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
