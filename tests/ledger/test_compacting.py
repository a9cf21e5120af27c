"""The files of a month put together, and the process killed while they are."""

from pathlib import Path

import pytest

from rapport.ledger.api import Compacted, Ledger, compact, open_ledger, seal, verify
from rapport.ledger.upkeep import compacting

from .crash import do, nursery
from .rows import at, purchases

PLACES = ("compact.recorded", "compact.files", "compact.committed", "compact.finished")
QUERY = "SELECT customer, t, batch, id FROM interactions ORDER BY ALL"


def scattered(ledger: Ledger) -> list[object]:
    """Five interactions of two months in five data files; the interactions."""
    for n, day in enumerate(("03-01", "03-05", "03-09", "04-01", "04-05")):
        ledger.load([purchases(f"p{n}", customer=f"c{n}", occurred_at=at(f"2025-{day}"))], "shop")
        seal(ledger)
    return held(ledger)


def held(ledger: Ledger) -> list[object]:
    with ledger.read() as snapshot:
        return list(snapshot.sql(QUERY).to_pylist())


def test_a_month_has_one_file_after_it_and_the_same_rows(ledger: Ledger) -> None:
    before = scattered(ledger)
    assert (compact(ledger), compact(ledger)) == (Compacted(5, 2), Compacted(2, 2))
    assert held(ledger) == before
    assert all(finding.holds for finding in verify(ledger))


def test_a_reader_from_before_goes_on(ledger: Ledger) -> None:
    before = scattered(ledger)
    with ledger.read() as snapshot:
        compact(ledger)
        assert list(snapshot.sql(QUERY).to_pylist()) == before


def test_files_that_are_too_many_rows_together_stay(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    scattered(ledger)
    monkeypatch.setattr(compacting, "ROWS_MAX", 2)
    assert compact(ledger) == Compacted(5, 3)


def test_killed_anywhere_it_can_be_run_again(tmp_path: Path, ledger: Ledger) -> None:
    before = scattered(ledger)
    home = ledger.home
    ledger.close()
    with nursery() as order:
        for place in PLACES:
            assert order(home, "compact", place)() != 0
            again = open_ledger(home)
            assert held(again) == before
            again.close()
            do(home, "compact")
            once_more = open_ledger(home)
            assert held(once_more) == before
            assert all(finding.holds for finding in verify(once_more))
            # Something to put together for the next death.
            once_more.load([purchases(place)], "shop")
            seal(once_more)
            before = held(once_more)
            once_more.close()
