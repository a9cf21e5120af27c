"""Zones are those of the locked tables, and these and the engine's say the same."""

import zoneinfo
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from rapport.kernel.zones import zone_named

# On the first and the fifteenth of each month: no zone has put its clocks for less than that.
_MOMENTS = [
    datetime(year, month, day, 12, tzinfo=UTC)
    for year in range(1970, 2027)
    for month in range(1, 13)
    for day in (1, 15)
    if (year, month) < (2026, 11)
]


def test_a_change_of_2026_is_known_whatever_the_machine_knows() -> None:
    """Morocco keeps the time of Greenwich since September 2026 (tzdata 2026)."""
    noon = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert noon.astimezone(zone_named("Africa/Casablanca")).utcoffset() == timedelta(0)


@pytest.mark.parametrize("area", ["Africa", "America", "Asia", "Australia", "Europe", "Pacific"])
def test_the_engine_reads_every_zone_as_we_do(area: str) -> None:
    bench = duckdb.connect()
    wrong = []
    for name in sorted(zoneinfo.available_timezones()):
        if name.startswith(f"{area}/"):
            zone = zone_named(name)
            query = f"SELECT timezone('{name}', t) FROM (SELECT unnest($moments) AS t)"
            told = bench.execute(query, {"moments": _MOMENTS}).fetchall()
            ours = [moment.astimezone(zone).replace(tzinfo=None) for moment in _MOMENTS]
            wrong += [name] if [row[0] for row in told] != ours else []
    assert not wrong


def test_a_name_that_is_no_zone_is_refused() -> None:
    with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
        zone_named("Europe/Atlantis")
