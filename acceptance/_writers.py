"""Writers of a store that can be killed: children of a process that has imported everything.

A child is forked, not started, so a kill costs a fraction of a second. It works on the store with
the ledger's own door and logs what it asks and what it is told (`_book`).
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from acceptance._book import ABSENT, Held, Log, size_of
from acceptance._imports import begun
from rapport.kernel.errors import NotFoundError
from rapport.ledger import failpoints, revising, storing
from rapport.ledger.api import (
    DRAFT_SCHEMA,
    Batch,
    Ledger,
    Place,
    compact,
    create_ledger,
    end_import,
    import_history,
    open_ledger,
    seal,
    undo,
    vacuum,
)
from rapport.ledger.upkeep import checkpoints
from rapport.web.django_setup import prepare

_FORK = multiprocessing.get_context("forkserver")
_FORK.set_forkserver_preload(["acceptance._writers", "time_machine"])
_MONTHS = [datetime(2025, month, 3, 12, tzinfo=UTC) for month in (1, 2)]
_HISTORY = 1_000_000
_HELD = (
    "SELECT product, count(*) AS n, count(DISTINCT thread) AS different, "
    "list(DISTINCT text) AS versions FROM interactions WHERE product IS NOT NULL GROUP BY product"
)


@dataclass(frozen=True, slots=True)
class Store:
    """A store of a proof: its folder, and the address of its database where that is a server."""

    home: Path
    url: str | None = None

    def bind(self) -> None:
        """Let this process find the store's database."""
        if self.url is None:
            os.environ.pop("DATABASE_URL", None)
        else:
            os.environ["DATABASE_URL"] = self.url

    def open(self) -> Ledger:
        """Open the ledger."""
        self.bind()
        return open_ledger(self.home)

    def create(self) -> Ledger:
        """Make the ledger."""
        self.bind()
        return create_ledger(self.home)

    def environment(self) -> dict[str, str]:
        """What the programs find in theirs."""
        found = {**os.environ, "RAPPORT_HOME": str(self.home)}
        found.pop("DATABASE_URL", None)
        return {**found, "DATABASE_URL": self.url} if self.url else found


class Op(NamedTuple):
    """One operation: its task, and for those that move a label that label and its new version."""

    task: str
    label: str = "-"
    version: int = ABSENT


def do(ledger: Ledger, op: Op) -> None:
    """Do one operation.

    Raises:
        AssertionError: the receipt says otherwise than it should.
    """
    if op.task == "seal":
        seal(ledger)
    elif op.task == "compact":
        compact(ledger)
    elif op.task == "vacuum":
        vacuum(ledger)
    elif op.task == "publish":
        ledger.publish("colours", pa.table({"text": [op.label]}))
    elif op.task == "undo":
        _undo(ledger, op)
    elif op.task == "erase":
        _erase(ledger, op)
    else:
        _take(ledger, op)


def _take(ledger: Ledger, op: Op) -> None:
    """Take a label as the only batch of an import; again, after a kill, it stores nothing twice."""
    storing.BULK_INTERACTIONS = 1 if op.task == "bulk" else 20_000
    name = f"{op.label}@{op.version}"
    number = begun(ledger, name)
    place = Place(number, 0, "shop", op.task == "revise")
    receipt = ledger.take(batch_of(op.label, op.version), place)
    assert receipt.stored in (0, size_of(op.label)), receipt
    assert receipt.rejected == 0, receipt
    end_import(ledger.database, number)


def _undo(ledger: Ledger, op: Op) -> None:
    """Undo the imports that brought a label above the version."""
    name = f"{op.label}@{op.version + 1}"
    for entry in import_history(ledger.database, _HISTORY):
        if entry.file == name and entry.state != "undone":
            undo(ledger, entry.id)


def _erase(ledger: Ledger, op: Op) -> None:
    """Erase the customer of a label; only a child may, for it binds its process to one store."""
    prepare(ledger.home)
    from rapport.office.api import Actor  # noqa: PLC0415 - models need a store
    from rapport.privacy.api import erase_customer, finish_erasures  # noqa: PLC0415

    finish_erasures(ledger)
    with suppress(NotFoundError):
        erase_customer(ledger, buyer_of(op.label), how="delete", actor=Actor.operator())


def buyer_of(label: str) -> str:
    """The customer whose purchases a label's rows are."""
    return f"buyer-{label}"


def batch_of(label: str, version: int) -> Batch:
    """The rows of a label at a version of their content."""
    rows = [
        {
            "row": number,
            "line": number + 2,
            "key": f"={label}/{number}",
            "part": "",
            "source": "shop",
            "kind": "order.completed",
            "occurred_at": _MONTHS[number % len(_MONTHS)],
            "customer": buyer_of(label),
            "thread": f"{label}/{number}",
            "product": label,
            "text": str(version),
        }
        for number in range(size_of(label))
    ]
    drafts = pa.Table.from_pylist(rows, schema=DRAFT_SCHEMA)
    return Batch(drafts, (), len(rows), 0, lambda numbers: [str(n) for n in numbers])


def holds(ledger: Ledger) -> dict[str, Held]:
    """What the store holds of each label."""
    with ledger.read() as snapshot:
        found = snapshot.sql(_HELD).to_pylist()
    return {
        row["product"]: Held(row["n"], row["different"], frozenset(map(int, row["versions"])))
        for row in found
    }


@dataclass
class Writer:
    """A child at work; it is waited for, or killed."""

    process: multiprocessing.process.BaseProcess
    _begun: Connection | None
    _told: Path
    _began: float = 0.0

    def wait_begun(self) -> None:
        """Return when the child has opened the store and begins its first operation."""
        if self._begun is not None:
            self._begun.poll(60)
        self._began = time.monotonic()

    def kill_after(self, seconds: float) -> bool:
        """Kill it so long after it has begun; whether it was still alive."""
        self.wait_begun()
        time.sleep(seconds)
        self.process.kill()
        return self.end() == -signal.SIGKILL

    def end(self) -> int:
        """Wait for its end; its exit code.

        Raises:
            AssertionError: it ended by an error of its own.
        """
        self.process.join()
        code = self.process.exitcode
        assert code in (0, -signal.SIGKILL), f"a writer failed:\n{self.told()}"
        return code

    def told(self) -> str:
        """What it wrote to standard error."""
        return self._told.read_text() if self._told.exists() else ""

    def places(self) -> list[str]:
        """The failpoints it passed, where it was to count them; at the last it died."""
        lines = [line.split() for line in self.told().splitlines()]
        return [words[1] for words in lines if words[:1] == ["failpoint"]]


def start(store: Store, ops: Sequence[Op], log: Path, failpoint: str = "") -> Writer:
    """Start a child that does operations one after another, and dies at a failpoint."""
    here, there = _FORK.Pipe(duplex=False)
    writer = fork(_work, (store, list(ops), log, there), log.with_suffix(".err"), failpoint, here)
    there.close()
    return writer


def fork(
    work: Callable[..., None],
    given: tuple[object, ...],
    told: Path,
    failpoint: str,
    begun: Connection | None = None,
) -> Writer:
    """Start a child that calls a function and dies at a failpoint.

    Args:
        told: where its standard error goes.
        begun: hears when it begins.
    """
    told.unlink(missing_ok=True)
    process = _FORK.Process(target=_child, args=(work, given, told, failpoint))
    process.start()
    return Writer(process, begun, told)


def small_slices() -> None:
    """Let also a small batch pass the places that only large ones pass several times."""
    storing._TAKEN_AT_ONCE = revising._TAKEN_AT_ONCE = 2
    checkpoints.EVERY_VERSIONS = 2


def _child(
    work: Callable[..., None], given: tuple[object, ...], told: Path, failpoint: str
) -> None:
    handle = os.open(told, os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(handle, sys.stderr.fileno())
    failpoints._ASKED, _, failpoints._NTH = failpoint.partition(":")
    work(*given)


def _work(store: Store, ops: list[Op], log: Path, begun: Connection) -> None:
    book = Log(log)
    if ops[0].task == "create":
        begun.send_bytes(b"begun")
        store.create().close()
        return
    small_slices()
    ledger = store.open()
    begun.send_bytes(b"begun")
    for op in ops:
        if op.label != "-":
            book.write("asked", op.label, op.version)
        do(ledger, op)
        if op.label != "-":
            book.write("told", op.label, op.version)
    ledger.close()
