"""The steps of upkeep do nothing until they are due, and then all that is."""

import time
from pathlib import Path

import pytest

from rapport.ledger.api import Ledger, open_ledger, seal, status, upkeep_steps
from rapport.ledger.upkeep import compacting
from rapport.ledger.upkeep import due as upkeep

from .crash import nursery
from .rows import count, faults, purchases


def keep_up(ledger: Ledger) -> None:
    for step in upkeep_steps(ledger):
        step()


def put_back(ledger: Ledger, seconds: float) -> None:
    """Let the journal's batches have come so long ago."""
    then = int((time.time() - seconds) * 1e6)
    with ledger.database.write() as connection:
        connection.execute("UPDATE ledger_batch SET received_at = ?", (then,))


def test_a_young_and_small_journal_stays(ledger: Ledger) -> None:
    keep_up(ledger)
    ledger.load([purchases("a")], "shop")
    keep_up(ledger)
    assert status(ledger).journal == 1


@pytest.mark.parametrize("seconds", [601, -3601], ids=["too long", "after the clock was put back"])
def test_a_journal_is_sealed_when_it_has_waited(ledger: Ledger, seconds: float) -> None:
    ledger.load([purchases("a")], "shop")
    put_back(ledger, seconds)
    keep_up(ledger)
    assert (status(ledger).journal, count(ledger)) == (0, 1)


@pytest.mark.parametrize("limit", ["SEAL_INTERACTIONS", "SEAL_BYTES"])
def test_a_journal_is_sealed_when_it_has_grown(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    ledger.load([purchases("a", "b")], "shop")
    journal = upkeep.waiting(ledger)
    enough = journal.interactions if limit == "SEAL_INTERACTIONS" else journal.bytes
    monkeypatch.setattr(upkeep, limit, enough + 1)
    keep_up(ledger)
    assert status(ledger).journal == 2
    monkeypatch.setattr(upkeep, limit, enough)
    keep_up(ledger)
    assert status(ledger).journal == 0


def test_files_are_put_together_only_where_it_pays(ledger: Ledger) -> None:
    for number in range(compacting.TOGETHER):
        assert status(ledger).files == number
        ledger.load([purchases(str(number))], "shop")
        seal(ledger)
        keep_up(ledger)
    now = status(ledger)
    assert (now.files, now.replaced, now.lake) == (1, 0, 8)
    assert faults(ledger) == []


def test_a_large_file_is_not_written_anew_for_small_ones(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compacting, "_SMALL_ROWS", 8)
    ledger.load([purchases(*(f"large {n}" for n in range(8)))], "shop")
    seal(ledger)
    (large,) = ledger.lake.files(ledger.lake_version())
    for number in range(compacting.TOGETHER):
        ledger.load([purchases(str(number))], "shop")
        seal(ledger)
    keep_up(ledger)
    files = ledger.lake.files(ledger.lake_version())
    assert (large in files, len(files), count(ledger)) == (True, 2, 16)


def test_what_a_killed_writer_left_goes_with_the_next_upkeep(ledger: Ledger) -> None:
    ledger.load([purchases("a")], "shop")
    home = ledger.home
    ledger.close()
    with nursery() as order:
        assert order(home, "seal", "seal.files")() < 0
    again = open_ledger(home)
    assert status(again).replaced == 1
    keep_up(again)
    assert (status(again).replaced, status(again).open_writes) == (0, 0)
    assert (count(again), faults(again)) == (1, [])
    again.close()


def test_upkeep_of_an_empty_ledger_writes_nothing(ledger: Ledger) -> None:
    def there() -> list[Path]:
        return sorted(path for path in ledger.home.rglob("*") if "locks" not in path.parts)

    before = there()
    keep_up(ledger)
    assert there() == before
