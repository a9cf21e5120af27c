"""From tree to SQL, as a SQLGlot expression: nothing is ever pasted into text.

`not` is pushed down to the conditions, so that what is asked for stays a plain comparison that
DuckDB can hand down to the Parquet files; only a denied condition carries `OR field IS NULL`.
The result is meant for WHERE, FILTER and CASE WHEN: where a condition meets an absent value it
may be NULL instead of FALSE, and these three take both for no.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import partial
from typing import Final, TypeAlias

from sqlglot import exp

from rapport.kernel.filters.meaning import NUMERIC, containing
from rapport.kernel.filters.plain import plain
from rapport.kernel.filters.tree import (
    Among,
    And,
    Comparison,
    Expression,
    Field,
    FieldType,
    IsEmpty,
    Leaf,
    Literal,
    Not,
    Or,
    TextMatch,
)

Resolve: TypeAlias = Callable[[Field], exp.Expr]

_COMPARE: Final[dict[str, type[exp.Binary]]] = {
    "=": exp.EQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_DENY: Final[dict[str, type[exp.Binary]]] = {
    "=": exp.NEQ,
    "<": exp.GTE,
    "<=": exp.GT,
    ">": exp.LTE,
    ">=": exp.LT,
}
_EPOCH: Final = date(1970, 1, 1).toordinal()


def to_sql(tree: Expression, resolve: Resolve, *, zone: tzinfo = UTC) -> exp.Expr:
    """The condition as SQL, the same on DuckDB and Spark.

    Args:
        tree: the filter.
        resolve: the SQL expression of a field. It must give text for TEXT, a number for NUMBER,
            a timestamp with time zone for MOMENT, days since 1970-01-01 as an integer for DAY,
            a boolean for FLAG; ANY is cast to text. See `json_value` for what lies in JSON.
        zone: in which a date and a moment without zone are meant.

    >>> from rapport.kernel.filters.tree import Comparison, Field, FieldType, Not
    >>> by_email = Comparison(Field(("channel",), FieldType.TEXT), "=", "email")
    >>> to_sql(by_email, lambda field: exp.column(field.name)).sql("duckdb")
    "channel = 'email'"
    >>> to_sql(Not(by_email), lambda field: exp.column(field.name)).sql("duckdb")
    "(channel <> 'email' OR channel IS NULL)"
    """
    return _compiled(plain(tree, zone), resolve, negated=False)


def json_value(document: exp.Expr, keys: Sequence[str]) -> exp.Expr:
    """The text of a value inside a JSON document, NULL where there is none.

    >>> json_value(exp.column("properties"), ["country"]).sql("duckdb")
    "properties ->> '$.country'"
    """
    path = [exp.JSONPathRoot(), *(exp.JSONPathKey(this=key) for key in keys)]
    return exp.JSONExtractScalar(this=document, expression=exp.JSONPath(expressions=path))


def _compiled(tree: Expression, resolve: Resolve, *, negated: bool) -> exp.Expr:
    again = partial(_compiled, resolve=resolve, negated=negated)
    match tree:
        case Not(part):
            return _compiled(part, resolve, negated=not negated)
        case And(parts):
            return (_any if negated else _every)([again(part) for part in parts])
        case Or(parts):
            return (_every if negated else _any)([again(part) for part in parts])
        case leaf:
            return (_denied if negated else _asked)(leaf, resolve)


def _asked(leaf: Leaf, resolve: Resolve) -> exp.Expr:
    match leaf:
        case Comparison(field, operator, value):
            column = _column(field, value, resolve)
            condition = _COMPARE[operator](this=column, expression=_literal(value))
            if operator in (">", ">=") and field.type is FieldType.NUMBER:
                return _every([condition, exp.Not(this=_is_nan(column))])
            return condition
        case Among(field, values):
            column = _column(field, values[0], resolve)
            return exp.In(this=column, expressions=[_literal(value) for value in values])
        case TextMatch(field, how, value):
            return _text_match(_column(field, value, resolve), how, value)
        case IsEmpty(field):
            return _any(_empty(field, resolve))
    raise AssertionError(f"not a plain condition: {leaf}")


def _denied(leaf: Leaf, resolve: Resolve) -> exp.Expr:
    if isinstance(leaf, IsEmpty):
        return _every([exp.Not(this=exp.paren(reason)) for reason in _empty(leaf.field, resolve)])
    if not isinstance(leaf, Comparison):
        value = leaf.values[0] if isinstance(leaf, Among) else ""
        absent = _is_null(_column(leaf.field, value, resolve))
        return _any([exp.Not(this=_asked(leaf, resolve)), absent])
    column = _column(leaf.field, leaf.value, resolve)
    ways = [_DENY[leaf.operator](this=column, expression=_literal(leaf.value)), _is_null(column)]
    # NaN is greater than every number, for DuckDB and Spark alike: the other operators let it in.
    if leaf.operator in (">", ">=") and leaf.field.type is FieldType.NUMBER:
        ways.append(_is_nan(column))
    return _any(ways)


def _text_match(column: exp.Expr, how: str, value: str) -> exp.Expr:
    if how == "contains":
        return exp.RegexpLike(this=column, expression=exp.Literal.string(containing(value)))
    kind = exp.StartsWith if how == "starts with" else exp.EndsWith
    return kind(this=column, expression=exp.Literal.string(value))


def _empty(field: Field, resolve: Resolve) -> list[exp.Expr]:
    column = _column(field, "", resolve)
    match field.type:
        case FieldType.TEXT | FieldType.ANY:
            return [_is_null(column), exp.EQ(this=column, expression=exp.Literal.string(""))]
        case FieldType.NUMBER:
            return [_is_null(column), _is_nan(column)]
        case _:
            return [_is_null(column)]


def _column(field: Field, value: Literal, resolve: Resolve) -> exp.Expr:
    column = resolve(field)
    if field.type is not FieldType.ANY:
        return column
    text = exp.cast(column, "text")
    if not isinstance(value, Decimal):
        return text
    is_number = exp.RegexpLike(this=text, expression=exp.Literal.string(NUMERIC))
    number = exp.TryCast(this=text.copy(), to=exp.DataType.build("double"))
    return exp.Case(ifs=[exp.If(this=is_number, true=number)])


def _literal(value: Literal) -> exp.Expr:
    match value:
        case bool():
            return exp.Boolean(this=value)
        case Decimal():
            return exp.Literal.number(format(value, "f"))
        case datetime():
            return exp.cast(exp.Literal.string(value.isoformat()), "timestamptz")
        case date():
            return exp.Literal.number(value.toordinal() - _EPOCH)
        case _:
            return exp.Literal.string(value)


def _is_null(column: exp.Expr) -> exp.Expr:
    return exp.Is(this=column.copy(), expression=exp.Null())


def _is_nan(column: exp.Expr) -> exp.Expr:
    return exp.IsNan(this=exp.cast(column.copy(), "double"))


def _every(conditions: list[exp.Expr]) -> exp.Expr:
    return exp.and_(*conditions, copy=False)


def _any(conditions: list[exp.Expr]) -> exp.Expr:
    return exp.paren(exp.or_(*conditions, copy=False), copy=False)
