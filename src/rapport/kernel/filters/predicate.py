"""From tree to a function over one row, for rules on events and `when` in mappings."""

import json
import math
import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any, Final, TypeAlias

from rapport.kernel.filters.meaning import containing, number_in
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

Row: TypeAlias = Mapping[str, Any]
Predicate: TypeAlias = Callable[[Row], bool]
Read: TypeAlias = Callable[[Row, Field], Any]

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EPOCH: Final = date(1970, 1, 1).toordinal()


def read_field(row: Row, field: Field) -> Any:
    """What a row holds for a field, None when nothing.

    A dotted field is looked up under its whole name, then part by part; `properties` may be a
    mapping or JSON text. `customer` may be a mapping of traits, whose `key` is then the customer.
    """
    if field.name in row:
        value = row[field.name]
        return (
            value.get("key") if field.name == "customer" and isinstance(value, Mapping) else value
        )
    value = row
    for part in field.parts:
        if isinstance(value, str):
            value = _document(value)
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def to_predicate(tree: Expression, *, zone: tzinfo = UTC, read: Read = read_field) -> Predicate:
    """A function that says whether the filter keeps a row.

    Args:
        tree: the filter.
        zone: in which a date and a moment without zone are meant.
        read: what a row holds for a field.

    A MOMENT may be a datetime (naive: UTC) or ISO text, a DAY a date or days since 1970-01-01.
    A value of the wrong type counts as absent, as one that a mapping could not read would.

    >>> from rapport.kernel.filters.tree import Comparison, Field, FieldType
    >>> is_good = to_predicate(Comparison(Field(("score",), FieldType.NUMBER), ">=", Decimal(9)))
    >>> is_good({"score": 9.5}), is_good({"score": None})
    (True, False)
    """
    return _compiled(plain(tree, zone), read)


def _compiled(tree: Expression, read: Read) -> Predicate:
    match tree:
        case And(parts):
            conditions = [_compiled(part, read) for part in parts]
            return lambda row: all(condition(row) for condition in conditions)
        case Or(parts):
            conditions = [_compiled(part, read) for part in parts]
            return lambda row: any(condition(row) for condition in conditions)
        case Not(part):
            denied = _compiled(part, read)
            return lambda row: not denied(row)
        case leaf:
            holds = _condition(leaf)
            return lambda row: holds(read(row, leaf.field))


def _condition(leaf: Leaf) -> Callable[[Any], bool]:
    """The condition over what a row holds; whatever is absent does not fulfil it."""
    match leaf:
        case IsEmpty(field):
            present = _reader(field.type, "")
            return lambda value: present(value) in (None, "")
        case Comparison(field, symbol, value):
            return _compared(_reader(field.type, value), _COMPARE[symbol], _comparable(value))
        case Among(field, values):
            return _among(_reader(field.type, values[0]), values)
        case TextMatch(field, how, value):
            return _matched(_reader(field.type, value), how, value)
    raise AssertionError(f"not a plain condition: {leaf}")


def _compared(
    reader: Callable[[Any], Any], compare: Callable[[Any, Any], bool], literal: Any
) -> Callable[[Any], bool]:
    def holds(value: Any) -> bool:
        found = reader(value)
        if found is None:
            return False
        # A double is compared with the double nearest to the literal, as engines do.
        return compare(found, float(literal) if isinstance(found, float) else literal)

    return holds


def _among(reader: Callable[[Any], Any], values: tuple[Literal, ...]) -> Callable[[Any], bool]:
    literals = {_comparable(value) for value in values}
    doubles = {float(value) for value in literals if isinstance(value, Decimal)}

    def holds(value: Any) -> bool:
        found = reader(value)
        return found is not None and found in (doubles if isinstance(found, float) else literals)

    return holds


def _matched(reader: Callable[[Any], Any], how: str, needle: str) -> Callable[[Any], bool]:
    if how == "contains":
        search = re.compile(containing(needle)).search
        return lambda value: (found := reader(value)) is not None and bool(search(found))
    if how == "starts with":
        return lambda value: (found := reader(value)) is not None and found.startswith(needle)
    return lambda value: (found := reader(value)) is not None and found.endswith(needle)


def _comparable(value: Literal) -> Any:
    if isinstance(value, datetime):
        return value
    return value.toordinal() - _EPOCH if isinstance(value, date) else value


# What a row holds, as the type of the field; None for what is absent


def _reader(kind: FieldType, literal: Literal) -> Callable[[Any], Any]:
    """How to read a field; for ANY the literal says as what."""
    if kind is not FieldType.ANY:
        return _READERS[kind]
    return _number_of_any if isinstance(literal, Decimal) else _text_of_any


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> int | float | Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return None if math.isnan(value) else value


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _day(value: Any) -> int | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.toordinal() - _EPOCH
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def _text_of_any(value: Any) -> str | None:
    """As the text that JSON would hold."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case float() | Decimal() if math.isnan(value):
            return None
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
        case _:
            return str(value)


def _number_of_any(value: Any) -> float | None:
    text = _text_of_any(value)
    return None if text is None else number_in(text)


_READERS: Final[dict[FieldType, Callable[[Any], Any]]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.FLAG: _flag,
    FieldType.DAY: _day,
    FieldType.MOMENT: _moment,
}


def _document(text: str) -> Any:
    """A JSON document, None when it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None
