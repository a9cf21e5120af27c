"""One customer's interactions, newest first.

The question goes to `stored`, the interactions as they were told, with every name the customer
ever had: so the engine skips all row groups of the lake (sorted by customer) that hold nobody of
that name, where a join with the identity map would read the whole column.
"""

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
from sqlglot import exp

from rapport.kernel.errors import InputError
from rapport.ledger.api import Snapshot, condition

COLUMNS = (
    "t",
    "occurred_at",
    "day",
    "kind",
    "channel",
    "touchpoint",
    "thread",
    "direction",
    "automated",
    "brand",
    "product",
    "employee",
    "unit",
    "programme",
    "item",
    "score",
    "scale",
    "amount",
    "currency",
    "text",
    "language",
    "source",
)

_NEARNESS = 0.8


def timeline(
    snapshot: Snapshot,
    name: str | tuple[str, ...],
    *,
    where: exp.Expr | None = None,
    limit: int | None = None,
    before: datetime | None = None,
    before_id: bytes = b"",
    conditions: Sequence[str] = (),
    columns: Sequence[str] = COLUMNS,
) -> pa.Table:
    """The interactions of one customer, newest first.

    Args:
        snapshot: of the ledger; its own identity map says who is who.
        name: key, former key or identifier (`email:ana@x.example`); or what `names_of` gave.
        where: a condition over the fields of an interaction, as SQLGlot expression.
        limit: at most so many.
        before: only what happened before this moment (to turn the page).
        before_id: and of that very moment those with a smaller id.
        conditions: filter expressions over the fields of an interaction, all of which must hold.
        columns: what to tell of each.

    Returns:
        The columns of each interaction; no rows where there are none or nobody is called so.

    Raises:
        InputError: the limit is negative, `before` has no zone, or a filter cannot be read.
    """
    if limit is not None and limit < 0:
        raise InputError(
            "A timeline cannot have fewer than no rows", got=limit, expected="0 or more"
        )
    names = name if isinstance(name, tuple) else names_of(snapshot, name)
    wanted: list[exp.Expr] = [any_of("customer", names)]
    if before is not None:
        if before.tzinfo is None:
            raise InputError("The moment has no time zone", got=before, expected="a zone, as UTC")
        wanted.append(_earlier(before, before_id))
    wanted += [
        one for one in (where, condition(conditions, snapshot.settings.zone)) if one is not None
    ]
    query = exp.select(*columns).from_("stored").where(*wanted).order_by("t DESC", "id DESC")
    if limit is not None:
        query = query.limit(limit)
    return snapshot.sql(query.sql("duckdb"))


def _earlier(before: datetime, before_id: bytes) -> exp.Expr:
    microseconds = int(before.timestamp()) * 1_000_000 + before.microsecond
    earlier = exp.column("t") < microseconds
    if not before_id:
        return earlier
    same = exp.column("t").eq(microseconds)
    smaller = exp.column("id") < exp.Unhex(this=exp.Literal.string(before_id.hex()))
    return exp.paren(exp.or_(earlier, exp.and_(same, smaller)))


def names_of(snapshot: Snapshot, name: str) -> tuple[str, ...]:
    """Every key that interactions of this customer may carry, the name they go by first."""
    if "identity" not in snapshot.published:
        return (name,)
    spellings = {name, name.strip().lower()}
    found = _identity(snapshot, any_of("key", tuple(spellings)) | exp.column("customer").eq(name))
    owner = next((customer for key, customer in found if key in spellings), name)
    if owner != name:
        found = _identity(snapshot, exp.column("customer").eq(owner))
    return (owner, *(key for key, customer in found if customer == owner))


def _identity(snapshot: Snapshot, condition: exp.Expr) -> list[tuple[str, str]]:
    """Keys and whose they are."""
    query = exp.select("key", "customer").from_("identity").where(condition).order_by("key")
    rows = snapshot.sql(query.sql("duckdb")).to_pylist()
    return [(str(row["key"]), str(row["customer"])) for row in rows]


def has_interactions(snapshot: Snapshot, name: str) -> bool:
    """Whether anything was ever told of a customer of that name."""
    return timeline(snapshot, name, limit=1, columns=("t",)).num_rows > 0


def similar_names(snapshot: Snapshot, name: str) -> tuple[str, ...]:
    """Up to three customers of the ledger whose keys are spelt almost like this, nearest first."""
    near = exp.func("jaro_winkler_similarity", exp.column("customer"), exp.Literal.string(name))
    people = exp.select("customer").distinct().from_("stored").subquery("people")
    query = exp.select("customer").from_(people).where(near > _NEARNESS)
    query = query.order_by(near.copy().desc(), "customer").limit(3)
    return tuple(str(found) for found in snapshot.sql(query.sql("duckdb"))["customer"].to_pylist())


def any_of(column: str, values: tuple[str, ...]) -> exp.Expr:
    """The column holds one of the values."""
    return exp.column(column).isin(*(exp.Literal.string(value) for value in values))
