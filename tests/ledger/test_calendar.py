"""Day, week and month in the reporting zone, beside what Python's own calendar says."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rapport.ledger.api import Ledger, Settings, create_ledger, entry_of
from rapport.ledger.intake import identify

from .rows import ask, at, batch, purchases

ZONES = (
    *("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"),
    *("Pacific/Kiritimati", "Pacific/Niue", "Africa/Casablanca"),
)
EPOCH = date(1970, 1, 1)
Make = Callable[[str, int], Ledger]


@pytest.fixture(scope="module")
def bench_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger whose engine the property borrows."""
    made = create_ledger(tmp_path_factory.mktemp("calendar"))
    yield made
    made.close()


def by_python(moment: datetime, zone: str, first_day: int) -> tuple[int, int, int]:
    """Day, week and month as counted by datetime and zoneinfo."""
    there = moment.astimezone(ZoneInfo(zone)).date()
    first_week = EPOCH - timedelta(days=(EPOCH.weekday() - first_day) % 7)
    weeks = (there - timedelta(days=(there.weekday() - first_day) % 7) - first_week).days // 7
    return (there - EPOCH).days, weeks, (there.year - 1970) * 12 + there.month - 1


def by_ledger(ledger: Ledger, moments: list[datetime], chosen: Settings) -> list[tuple[int, ...]]:
    """Day, week and month as intake counts them, whether or not the rows bring their ids."""
    made = batch(*({"occurred_at": moment} for moment in moments))
    ids = pa.array([entry_of("shop", f"={n}", b"") for n in range(len(moments))])
    named = replace(made, drafts=made.drafts.append_column("entry", ids))
    told = [
        [(row["day"], row["week"], row["month"]) for row in found.to_pylist()]
        for found in (identify(one, ledger.bench.cursor(), chosen) for one in (made, named))
    ]
    assert told[0] == told[1]
    return told[0]


# From 1930 to 2029: of later years the zone tables of DuckDB and Python do not say the same yet.
_moments = st.integers(-1_262_304_000, 1_893_456_000).map(
    lambda second: datetime.fromtimestamp(0, UTC) + timedelta(seconds=second)
)


@pytest.mark.parametrize("zone", ZONES)
@given(moments=st.lists(_moments, min_size=1, max_size=60))
@example([at("2025-03-30T00:59:59"), at("2025-03-30T01:00:00"), at("2025-10-26T00:30:00")])
@example([at("2025-12-31T09:59:59"), at("2025-12-31T10:00:00"), at("2026-01-01T11:00:00")])
@example([at("1969-12-31T23:59:59.999999"), at("1970-01-01"), at("1969-12-28"), at("1950-02-28")])
@settings(max_examples=8, deadline=None)
def test_days_weeks_and_months_are_those_of_the_reporting_zone(
    bench_ledger: Ledger, zone: str, moments: list[datetime]
) -> None:
    for first_day in (0, 6):
        expected = [by_python(moment, zone, first_day) for moment in moments]
        assert by_ledger(bench_ledger, moments, Settings("", zone, first_day, "EUR")) == expected


@pytest.mark.parametrize("zone", ZONES)
def test_midnight_is_where_the_zone_has_it(bench_ledger: Ledger, zone: str) -> None:
    """The last microsecond of each day of 2025 and the first of the next, DST nights included."""
    days = [datetime(2025, 1, 1, tzinfo=ZoneInfo(zone)) + timedelta(days=n) for n in range(366)]
    moments = [moment - timedelta(microseconds=late) for moment in days for late in (0, 1)]
    moments = [moment.astimezone(UTC) for moment in moments]
    expected = [by_python(moment, zone, 0) for moment in moments]
    assert by_ledger(bench_ledger, moments, Settings("", zone, 0, "EUR")) == expected


@pytest.mark.parametrize(("first_day", "week"), [(0, 2870), (6, 2871)])
def test_a_sunday_ends_a_week_or_begins_one(tmp_path: Path, first_day: int, week: int) -> None:
    """2025-01-05 was a Sunday; day 20 093: (20093 + 3) // 7 = 2870, (20093 + 4) // 7 = 2871."""
    ledger = create_ledger(tmp_path, Settings("", "UTC", first_day, "EUR"))
    ledger.load([purchases("a", occurred_at=at("2025-01-05T12:00"))], "shop")
    assert ask(ledger, "SELECT day, week, month FROM interactions") == [(20_093, week, 660)]
    ledger.close()
