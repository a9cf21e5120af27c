"""Interactions as rows, picked by the same filter expression as figures."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
from sqlglot import exp

from rapport.kernel.errors import InputError
from rapport.kernel.filters import all_of, fields, parse
from rapport.kernel.zones import zone_named
from rapport.ledger.api import FIELD_NAMES
from rapport.measures.fields import (
    WORDS,
    check_published,
    condition_of,
    expression_of,
    field_named,
    joined,
)
from rapport.measures.question import Reader


def interactions(
    snapshot: Reader,
    *,
    where: Sequence[str] = (),
    columns: Sequence[str] | None = None,
    limit: int | None = None,
    after: tuple[int, bytes] | None = None,
) -> pa.Table:
    """Interactions that fit all the filters, oldest first.

    Args:
        snapshot: of the ledger.
        where: filter expressions.
        columns: fields of the ledger, `properties.x`, `customer.x`; None for all of the ledger.
        limit: at most so many, None for all.
        after: `t` and `id` of an interaction; only those that come after it (to turn the page).

    Raises:
        InputError: an unknown field, a filter that cannot be read, or a negative limit.
    """
    if limit is not None and limit < 0:
        raise InputError("The limit cannot be negative", got=limit)
    names = list(FIELD_NAMES if columns is None else dict.fromkeys(columns))
    query = drawn(snapshot, where, {name: name for name in names}).order_by("i.t", "i.id")
    if after is not None:
        query = query.where(_later(*after))
    return snapshot.sql((query.limit(limit) if limit is not None else query).sql("duckdb"))


def drawn(snapshot: Reader, where: Sequence[str], columns: Mapping[str, str]) -> exp.Select:
    """The interactions that fit all the filters, as `i`: a SELECT to go on with.

    Args:
        snapshot: of the ledger; it says which published tables are there.
        where: filter expressions.
        columns: fields of the ledger, `properties.x`, `customer.x`, by the names they get.

    Raises:
        InputError: an unknown field, or a filter that cannot be read.
    """
    tree = all_of([parse(text, WORDS) for text in where])
    wanted = frozenset(field_named(one) for one in columns.values() if one not in FIELD_NAMES)
    check_published(wanted | (fields(tree) if tree else frozenset()), snapshot.published)
    picked = [exp.alias_(_column(one), name, quoted=True) for name, one in columns.items()]
    query = exp.select(*picked).from_(exp.to_table("interactions").as_("i"))
    if tree is not None:
        query = query.where(condition_of(tree, zone_named(snapshot.settings.zone)))
    return joined(query)


def _later(t: int, identity: bytes) -> exp.Expr:
    # The first part alone is true of all that count, so that the engine skips earlier files by it.
    moment, name = exp.column("t", table="i"), exp.column("id", table="i")
    same = name > exp.Unhex(this=exp.Literal.string(identity.hex()))
    return exp.and_(moment >= t, exp.or_(moment.copy() > t, same))


def _column(name: str) -> exp.Expr:
    if name in FIELD_NAMES:
        return exp.column(name, table="i")
    return expression_of(field_named(name))
