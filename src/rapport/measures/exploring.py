"""The ledger row by row, and how many rows there are by any field."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import pyarrow as pa
from sqlglot import exp

from rapport.measures.question import Reader
from rapport.measures.selection import drawn


class Flowing(Reader, Protocol):
    """A snapshot that can hand out an answer in parts."""

    def batches(self, query: str) -> Iterator[pa.RecordBatch]: ...


def newest(
    snapshot: Reader,
    *,
    where: Sequence[str] = (),
    columns: Sequence[str],
    limit: int,
    before: tuple[int, bytes] | None = None,
) -> pa.Table:
    """Interactions that fit all the filters, newest first; `t` and `id` are among the columns.

    Args:
        snapshot: of the ledger.
        where: filter expressions.
        columns: fields of the ledger, `properties.x`, `customer.x`.
        limit: at most so many.
        before: `t` and `id` of the last one of the page before.

    Raises:
        InputError: an unknown field, or a filter that cannot be read.
    """
    names = {name: name for name in (*columns, "t", "id")}
    narrow = _before(drawn(snapshot, where, {"t": "t"}), before)
    # A narrow look first: then wide columns are read of the last few row groups only.
    times = snapshot.sql(narrow.order_by("i.t DESC").limit(limit).sql("duckdb"))["t"]
    query = _before(drawn(snapshot, where, names), before)
    if not len(times):
        return snapshot.sql(query.limit(0).sql("duckdb"))
    since = exp.column("t", table="i") >= exp.Literal.number(times[-1].as_py())
    query = query.where(since).order_by("i.t DESC", "i.id DESC").limit(limit)
    return snapshot.sql(query.sql("duckdb"))


def all_newest(
    snapshot: Flowing, *, where: Sequence[str] = (), columns: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """All interactions that fit, newest first, in parts; the first part tells the columns.

    Raises:
        InputError: an unknown field, or a filter that cannot be read.
    """
    query = drawn(snapshot, where, {name: name for name in columns})
    return snapshot.batches(query.order_by("i.t DESC", "i.id DESC").sql("duckdb"))


def counts_by(
    snapshot: Reader, field: str | None, *, where: Sequence[str] = (), limit: int = 50
) -> pa.Table:
    """How many interactions and customers there are for each value of a field, most first.

    Args:
        snapshot: of the ledger.
        field: of the ledger, `properties.x`, `customer.x`; None for all together.
        where: filter expressions.
        limit: at most so many values.

    Returns:
        value (where a field is named), interactions, customers; one row where none is.

    Raises:
        InputError: an unknown field, or a filter that cannot be read.
    """
    value = {} if field is None else {"value": field}
    rows = drawn(snapshot, where, {**value, "customer": "customer"}).subquery("r")
    counted = exp.select(
        *value, "count(*) AS interactions", "count(DISTINCT customer) AS customers"
    )
    query = counted.from_(rows)
    if field is not None:
        query = query.group_by("value").order_by("interactions DESC", "value").limit(limit)
    return snapshot.sql(query.sql("duckdb"))


def _before(query: exp.Select, last: tuple[int, bytes] | None) -> exp.Select:
    if last is None:
        return query
    t, place = exp.column("t", table="i"), exp.Literal.number(last[0])
    id_before = exp.column("id", table="i") < exp.Unhex(this=exp.Literal.string(last[1].hex()))
    same = exp.and_(t.eq(place), id_before)
    return query.where(exp.or_(t.copy() < place.copy(), same))
