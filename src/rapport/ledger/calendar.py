"""Days and months of the reporting zone for a few rows, without asking the engine each time.

The engine alone knows the zones. What it says of a quarter of an hour is kept: clocks are put
forward and back on quarters, and a quarter whose first and last moment do not agree is never kept.
"""

from functools import cache

import duckdb
import numpy as np
import numpy.typing as npt

Moments = npt.NDArray[np.int64]
QUARTER = 900_000_000
_DAY = 86_400_000_000
_KEPT = 200_000


class Calendar:
    """The reporting zone's days and months. Threads may share one."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._offsets: dict[int, int] = {}

    def days_and_months(
        self, t: Moments, bench: duckdb.DuckDBPyConnection
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Days and months since 1970 in the zone, of moments in µs."""
        local = t + self._offsets_at(t, bench)
        months = local.astype("datetime64[us]").astype("datetime64[M]").astype(np.int32)
        return (local // _DAY).astype(np.int32), months

    def _offsets_at(self, t: Moments, bench: duckdb.DuckDBPyConnection) -> Moments:
        quarters, where = np.unique(t // QUARTER, return_inverse=True)
        kept = self._offsets
        unknown = np.array([q for q in quarters.tolist() if q not in kept], dtype=np.int64)
        if len(unknown):
            first = self._asked(unknown * QUARTER, bench)
            last = self._asked(unknown * QUARTER + QUARTER - 1, bench)
            steady = first == last
            if len(kept) > _KEPT:
                kept = self._offsets = {}
            kept.update(zip(unknown[steady].tolist(), first[steady].tolist(), strict=True))
            if not steady.all():
                return self._asked(t, bench)
        return np.array([kept[q] for q in quarters.tolist()], dtype=np.int64)[where]

    def _asked(self, t: Moments, bench: duckdb.DuckDBPyConnection) -> Moments:
        """What the engine says: the zone's clock less the clock of UTC, µs."""
        query = (
            f"SELECT epoch_us(timezone('{self._zone}', make_timestamptz(t))) - t AS ahead "
            "FROM (SELECT unnest($moments) AS t)"
        )
        found = bench.execute(query, {"moments": t.tolist()}).fetchnumpy()["ahead"]
        return np.asarray(found, dtype=np.int64)


@cache
def calendar_of(zone: str) -> Calendar:
    """The calendar of a zone in this process."""
    return Calendar(zone)
