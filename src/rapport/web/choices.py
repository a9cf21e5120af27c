"""What the lists of the filter bar offer: values that the ledger has, in words of the office."""

from collections.abc import Mapping
from dataclasses import dataclass

from rapport.customers.api import segments
from rapport.ledger.api import Snapshot
from rapport.office.api import touchpoints, units

Titles = Mapping[str, Mapping[str, str]]
# A list longer than this is no help; one can still write an expression.
_MOST = 300


@dataclass(frozen=True, slots=True)
class Choices:
    """Values by field, the most frequent first."""

    values: dict[str, list[str]]


def choices_of(snapshot: Snapshot) -> Choices:
    """Values of the fields of the filter bar."""
    return Choices({field: _values(snapshot, field) for field in ("channel", "touchpoint", "unit")})


def _values(snapshot: Snapshot, field: str) -> list[str]:
    query = (
        f"SELECT {field} AS value, count(*) AS n FROM interactions WHERE {field} IS NOT NULL "
        f"GROUP BY 1 ORDER BY n DESC, 1 LIMIT {_MOST}"
    )
    return [str(value) for value in snapshot.sql(query)["value"].to_pylist()]


def titles() -> Titles:
    """Names that the office gives to touchpoints, units and segments, by their keys."""
    named, placed = touchpoints().to_pydict(), units().to_pydict()
    return {
        "touchpoint": dict(zip(named["key"], named["title"], strict=True)),
        "unit": dict(zip(placed["key"], placed["name"], strict=True)),
        "segment": {one.key: one.name for one in segments()},
    }
