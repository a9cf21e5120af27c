"""How things stand with one customer, as far as the ledger knows: bought, promised, said."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from rapport.customers.timeline import any_of, names_of, timeline
from rapport.ledger.api import Snapshot, condition

BOUGHT = ("order.completed", "order.refunded", "order.cancelled")
_PROMISES = ("promise.made", "promise.kept", "promise.broken")
_MESSAGES = ("message.received", "message.sent")
_MOST = 500
# Who has more interactions is counted by a question of its own.
REACH = 20_000
_COLUMNS = (
    *("id", "t", "occurred_at", "kind", "channel", "touchpoint", "thread", "direction"),
    *("automated", "product", "programme", "item", "score", "scale", "amount", "currency"),
    *("text", "language", "properties"),
)


_TOLD = (
    *("t", "occurred_at", "kind", "channel", "touchpoint", "thread", "programme", "item"),
    *("score", "scale", "text", "language", "properties"),
)


@dataclass(frozen=True, slots=True)
class Bought:
    """What a customer bought in one currency: orders, and their money less what was paid back."""

    currency: str
    orders: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Promise:
    """Something we told a customer to do.

    Attributes:
        made_at: when we told them, UTC.
        due: the day we named; None where we named none.
        touchpoint, thread: what it is about.
        broken: a source told that it was not kept.
    """

    made_at: datetime
    due: date | None
    touchpoint: str | None
    thread: str | None
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with a customer.

    Attributes:
        kinds, channels: how many interactions of each, most first.
        interactions: in all.
        first_at, last_at: of them, UTC; None without any.
        bought: by currency.
        open_promises: neither kept nor broken, oldest first.
        broken_promises: latest first.
        unanswered: their last message of a thread, where we have not answered it (a row of the
            timeline); latest first.
        last_scores: the latest answer on each scale of a programme (rows of the timeline).
    """

    kinds: dict[str, int]
    channels: dict[str, int]
    interactions: int
    first_at: datetime | None
    last_at: datetime | None
    bought: tuple[Bought, ...]
    open_promises: tuple[Promise, ...]
    broken_promises: tuple[Promise, ...]
    unanswered: tuple[dict[str, Any], ...]
    last_scores: tuple[dict[str, Any], ...]


def newest(snapshot: Snapshot, name: str, conditions: Sequence[str] = ()) -> pa.Table:
    """What a page tells of whoever is called so: their latest interactions, which are nearly
    always all of them.

    One scan of many columns costs less than several of some.

    Raises:
        InputError: a condition cannot be read.
    """
    names = names_of(snapshot, name)
    return timeline(snapshot, names, conditions=conditions, columns=_COLUMNS, limit=REACH)


def standing(
    snapshot: Snapshot, name: str, conditions: Sequence[str] = (), known: pa.Table | None = None
) -> Standing:
    """How things stand with whoever is called so, by the interactions that fit the conditions.

    Args:
        snapshot: of the ledger.
        name: key, former key or identifier.
        conditions: filter expressions, all of which must hold.
        known: what `newest` gave for the same, where that was asked for already.

    Raises:
        InputError: a condition cannot be read.
    """
    rows = newest(snapshot, name, conditions) if known is None else known
    counts = _counted(rows) if rows.num_rows < REACH else _counts(snapshot, name, conditions)
    is_told = pc.is_in(rows["kind"], pa.array([*_PROMISES, *_MESSAGES, "survey.answered"]))
    told = rows.filter(is_told).slice(0, _MOST).select(_TOLD).to_pylist()
    open_ones, broken = _promises([row for row in told if row["kind"] in _PROMISES])
    return Standing(
        kinds=_by(counts, "kind"),
        channels=_by(counts, "channel"),
        interactions=sum(row["n"] for row in counts),
        first_at=min((row["first_at"] for row in counts), default=None),
        last_at=max((row["last_at"] for row in counts), default=None),
        bought=_bought(counts),
        open_promises=open_ones,
        broken_promises=broken,
        unanswered=_unanswered([row for row in told if row["kind"] in _MESSAGES]),
        last_scores=_last_scores(told),
    )


def _counts(snapshot: Snapshot, name: str, conditions: Sequence[str]) -> list[dict[str, Any]]:
    asked = condition(conditions, snapshot.settings.zone)
    query = exp.select(
        "kind",
        "channel",
        "currency",
        "count(*) AS n",
        "sum(amount) AS amount",
        "min(occurred_at) AS first_at",
        "max(occurred_at) AS last_at",
    ).from_("stored")
    query = query.where(any_of("customer", names_of(snapshot, name)))
    query = query.where(asked) if asked is not None else query
    found = snapshot.sql(query.group_by("kind", "channel", "currency").sql("duckdb"))
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def _counted(rows: pa.Table) -> list[dict[str, Any]]:
    """The same of interactions at hand."""
    found = rows.group_by(["kind", "channel", "currency"]).aggregate(
        [([], "count_all"), ("amount", "sum"), ("occurred_at", "min"), ("occurred_at", "max")]
    )
    names = {"count_all": "n", "amount_sum": "amount"}
    names |= {"occurred_at_min": "first_at", "occurred_at_max": "last_at"}
    told: list[dict[str, Any]] = found.rename_columns(
        [names.get(name, name) for name in found.column_names]
    ).to_pylist()
    return told


def _by(counts: list[dict[str, Any]], field: str) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for row in counts:
        if row[field]:
            found[row[field]] += row["n"]
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def _bought(counts: list[dict[str, Any]]) -> tuple[Bought, ...]:
    """As the measure of lifetime value counts it: a cancelled order only where money went back."""
    orders: dict[str, int] = defaultdict(int)
    money: dict[str, Decimal] = defaultdict(Decimal)
    for row in counts:
        if row["kind"] not in BOUGHT or not row["currency"] or row["amount"] is None:
            continue
        if row["kind"] == "order.completed":
            orders[row["currency"]] += row["n"]
        if row["kind"] != "order.cancelled" or row["amount"] < 0:
            money[row["currency"]] += row["amount"]
    return tuple(Bought(currency, orders[currency], money[currency]) for currency in sorted(money))


def _promises(rows: list[dict[str, Any]]) -> tuple[tuple[Promise, ...], tuple[Promise, ...]]:
    """Promises that nothing was told of yet, and those that were broken."""
    threads: dict[object, list[dict[str, Any]]] = defaultdict(list)
    for row in reversed(rows):
        threads[row["thread"] or id(row)].append(row)
    open_ones, broken = [], []
    for steps in threads.values():
        made = [step for step in steps if step["kind"] == "promise.made"]
        if steps[-1]["kind"] == "promise.made":
            open_ones.append(_promise(steps[-1]))
        elif steps[-1]["kind"] == "promise.broken":
            broken.append(_promise(made[-1] if made else steps[-1], broken=True))
    open_ones.sort(key=lambda one: one.made_at)
    broken.sort(key=lambda one: one.made_at, reverse=True)
    return tuple(open_ones), tuple(broken)


def _promise(row: dict[str, Any], *, broken: bool = False) -> Promise:
    return Promise(
        row["occurred_at"], _due(row["properties"]), row["touchpoint"], row["thread"], broken
    )


def _due(properties: str | None) -> date | None:
    try:
        told = msgspec.json.decode(properties or "{}")
        return date.fromisoformat(told["promised_day"]) if isinstance(told, dict) else None
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return None


def _unanswered(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    latest: dict[object, dict[str, Any]] = {}
    for row in rows:
        latest.setdefault(row["thread"] or id(row), row)
    return tuple(row for row in latest.values() if row["kind"] == "message.received")


def _last_scores(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    latest: dict[object, dict[str, Any]] = {}
    for row in rows:
        if row["kind"] == "survey.answered" and row["score"] is not None:
            latest.setdefault((row["scale"], row["programme"]), row)
    return tuple(latest.values())
