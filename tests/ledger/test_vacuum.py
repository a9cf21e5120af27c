"""Replaced files go for good, and no reader notices."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rapport.ledger.api import (
    Ledger,
    Snapshot,
    compact,
    import_history,
    open_ledger,
    seal,
    status,
    undo,
    vacuum,
)
from rapport.ledger.upkeep import checkpoints, leases

from .rows import ask, batch, count, faults, place, purchases, table

ROWS = "SELECT id FROM interactions ORDER BY id"
READS = """
import sys, time
from pathlib import Path
from rapport.ledger.api import open_ledger
ledger = open_ledger(Path(sys.argv[1]))
snapshot = ledger.read()
print("reads", flush=True)
time.sleep(600)
"""


@pytest.fixture
def stocked(ledger: Ledger) -> Ledger:
    """Three purchases of one month in three data files."""
    for key in "abc":
        ledger.load([purchases(key)], "shop")
        seal(ledger)
    return ledger


@contextmanager
def another_reader(home: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that holds a snapshot until it is killed."""
    words = [sys.executable, "-c", READS, str(home)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "reads\n"
        try:
            yield process
        finally:
            process.kill()


def data_files(ledger: Ledger) -> int:
    return len(list(ledger.lake.root.glob("ym=*/*")))


def rows(snapshot: Snapshot) -> list[object]:
    return list(snapshot.sql(ROWS).to_pylist())


def test_replaced_files_go_and_the_rows_stay(stocked: Ledger) -> None:
    before = ask(stocked, ROWS)
    compact(stocked)
    now = status(stocked)
    done = vacuum(stocked)
    assert (done.files, done.waiting) == (now.replaced, 0) == (3, 0)
    assert done.bytes == now.replaced_bytes > 0
    assert data_files(stocked) == 1
    assert (ask(stocked, ROWS), faults(stocked)) == (before, [])
    assert (vacuum(stocked).files, status(stocked).replaced) == (0, 0)


def test_a_reader_keeps_what_it_reads_until_it_is_done(stocked: Ledger) -> None:
    with stocked.read() as old:
        before = rows(old)
        compact(stocked)
        with stocked.read() as new:
            assert (vacuum(stocked).files, vacuum(stocked).waiting) == (0, 3)
            assert rows(new) == before
        assert rows(old) == before
    assert (vacuum(stocked).files, data_files(stocked)) == (3, 1)


def test_what_no_reader_holds_goes_though_others_read(stocked: Ledger) -> None:
    compact(stocked)
    with stocked.read() as snapshot:
        stocked.load([purchases("d")], "shop")
        seal(stocked)
        compact(stocked)
        done = vacuum(stocked)
        assert (done.files, done.waiting) == (4, 1), "the reader holds the compacted file only"
        assert len(rows(snapshot)) == 3


def test_a_reader_in_another_process_is_respected_until_it_dies(stocked: Ledger) -> None:
    with another_reader(stocked.home) as reader:
        compact(stocked)
        assert vacuum(stocked).waiting == 3
        reader.send_signal(signal.SIGKILL)
        reader.wait()
        assert vacuum(stocked).files == 3
    assert list(stocked.readers.iterdir()) == []


def test_a_published_table_stays_as_long_as_it_is_read(ledger: Ledger) -> None:
    ledger.publish("colours", table([{"text": "red"}]))
    with ledger.read() as snapshot:
        for colour in ("green", "blue"):
            ledger.publish("colours", table([{"text": colour}]))
        done = vacuum(ledger)
        assert (done.files, done.waiting) == (1, 1), "green was read by nobody"
        assert snapshot.sql("SELECT text FROM colours").to_pylist() == [{"text": "red"}]
    assert vacuum(ledger).files == 1
    assert ask(ledger, "SELECT text FROM colours") == [("blue",)]


def test_it_waits_for_readers_when_asked(stocked: Ledger) -> None:
    snapshot = stocked.read()
    compact(stocked)
    waits = threading.Thread(target=lambda: (time.sleep(0.3), snapshot.close()))
    waits.start()
    done = vacuum(stocked, wait_seconds=60)
    waits.join()
    assert (done.files, done.waiting) == (3, 0)


def test_a_reader_that_has_not_said_what_it_reads_keeps_everything(
    stocked: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "_SAY_SECONDS", 0.01)
    lease = leases.take(stocked.readers)
    compact(stocked)
    assert (vacuum(stocked).files, vacuum(stocked).waiting) == (0, 3)
    lease.note(stocked.lake_version(), [])
    assert vacuum(stocked).files == 3
    lease.release()


def test_a_reader_that_was_forgotten_for_a_day_does_not_count(stocked: Ledger) -> None:
    with stocked.read():
        compact(stocked)
        (lease,) = stocked.readers.iterdir()
        long_ago = time.time() - leases.LONGEST_SECONDS - 1
        os.utime(lease, (long_ago, long_ago))
        assert vacuum(stocked).files == 3


def test_a_reader_that_can_make_no_lease_reads_all_the_same(stocked: Ledger) -> None:
    stocked.readers.write_text("no folder can be made here")
    assert count(stocked) == 3


def test_the_log_does_not_grow_for_ever(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "EVERY_VERSIONS", 4)
    log = ledger.lake.root / "_delta_log"
    for number in range(13):
        ledger.load([purchases(str(number))], "shop")
        seal(ledger)
        vacuum(ledger)
        assert len(list(log.iterdir())) <= 6
    again = open_ledger(ledger.home)
    assert (count(again), again.lake.last_write(), faults(again)) == (13, 13, [])
    again.close()


def test_the_log_keeps_what_a_reader_of_an_old_version_needs(
    stocked: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY_VERSIONS", 2)
    with stocked.read() as old:
        before = rows(old)
        compact(stocked)
        for number in range(6):
            stocked.load([purchases(str(number))], "shop")
            seal(stocked)
            vacuum(stocked)
        assert rows(old) == before
        assert vacuum(stocked).waiting == 3
    vacuum(stocked)
    assert len(list((stocked.lake.root / "_delta_log").iterdir())) <= 4
    assert (count(stocked), faults(stocked)) == (9, [])


def test_an_import_is_undone_after_a_vacuum_as_before(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY_VERSIONS", 1)
    ledger.take(batch({}, {}), place(ledger, file="first"))
    ledger.take(batch({"key": "other"}), place(ledger, file="other"))
    seal(ledger)
    compact(ledger)
    vacuum(ledger)
    first = next(i.id for i in import_history(ledger.database) if i.file == "first")
    assert (undo(ledger, first), vacuum(ledger).files) == (2, 1)
    assert (count(ledger), faults(ledger)) == (1, [])
