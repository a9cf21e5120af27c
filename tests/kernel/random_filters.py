"""Random filters and random rows that have something to say to each other."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from math import inf, nan
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import strategies as st

from rapport.kernel.filters import Expression, Field, FieldType, Vocabulary
from rapport.kernel.filters.tree import (
    Among,
    And,
    Between,
    Comparison,
    IsEmpty,
    Literal,
    Not,
    Or,
    TextMatch,
)

VOCABULARY = Vocabulary(
    {
        "channel": FieldType.TEXT,
        "text": FieldType.TEXT,
        "score": FieldType.NUMBER,
        "amount": FieldType.NUMBER,
        "visits": FieldType.NUMBER,
        "occurred_at": FieldType.MOMENT,
        "day": FieldType.DAY,
        "automated": FieldType.FLAG,
        "Invoice No": FieldType.ANY,
    },
    frozenset({"properties"}),
)
PATHS = (
    *((name,) for name in VOCABULARY.types),
    ("properties", "country"),
    ("properties", "utm.`source"),
)
ZONES = st.sampled_from(
    [UTC, *map(ZoneInfo, ("Europe/Berlin", "Pacific/Kiritimati", "America/St_Johns"))]
)

# Letters whose case engines do not agree on, and marks that LIKE, SQL and patterns read otherwise.
_CHARACTERS = "aAbBzéÉßẞıİiIſsσςΣKk%_\\'\"`[]^-$.*()|{}# \n\té日😀0"
_NUMBERS_AS_TEXT = ("5", "5.0", "-0", " 7", "7\n", "1e2", "1e999", "nan", "inf", "0x5", "1_0", "٥")
_WORDS = ("email", "Email", "true")
_FEW_NUMBERS: tuple[int | Decimal, ...] = (
    0,
    5,
    7,
    10,
    -1,
    100,
    Decimal("0.1"),
    Decimal("7.5"),
    Decimal("-0.3"),
    2**53,
)
_MIDNIGHTS = tuple(
    datetime(2025, month, day, hour, tzinfo=UTC)
    for month, day in ((1, 31), (3, 30), (10, 26), (12, 31))
    for hour in (0, 10, 22, 23)
)

_texts = st.one_of(
    st.sampled_from(_NUMBERS_AS_TEXT + _WORDS + tuple(_CHARACTERS)),
    st.text(_CHARACTERS, max_size=2),
)
_numbers = st.one_of(
    st.sampled_from(_FEW_NUMBERS).map(Decimal),
    st.integers(-(2**53), 2**53).map(Decimal),
    st.integers(-99_999, 99_999).map(lambda n: _plain(Decimal(n).scaleb(-3))),
)
_dates = st.sampled_from(
    [moment.date() + timedelta(days=n) for moment in _MIDNIGHTS for n in (0, 1)]
)
_instants = st.builds(
    lambda moment, microseconds: moment + timedelta(microseconds=microseconds),
    st.sampled_from(_MIDNIGHTS),
    st.sampled_from([0, 0, -1, 1, 500_000]),
)
_moments = st.one_of(
    _instants,
    _instants.map(lambda moment: moment.replace(tzinfo=None)),
    _instants.map(lambda moment: moment.astimezone(timezone(timedelta(hours=5, minutes=30)))),
)


def _plain(number: Decimal) -> Decimal:
    return Decimal(int(number)) if number == int(number) else number.normalize()


def _field(path: tuple[str, ...]) -> Field:
    field = VOCABULARY.field(path)
    assert field is not None
    return field


_fields = st.sampled_from([_field(path) for path in PATHS])


def _kinds(field: Field) -> list[st.SearchStrategy[Any]]:
    """Literals that may stand beside the field; those in one list are of one kind."""
    kinds: dict[FieldType, list[st.SearchStrategy[Any]]] = {
        FieldType.TEXT: [_texts],
        FieldType.NUMBER: [_numbers],
        FieldType.MOMENT: [_moments | _dates],
        FieldType.DAY: [_dates],
        FieldType.FLAG: [st.booleans()],
        FieldType.ANY: [_texts, _numbers, st.booleans()],
    }
    return kinds[field.type]


@st.composite
def _conditions(draw: st.DrawFn) -> Expression:
    field = draw(_fields)
    kind = draw(st.sampled_from(_kinds(field)))
    value: Literal = draw(kind)
    shapes = ["=", "in", "empty"]
    if not isinstance(value, bool):
        shapes += ["<", "<=", ">", ">=", "between"]
    if field.type in (FieldType.TEXT, FieldType.ANY):
        shapes += ["contains", "starts with", "ends with"] * 2
    match draw(st.sampled_from(shapes)):
        case "in":
            return Among(field, (value, *draw(st.lists(kind, max_size=3))))
        case "empty":
            return IsEmpty(field)
        case "between":
            return Between(field, value, draw(kind))
        case ("contains" | "starts with" | "ends with") as how:
            return TextMatch(field, how, draw(_texts.filter(bool)))
        case operator:
            return Comparison(field, operator, value)


def trees() -> st.SearchStrategy[Expression]:
    """Filters up to a few levels deep over all fields and operators."""

    def joined(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        return several.map(And) | several.map(Or) | parts.map(Not)

    return st.recursive(_conditions(), joined, max_leaves=4)


def rows(count: int, seed: int) -> list[dict[str, Any]]:
    """Rows made of the very values that filters ask for, and of some that are never asked for."""
    chance = Random(seed)
    pools: dict[str, list[Any]] = {
        "channel": _pool_of_texts(chance),
        "text": _pool_of_texts(chance),
        "score": [nan, inf, -inf, -0.0, 1e300, 5e-324, *map(float, _FEW_NUMBERS)],
        "amount": [Decimal(number) for number in _FEW_NUMBERS if number < 2**53],
        "visits": [2**53 + 1, -(2**60), *(int(number) for number in _FEW_NUMBERS)],
        "occurred_at": [m + timedelta(microseconds=n) for m in _MIDNIGHTS for n in (-1, 0, 1)],
        "day": [moment.date() for moment in _MIDNIGHTS],
        "automated": [True, False],
        "Invoice No": _pool_of_texts(chance),
        "country": _pool_of_texts(chance),
        "source": _pool_of_texts(chance),
    }
    return [
        {
            name: None if chance.random() < 0.15 else chance.choice(pool)
            for name, pool in pools.items()
        }
        for _ in range(count)
    ]


def _pool_of_texts(chance: Random) -> list[str]:
    short = ["".join(chance.choices(_CHARACTERS, k=chance.randint(0, 3))) for _ in range(60)]
    return [*_NUMBERS_AS_TEXT, *_WORDS, *_CHARACTERS, *short]


# Rows as the ledger keeps them.
EPOCH = date(1970, 1, 1).toordinal()
_TYPES: dict[str, pa.DataType] = {
    "id": pa.int64(),
    "channel": pa.string(),
    "text": pa.string(),
    "score": pa.float64(),
    "amount": pa.decimal128(18, 4),
    "visits": pa.int64(),
    "occurred_at": pa.timestamp("us", tz="UTC"),
    "day": pa.int32(),
    "automated": pa.bool_(),
    "Invoice No": pa.string(),
    "properties": pa.string(),
}
ARROW = pa.schema(_TYPES)


def as_kept_in_the_ledger(number: int, row: dict[str, Any]) -> dict[str, Any]:
    """The row with the ledger's columns: days counted, the rest in JSON."""
    kept = {name: value for name, value in row.items() if name not in ("country", "source")}
    inside = {"country": row["country"], "utm.`source": row["source"]}
    day = None if row["day"] is None else row["day"].toordinal() - EPOCH
    return {**kept, "id": number, "day": day, "properties": json.dumps(inside)}
