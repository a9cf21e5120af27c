"""What changed most is what moved by more than chance, and nothing else."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from rapport.ledger.api import Ledger, create_ledger
from rapport.web.changes import changed_most

LAST = dt.date(2026, 10, 31)
DAYS = 90


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Delivery falls from nines to fours between two spans of 90 days; the store stays as it is."""
    rows = []
    for n in range(2 * DAYS):
        day = LAST - dt.timedelta(n)
        rows.append(answer(day, n, "delivery", 4 if n < DAYS else 9))
        rows.append(answer(day, n, "store", 9 if n % 3 else 6))
    made = create_ledger(tmp_path)
    made.load([pa.Table.from_pylist(rows)], "test")
    return made


def answer(day: dt.date, n: int, touchpoint: str, score: int) -> dict[str, object]:
    return {
        "occurred_at": dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC),
        "kind": "survey.answered",
        "customer": f"c{n}",
        "touchpoint": touchpoint,
        "programme": "relational",
        "score": float(score),
        "scale": "nps",
        "item": "recommend",
    }


def test_a_group_that_fell_is_found_and_a_steady_one_is_not(ledger):
    with ledger.read() as snapshot:
        found = changed_most(snapshot, LAST, DAYS)
    assert found.compared == 2
    [change] = found.found
    assert (change.field, change.group, change.now.measure) == ("touchpoint", "delivery", "nps")
    assert change.by == pytest.approx(-200)


def test_a_filter_narrows_what_is_compared(ledger):
    with ledger.read() as snapshot:
        found = changed_most(snapshot, LAST, DAYS, ["touchpoint = store"])
    assert (found.compared, found.found) == (1, [])


def test_a_filter_that_a_measure_cannot_take_compares_nothing(ledger):
    with ledger.read() as snapshot:
        found = changed_most(snapshot, LAST, DAYS, ["customer.city = Ghent"])
    assert (found.compared, found.found) == (0, [])
