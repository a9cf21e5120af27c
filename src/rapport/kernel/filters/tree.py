"""The typed tree of a filter expression, and its canonical text.

A tree is immutable and knows the type of each of its fields, so a compiler needs nothing else.
`str(tree)` is canonical: with the same vocabulary it parses back to the same tree. There is no
node for `!=`, `not in`, `is not empty` and the like: each is Not around the positive question,
which is exactly what it means here (see the package's docstring on absent values).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias


class FieldType(StrEnum):
    """What a field holds. ANY holds text or a number, and the literal decides which is meant."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    DAY = "day"
    FLAG = "flag"
    ANY = "text or number"


# A date is a `date`, a moment a `datetime` (naive: in the zone the compiler is given).
Literal: TypeAlias = str | Decimal | bool | date | datetime

KEYWORDS: Final = frozenset(
    ("and", "or", "not", "in", "between", "contains", "starts", "ends", "with", "is", "empty")
).union(("true", "false"))
WORD: Final = r"[^\W\d][\w-]*"
_PLAIN_WORD: Final = re.compile(WORD)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of what is filtered: its path (`customer.segment` has two parts) and type."""

    parts: tuple[str, ...]
    type: FieldType

    @property
    def name(self) -> str:
        """The path with dots and without backquotes."""
        return ".".join(self.parts)

    def __str__(self) -> str:
        return ".".join(_written_part(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`score >= 9`; operator is one of =, <, <=, >, >=."""

    field: Field
    operator: str
    value: Literal

    def __str__(self) -> str:
        return f"{self.field} {self.operator} {_written(self.value)}"


@dataclass(frozen=True, slots=True)
class Among:
    """`channel in ('email', 'phone')`; at least one value, all of one kind."""

    field: Field
    values: tuple[Literal, ...]

    def __str__(self) -> str:
        return f"{self.field} in ({', '.join(_written(value) for value in self.values)})"


@dataclass(frozen=True, slots=True)
class Between:
    """`score between 7 and 8`, both ends inside."""

    field: Field
    low: Literal
    high: Literal

    def __str__(self) -> str:
        return f"{self.field} between {_written(self.low)} and {_written(self.high)}"


@dataclass(frozen=True, slots=True)
class TextMatch:
    """`text contains 'refund'`; how is one of contains, starts with, ends with."""

    field: Field
    how: str
    value: str

    def __str__(self) -> str:
        return f"{self.field} {self.how} {_written(self.value)}"


@dataclass(frozen=True, slots=True)
class IsEmpty:
    """`text is empty`: absent, or text without a character."""

    field: Field

    def __str__(self) -> str:
        return f"{self.field} is empty"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return " and ".join(_bracketed(part, And, Or) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of two or more."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return " or ".join(_bracketed(part, Or) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """Whatever the part does not keep."""

    part: "Expression"

    def __str__(self) -> str:
        match self.part:
            case Comparison(field, "=", value):
                return f"{field} != {_written(value)}"
            case Among(field):
                return f"{field} not{str(self.part).removeprefix(str(field))}"
            case IsEmpty(field):
                return f"{field} is not empty"
            case part:
                return f"not {_bracketed(part, And, Or)}"


Leaf: TypeAlias = Comparison | Among | Between | TextMatch | IsEmpty
Expression: TypeAlias = Leaf | And | Or | Not


def leaves(tree: Expression) -> Iterator[Leaf]:
    """The conditions of a tree, from left to right."""
    match tree:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case leaf:
            yield leaf


def fields(tree: Expression) -> frozenset[Field]:
    """The fields a tree asks about: what a reader has to bring along."""
    return frozenset(leaf.field for leaf in leaves(tree))


def all_of(trees: tuple[Expression, ...] | list[Expression]) -> Expression | None:
    """What every one of the trees keeps (several `--where`); None when there are none."""
    if not trees:
        return None
    return trees[0] if len(trees) == 1 else And(tuple(trees))


def _bracketed(part: Expression, *loose: type[And | Or]) -> str:
    return f"({part})" if isinstance(part, loose) else str(part)


def _written_part(part: str) -> str:
    if _PLAIN_WORD.fullmatch(part) and part.casefold() not in KEYWORDS:
        return part
    return "`" + part.replace("`", "``") + "`"


def _written(value: Literal) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value if value else Decimal(0), "f")
        case datetime():
            text = value.isoformat()
            return text.removesuffix("+00:00") + "Z" if value.tzinfo is UTC else text
        case date():
            return value.isoformat()
        case _:
            return "'" + value.replace("'", "''") + "'"
