"""From tree to Django's Q, for people, cases and other things kept in relational tables.

Kept apart from the other two, so that who has no use for Django does not import it.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from math import inf
from typing import Any, Final, TypeAlias

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    DateTimeField,
    F,
    FloatField,
    IntegerField,
    Q,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Left, Right
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    Lookup,
    Regex,
)

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

Resolve: TypeAlias = Callable[[Field], str | Combinable]

# Quoted: Lookup has its parameter only in the stubs.
_COMPARE: Final[dict[str, "type[Lookup[Any]]"]] = {
    "=": Exact,
    "<": LessThan,
    "<=": LessThanOrEqual,
    ">": GreaterThan,
    ">=": GreaterThanOrEqual,
}


def to_q(tree: Expression, resolve: Resolve, *, zone: tzinfo = UTC) -> Q:
    """The condition for `filter()` of a query set.

    Args:
        tree: the filter.
        resolve: path of a field for the ORM (`person__name`), or an expression. DAY is a
            DateField, MOMENT a DateTimeField, ANY is cast to text. Paths lead to one value for
            each row; over many related rows the answer would no longer be about the row.
        zone: in which a date and a moment without zone are meant.

    Text is compared character by character on SQLite as on PostgreSQL. The order of texts (`<`)
    is that of the database; elsewhere it is by code point.
    """
    return _compiled(plain(tree, zone), resolve)


def _compiled(tree: Expression, resolve: Resolve) -> Q:
    match tree:
        case Not(Not(part)):
            return _compiled(part, resolve)
        case Not(And(parts)):
            return _compiled(Or(tuple(Not(part) for part in parts)), resolve)
        case Not(Or(parts)):
            return _compiled(And(tuple(Not(part) for part in parts)), resolve)
        case And(parts):
            return Q(*(_compiled(part, resolve) for part in parts), _connector=Q.AND)
        case Or(parts):
            return Q(*(_compiled(part, resolve) for part in parts), _connector=Q.OR)
        case Not(part):
            assert not isinstance(part, And | Or | Not)
            return _denied(part, resolve)
        case leaf:
            return _asked(leaf, resolve)


def _asked(leaf: Leaf, resolve: Resolve) -> Q:
    match leaf:
        case Comparison(field, operator, value):
            column = _column(field, value, resolve)
            condition = Q(_COMPARE[operator](column, _literal(value)))
            if operator in (">", ">=") and field.type is FieldType.NUMBER:
                return condition & ~Q(_is_nan(column))
            return condition
        case Among(field, values):
            column = _column(field, values[0], resolve)
            return Q(In(column, [_literal(value) for value in values]))
        case TextMatch(field, how, value):
            return Q(_text_match(_column(field, value, resolve), how, value))
        case IsEmpty(field):
            return Q(*_empty(field, resolve), _connector=Q.OR)
    raise AssertionError(f"not a plain condition: {leaf}")


def _denied(leaf: Leaf, resolve: Resolve) -> Q:
    if isinstance(leaf, IsEmpty):
        return ~_asked(leaf, resolve)
    value: Literal = ""
    if isinstance(leaf, Comparison):
        value = leaf.value
    elif isinstance(leaf, Among):
        value = leaf.values[0]
    return ~_asked(leaf, resolve) | Q(IsNull(_column(leaf.field, value, resolve), True))


def _text_match(column: Combinable, how: str, value: str) -> "Lookup[Any]":
    if how == "contains":
        return Regex(column, containing(value))
    # LIKE has no regard to case on SQLite, so the ends are cut off and compared.
    cut = Left if how == "starts with" else Right
    return Exact(cut(column, len(value)), _literal(value))


def _empty(field: Field, resolve: Resolve) -> "list[Lookup[Any]]":
    column = _column(field, "", resolve)
    absent: Lookup[Any] = IsNull(column, True)
    match field.type:
        case FieldType.TEXT | FieldType.ANY:
            return [absent, Exact(column, _literal(""))]
        case FieldType.NUMBER:
            return [absent, _is_nan(column)]
        case _:
            return [absent]


def _column(field: Field, value: Literal, resolve: Resolve) -> Combinable:
    found = resolve(field)
    column = F(found) if isinstance(found, str) else found
    if field.type is not FieldType.ANY:
        return column
    text = Cast(column, TextField())
    if not isinstance(value, Decimal):
        return text
    number = When(Regex(text, NUMERIC), then=Cast(text, FloatField()))
    return Case(number, default=None, output_field=FloatField())


def _is_nan(column: Combinable) -> "Lookup[Any]":
    # SQLite keeps NaN as NULL; for PostgreSQL it is greater than every number, infinity included.
    return GreaterThan(column, Value(inf, output_field=FloatField()))


def _literal(value: Literal) -> Value:
    match value:
        case bool():
            return Value(value, output_field=BooleanField())
        case Decimal():
            if value == value.to_integral_value():
                return Value(int(value), output_field=IntegerField())
            return Value(float(value), output_field=FloatField())
        case datetime():
            return Value(value, output_field=DateTimeField())
        case date():
            return Value(value, output_field=DateField())
        case _:
            return Value(value, output_field=TextField())
