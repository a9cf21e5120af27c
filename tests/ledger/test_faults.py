"""Stores that were harmed: what is wrong is named, before any wrong figure is drawn."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from acceptance.servers import Postgres
from rapport.kernel.errors import BusyError, StoreError
from rapport.ledger.api import (
    Ledger,
    compact,
    create_ledger,
    end_import,
    import_history,
    open_ledger,
    seal,
    vacuum,
)
from rapport.ledger.relational.database import Database
from tests.requirements import about_sqlite

from .crash import nursery
from .rows import batch, count, faults, place, purchases

Harm = Callable[[Path], object]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A store with two small data files of one month."""
    ledger = create_ledger(tmp_path / "home")
    for key in ("a", "b"):
        ledger.load([purchases(key)], "shop")
        seal(ledger)
    ledger.close()
    return tmp_path / "home"


@pytest.fixture
def long_home(tmp_path: Path) -> Path:
    """A store whose log begins with a checkpoint."""
    ledger = create_ledger(tmp_path / "home")
    for number in range(21):
        ledger.load([purchases(str(number))], "shop")
        seal(ledger)
    vacuum(ledger)
    ledger.close()
    return tmp_path / "home"


def _change_a_byte(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 3] ^= 1
    path.write_bytes(body)


def _cut_in_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _cut_at_a_line(path: Path) -> None:
    path.write_bytes(path.read_bytes().rpartition(b"\n")[0])


def _opened_elsewhere(home: Path) -> Ledger:
    """What lies at a path is remembered: look at it as a new process would."""
    return open_ledger(home.rename(home.with_name("elsewhere")))


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (Path.unlink, "is gone"),
        (_change_a_byte, "holds other bytes than were written"),
        (_cut_in_half, r"has \d+ bytes and not \d+"),
    ],
)
@pytest.mark.parametrize("ask_it", [count, compact], ids=["reading", "compacting"])
def test_a_harmed_data_file_is_named_before_it_is_used(
    home: Path, harm: Harm, told: str, ask_it: Callable[[Ledger], object]
) -> None:
    path = min(home.glob("lake/ym=*/*.parquet"))
    harm(path)
    ledger = open_ledger(home)
    with pytest.raises(StoreError, match=f"{path.name} of the lake {told}.*backup"):
        ask_it(ledger)
    assert any(path.name in fault for fault in faults(ledger)), "verify names it too"
    ledger.close()


def test_a_running_process_notices_a_file_that_is_harmed_meanwhile(home: Path) -> None:
    ledger = open_ledger(home)
    assert count(ledger) == 2
    _change_a_byte(min(home.glob("lake/ym=*/*.parquet")))
    with pytest.raises(StoreError, match="other bytes"):
        count(ledger)
    ledger.close()


def test_a_copied_store_is_read_and_its_files_get_their_time_back(home: Path) -> None:
    path = min(home.glob("lake/ym=*/*.parquet"))
    written = path.stat().st_mtime_ns // 1_000_000
    os.utime(path)
    ledger = open_ledger(home)
    assert count(ledger) == 2
    assert path.stat().st_mtime_ns // 1_000_000 == written
    ledger.close()


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (Path.unlink, "is gone"),
        (_cut_in_half, "is cut off or altered"),
        (_cut_at_a_line, "is cut off or altered"),
    ],
)
@pytest.mark.parametrize("version", [1, 2])
def test_a_harmed_log_entry_is_named(home: Path, harm: Harm, told: str, version: int) -> None:
    name = f"{version:020d}.json"
    harm(home / "lake" / "_delta_log" / name)
    ledger = _opened_elsewhere(home)
    with pytest.raises(StoreError, match=f"{name} of the lake's log {told}.*backup"):
        count(ledger)
    ledger.close()


@pytest.mark.parametrize("harm", [_change_a_byte, _cut_in_half])
def test_a_harmed_checkpoint_is_named(long_home: Path, harm: Harm) -> None:
    (path,) = long_home.glob("lake/_delta_log/*.checkpoint.parquet")
    harm(path)
    ledger = _opened_elsewhere(long_home)
    with pytest.raises(StoreError, match=f"{path.name} of the lake's log holds other bytes"):
        count(ledger)
    ledger.close()


@about_sqlite
def test_a_relational_file_that_is_none_is_told(home: Path) -> None:
    (home / "rapport.sqlite3").write_bytes(b"no database at all" * 300)
    with pytest.raises(StoreError, match="backup"):
        open_ledger(home)


def test_two_sealers_at_once_seal_each_batch_once(home: Path) -> None:
    ledger = open_ledger(home)
    for number in range(30):
        ledger.load([purchases(f"more {number}")], "shop")
    with nursery() as first, nursery() as second:
        ends = [order(home, "seal", "") for order in (first, second)]
        assert [end() for end in ends] == [0, 0]
    assert (count(ledger), faults(ledger)) == (32, [])
    ledger.close()


def test_a_clock_that_jumps_back_changes_nothing_but_what_it_says(home: Path) -> None:
    """Between the batches of an import and between two seals the clock goes back an hour."""
    ledger = open_ledger(home)
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False) as clock:
        first = place(ledger, 0)
        ledger.take(batch({"key": "x"}), first)
        clock.move_to(now - timedelta(hours=1))
        ledger.take(batch({"key": "y"}), place(ledger, 1))
        seal(ledger)
        ledger.take(batch({"key": "x"}, {"key": "z"}), place(ledger, 2))
        assert first.import_id is not None
        end_import(ledger.database, first.import_id)
        seal(ledger)
        compact(ledger)
    (told, *_) = import_history(ledger.database)
    assert (told.state, told.receipt.stored, told.receipt.duplicate) == ("done", 3, 1)
    assert (count(ledger), faults(ledger)) == (5, [])
    ledger.close()


def test_a_database_that_another_holds_for_long_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "wait_seconds", 0.2)
    holder, ledger = open_ledger(home), open_ledger(home)
    with holder.database.write(), pytest.raises(BusyError, match="Somebody else is writing"):
        ledger.load([purchases("c")], "shop")
    assert count(ledger) == 2
    ledger.load([purchases("c")], "shop")
    assert (count(ledger), faults(ledger)) == (3, [])
    holder.close()
    ledger.close()


@pytest.mark.parametrize("way", ["fast", "immediate"])
def test_a_database_that_goes_away_is_told_and_found_again(
    server: Postgres, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", server.url("away"))
    ledger = create_ledger(tmp_path / "home")
    ledger.load([purchases("a")], "shop")
    server.stop(way)
    for ask_it in (count, seal, lambda known: known.load([purchases("b")], "shop")):
        with pytest.raises(StoreError, match="does not answer"):
            ask_it(ledger)
    server.start()
    ledger.load([purchases("b")], "shop")
    server.stop(way)
    server.start()
    # Nobody asked meanwhile, so nobody need know.
    assert count(ledger) == 2
    server.stop(way)
    server.start()
    ledger.load([purchases("b")], "shop")
    seal(ledger)
    assert (count(ledger), faults(ledger)) == (2, [])
    ledger.close()
