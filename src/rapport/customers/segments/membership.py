"""Who was in which segment from when to when, as the published table `segments` beside the ledger.

Columns: `segment` (key), `rule` (its rule's version), `customer`, `from_t` and `to_t` (µs; `to_t`
is null while they are in it; from is inside, to is not). Stretches of one customer in one segment
never overlap. A segment gets its past by months when its rule is new; from then on each
refresh dates who came and who went. A merge joins the stretches of both.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
from sqlglot import exp

from rapport.customers.derived import DERIVED, SEGMENTS
from rapport.customers.segments.members import end_of, members_at, past_moments
from rapport.customers.segments.rules import parse_rule
from rapport.customers.segments.verbs import Segment, segments
from rapport.ledger.api import Ledger, Snapshot

_TYPES: dict[str, pa.DataType] = {
    "segment": pa.string(),
    "rule": pa.int64(),
    "customer": pa.string(),
    "from_t": pa.int64(),
    "to_t": pa.int64(),
}
SEGMENTS_SCHEMA = pa.schema(list(_TYPES.items()))
_REST_FACTOR = 10.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Stretch = tuple[int, int | None]
Stays = dict[str, list[Stretch]]


@dataclass(frozen=True, slots=True)
class Size:
    """How many customers were in a segment at a moment."""

    at: datetime
    customers: int


def refresh_segments(ledger: Ledger, last: str | None) -> str:
    """Bring the table to the ledger's state and the rules as they are; what it is made of.

    Args:
        ledger: whose customers they are.
        last: what this gave the last time, None the first time; the same state does nothing.
    """
    wanted = segments()
    with ledger.read() as snapshot:
        state = _state(snapshot, wanted)
        if state == last:
            return state
        end, before = end_of(snapshot), _stays(snapshot)
        rows: list[tuple[Any, ...]] = []
        for one in wanted:
            stays = before.get((one.key, one.rule_version))
            found = {} if end is None else _now(snapshot, one, end, stays)
            rows += [
                (one.key, one.rule_version, customer, *stretch)
                for customer, stretches in found.items()
                for stretch in stretches
            ]
    table = _table(rows)
    if before or rows:
        _publish(ledger, table)
    return state


def keep_segments(ledger: Ledger) -> Callable[[], None]:
    """A step for a worker: refreshes segments, a new rule at once and new data at its own pace."""
    last: str | None = None
    versions: list[tuple[str, int]] = []
    rested_until = 0.0

    def step() -> None:
        nonlocal last, versions, rested_until
        now = [(one.key, one.rule_version) for one in segments()]
        began = time.monotonic()
        if now == versions and began < rested_until:
            return
        last, versions = refresh_segments(ledger, last), now
        rested_until = time.monotonic() + _REST_FACTOR * (time.monotonic() - began)

    return step


def members(snapshot: Snapshot, key: str, most: int) -> list[str]:
    """Customers who are in a segment now, in order of their keys."""
    if not _has(snapshot):
        return []
    query = exp.select("customer").from_(SEGMENTS).where(exp.column("segment").eq(key))
    query = query.where("to_t IS NULL").order_by("customer").limit(most)
    found: list[Any] = snapshot.sql(query.sql("duckdb"))["customer"].to_pylist()
    return found


def segments_of(snapshot: Snapshot, customer: str) -> list[str]:
    """Keys of the segments a customer is in now."""
    if not _has(snapshot):
        return []
    query = exp.select("segment").from_(SEGMENTS).where("to_t IS NULL")
    query = query.where(exp.column("customer").eq(customer)).order_by("segment")
    found: list[Any] = snapshot.sql(query.sql("duckdb"))["segment"].to_pylist()
    return found


def sizes_now(snapshot: Snapshot) -> dict[str, int]:
    """How many customers are in each segment now; segments nobody is in are left out."""
    if not _has(snapshot):
        return {}
    query = f"SELECT segment, count(*) AS n FROM {SEGMENTS} WHERE to_t IS NULL GROUP BY segment"
    return {row["segment"]: row["n"] for row in snapshot.sql(query).to_pylist()}


def sizes(snapshot: Snapshot, key: str) -> list[Size]:
    """How many were in a segment at the beginning of each month, and at the end of the data."""
    end = end_of(snapshot)
    if end is None or not _has(snapshot):
        return []
    moments = past_moments(snapshot, end)
    inside = "s.from_t <= m.at AND (s.to_t IS NULL OR s.to_t > m.at)"
    mine = exp.select("from_t", "to_t").from_(SEGMENTS).where(exp.column("segment").eq(key))
    query = exp.select("m.at AS at", "count(s.from_t) AS n").from_("moments AS m")
    query = query.join(mine.subquery("s"), on=inside, join_type="left").group_by("m.at")
    rows = snapshot.sql(query.order_by("at").sql("duckdb"), {"moments": pa.table({"at": moments})})
    return [Size(_EPOCH + timedelta(microseconds=row["at"]), row["n"]) for row in rows.to_pylist()]


def forget_in_segments(ledger: Ledger, names: Collection[str]) -> None:
    """Take people out of all segments."""
    with ledger.read() as snapshot:
        if not _has(snapshot) or not names:
            return
        named = exp.column("customer").isin(*(exp.Literal.string(name) for name in names))
        kept = exp.select(*SEGMENTS_SCHEMA.names).from_(SEGMENTS).where(exp.not_(named))
        table = snapshot.sql(kept.sql("duckdb"))
    _publish(ledger, table.cast(SEGMENTS_SCHEMA))


def _now(snapshot: Snapshot, segment: Segment, end: int, stays: Stays | None) -> Stays:
    rule = parse_rule(segment.rule)
    if stays is None:
        moments = past_moments(snapshot, end)
        return _by_months(members_at(snapshot, rule, moments), moments)
    found = set(members_at(snapshot, rule, [end])["customer"].to_pylist())
    return moved_on(stays, found, end)


def moved_on(stays: Stays, found: Collection[Any], now: int) -> Stays:
    """Stretches after a look at who is in: who left has an end, who came a beginning.

    >>> moved_on({"ana": [(1, None)], "ben": [(1, None)]}, {"ben", "eva"}, 5)
    {'ana': [(1, 5)], 'ben': [(1, None)], 'eva': [(5, None)]}
    """
    moved: Stays = {}
    for customer, stretches in stays.items():
        inside = stretches[-1][1] is None
        if inside and customer not in found:
            moved[customer] = [*stretches[:-1], (stretches[-1][0], now)]
        elif not inside and customer in found:
            moved[customer] = [*stretches, (now, None)]
        else:
            moved[customer] = stretches
    return moved | {one: [(now, None)] for one in sorted(set(found) - stays.keys())}


def _by_months(found: pa.Table, moments: list[int]) -> Stays:
    """Neighbouring moments at which somebody was in, as stretches."""
    after = dict(zip(moments, [*moments[1:], None], strict=True))
    stays: dict[str, list[Stretch]] = defaultdict(list)
    rows: list[tuple[str, int]] = [(row["customer"], row["at"]) for row in found.to_pylist()]
    for customer, at in sorted(rows):
        stretches = stays[customer]
        if stretches and stretches[-1][1] == at:
            stretches[-1] = (stretches[-1][0], after[at])
        else:
            stretches.append((at, after[at]))
    return dict(stays)


def _stays(snapshot: Snapshot) -> dict[tuple[str, int], Stays]:
    """The table as it is, with customers as they are called now."""
    if not _has(snapshot):
        return {}
    query = f"SELECT segment, rule, customer, from_t, to_t FROM {SEGMENTS}"
    if "identity" in snapshot.published:
        query = (
            "SELECT s.segment, s.rule, coalesce(m.customer, s.customer) AS customer, s.from_t, "
            f"s.to_t FROM {SEGMENTS} AS s LEFT JOIN identity AS m ON m.key = s.customer"
        )
    stays: dict[tuple[str, int], Stays] = defaultdict(lambda: defaultdict(list))
    for row in snapshot.sql(query).to_pylist():
        stretch = (row["from_t"], row["to_t"])
        stays[row["segment"], row["rule"]][row["customer"]].append(stretch)
    return {
        which: {customer: joined(stretches) for customer, stretches in those.items()}
        for which, those in stays.items()
    }


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Stretches in order, those that touch or overlap as one.

    >>> joined([(5, None), (1, 3), (2, 4), (6, 7)])
    [(1, 4), (5, None)]
    """
    found: list[Stretch] = []
    for begin, end in sorted(stretches, key=lambda stretch: stretch[0]):
        if found and (found[-1][1] is None or found[-1][1] >= begin):
            last = found[-1][1]
            later = None if last is None or end is None else max(last, end)
            found[-1] = (found[-1][0], later)
        else:
            found.append((begin, end))
    return found


def _has(snapshot: Snapshot) -> bool:
    return SEGMENTS in snapshot.published


def _state(snapshot: Snapshot, wanted: list[Segment]) -> str:
    return repr((snapshot.token_without(DERIVED), [(one.key, one.rule_version) for one in wanted]))


def _table(rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in SEGMENTS_SCHEMA)
    fields = zip(columns, SEGMENTS_SCHEMA, strict=True)
    arrays = [pa.array(column, field.type) for column, field in fields]
    return pa.Table.from_arrays(arrays, schema=SEGMENTS_SCHEMA)


def _publish(ledger: Ledger, table: pa.Table) -> None:
    keys = ("segment", "customer", "from_t")
    ledger.publish(SEGMENTS, table.sort_by([(key, "ascending") for key in keys]))
