"""Tasks on a ledger, and a process whose children do them and die where they are told to.

`python -m ledger.crash` reads lines HOME TAB TASK TAB FAILPOINT, forks for each, and answers with
the child's return code. Imports are done once, before the fork: that makes a crash cheap.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rapport.ledger import failpoints, revising, storing
from rapport.ledger.api import (
    ANONYMISE,
    SUPPRESSED_CUSTOMER,
    Accounts,
    Ledger,
    Receipt,
    Subject,
    compact,
    create_ledger,
    end_import,
    erase,
    forget_in_imports,
    forget_rejected,
    import_history,
    open_ledger,
    seal,
    undo,
    vacuum,
)
from rapport.ledger.upkeep import checkpoints

from .rows import Row, at, batch, place, purchases, table

BATCH: list[Row] = [{"key": f"b{day}", "occurred_at": at(f"2025-0{day}-01")} for day in range(1, 6)]
WRONG: Row = {"key": "b6", "kind": "no.such"}
# Beside one row as before and a new one: one revised in its month, one into another month, and one
# whose old row may lie in the journal.
REVISED: list[Row] = [
    {"key": "k0", "text": "revised"},
    {"key": "k1", "text": "revised", "occurred_at": at("2025-05-01")},
    {"key": "k2"},
    {"key": "late", "text": "revised"},
    {"key": "new", "text": "revised"},
]


def do(home: Path, task: str) -> None:
    """Do one task on the ledger; what it acknowledges it writes into a file beside the ledger."""
    if task == "create":
        create_ledger(home).close()
        return
    ledger = open_ledger(home)
    told: object = None
    if task in ("journal", "bulk"):
        told = _take(ledger, task).interactions
    elif task == "seal":
        told = seal(ledger).interactions
    elif task == "compact":
        seal(ledger)
        told = compact(ledger).after
    elif task in ("vacuum", "erase"):
        told = {"vacuum": _vacuum, "erase": _erase}[task](ledger)
    elif task == "revise":
        told = _revise(ledger).stored
    elif task in ("undo", "unrevise"):
        wanted = "first" if task == "undo" else "revise"
        told = undo(ledger, next(i.id for i in import_history(ledger.database) if i.file == wanted))
    elif task == "publish":
        ledger.publish("colours", table([{"text": "red"}]))
    elif task in ("forwards", "backwards"):
        told = _load(ledger, task)
    home.with_name(f"{task}.told").write_text(str(told))
    ledger.close()


def _take(ledger: Ledger, task: str) -> Receipt:
    """Take five rows and one that is wrong, as the only batch of an import."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storing, "BULK_INTERACTIONS", 1 if task == "bulk" else 20_000)
        patch.setattr(storing, "_TAKEN_AT_ONCE", 2)
        where = place(ledger, file=task)
        receipt = ledger.take(batch(*BATCH, WRONG), where)
    assert where.import_id is not None
    end_import(ledger.database, where.import_id)
    return receipt


def _revise(ledger: Ledger) -> Receipt:
    """Take the revised rows, as the only batch of an import."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(revising, "_TAKEN_AT_ONCE", 2)
        where = place(ledger, file="revise", revises=True)
        receipt = ledger.take(batch(*REVISED), where)
    assert where.import_id is not None
    end_import(ledger.database, where.import_id)
    return receipt


def _vacuum(ledger: Ledger) -> int:
    """Seal, and remove what was replaced and the log before a checkpoint."""
    seal(ledger)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "EVERY_VERSIONS", 2)
        return vacuum(ledger).files


def _erase(ledger: Ledger) -> int:
    """Anonymise Ana everywhere in the ledger."""
    names = ("Ana", "ana@x.example")
    ledger.suppression.add_names(SUPPRESSED_CUSTOMER, names, ANONYMISE)
    count = erase(ledger, Subject(customers=names), ANONYMISE, "erased:1", Accounts())
    forget_rejected(ledger.database, names)
    forget_in_imports(ledger.database, names)
    return count


def _load(ledger: Ledger, task: str) -> int:
    """Load sixty purchases in slices of six, by turns through the journal and in bulk."""
    slices = [[str(key) for key in range(first, first + 6)] for first in range(0, 60, 6)]
    stored = 0
    with pytest.MonkeyPatch.context() as patch:
        for number, keys in enumerate(slices if task == "forwards" else reversed(slices)):
            patch.setattr(storing, "BULK_INTERACTIONS", 1 if number % 2 else 20_000)
            stored += ledger.load([purchases(*keys)], "shop").stored
    return stored


Order = Callable[[Path, str, str], Callable[[], int]]


@contextmanager
def nursery() -> Iterator[Order]:
    """Give tasks to a process of its own: `order(home, task, failpoint)()` is the return code."""
    with subprocess.Popen(
        [sys.executable, "-m", "ledger.crash"],
        cwd=Path(__file__).parents[1],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        orders, answers = process.stdin, process.stdout

        def order(home: Path, task: str, failpoint: str = "") -> Callable[[], int]:
            orders.write(f"{home}\t{task}\t{failpoint}\n")
            orders.flush()
            return lambda: int(answers.readline())

        yield order


def _nursery() -> None:
    for line in sys.stdin:
        home, task, failpoint = line.rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            failpoints._ASKED, _, failpoints._NTH = failpoint.partition(":")
            try:
                do(Path(home), task)
            except Exception:
                logging.exception("%s went wrong", task)
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _nursery()
