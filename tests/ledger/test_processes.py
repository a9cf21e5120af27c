"""Several processes at one store: each interaction once, whoever brings it first."""

import threading
from pathlib import Path

import pytest

from rapport.kernel.errors import BusyError
from rapport.ledger.api import Ledger, create_ledger, open_ledger, seal, status

from .crash import nursery
from .rows import ask, count, faults


def test_two_processes_that_load_the_same_store_it_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    create_ledger(home).close()
    ledger, seen = create_ledger(home), []
    with nursery() as first, nursery() as second:
        ends = [first(home, "forwards", ""), second(home, "backwards", "")]
        codes: list[int] = []
        waiting = threading.Thread(target=lambda: codes.extend(end() for end in ends))
        waiting.start()
        while waiting.is_alive():
            seal(ledger)
            seen += ask(ledger, "SELECT count(*), count(DISTINCT id) FROM interactions")
        waiting.join()
    assert codes == [0, 0]
    told = [int(home.with_name(f"{task}.told").read_text()) for task in ("forwards", "backwards")]
    assert sum(told) == status(ledger).receipt.stored == count(ledger) == 60
    assert status(ledger).receipt.duplicate == 60
    assert all(rows == different for rows, different in seen)
    assert [rows for rows, _ in seen] == sorted(rows for rows, _ in seen), "nothing goes again"
    assert faults(ledger) == []
    ledger.close()


def test_threads_of_one_process_have_connections_of_their_own(ledger: Ledger) -> None:
    ledger.load([], "shop")
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(ledger.database.connection))
    thread.start()
    thread.join()
    assert found[0] is not ledger.database.connection


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    first, second = create_ledger(tmp_path), open_ledger(tmp_path)
    with first.hold("one"), pytest.raises(BusyError, match="Ana is at it"):
        with second.hold("one", wait=False, busy="Ana is at it"):
            pass
    with second.hold("one", wait=False):
        assert (tmp_path / "locks" / "one.lock").exists()


def test_a_store_may_be_made_by_two_at_once(tmp_path: Path) -> None:
    with nursery() as first, nursery() as second:
        ends = [order(tmp_path / "home", "create", "") for order in (first, second)]
        assert [end() for end in ends] == [0, 0]
    ledger = create_ledger(tmp_path / "home")
    assert faults(ledger) == []
    ledger.close()
