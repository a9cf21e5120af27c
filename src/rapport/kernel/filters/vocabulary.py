"""Which fields a filter may name, and what each can be asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from rapport.kernel.errors import did_you_mean
from rapport.kernel.filters.tree import Field, FieldType


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The fields a filter may name.

    Attributes:
        types: type of each field by name; a dotted name (`customer.since`) is allowed here too.
        prefixes: names below which any name is allowed, as text or number: `properties`,
            `customer`.

    >>> words = Vocabulary({"score": FieldType.NUMBER}, prefixes=frozenset({"properties"}))
    >>> words.field(("properties", "country")).type
    <FieldType.ANY: 'text or number'>
    """

    types: Mapping[str, FieldType]
    prefixes: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of_columns(cls, names: Iterable[str]) -> "Vocabulary":
        """The vocabulary of a file: every column holds text or numbers."""
        return cls(dict.fromkeys(names, FieldType.ANY))

    def field(self, parts: tuple[str, ...]) -> Field | None:
        """The field of that path, None when there is none."""
        declared = self.types.get(".".join(parts))
        if declared is not None:
            return Field(parts, declared)
        if len(parts) > 1 and parts[0] in self.prefixes:
            return Field(parts, FieldType.ANY)
        return None

    def hint(self, parts: tuple[str, ...]) -> str | None:
        """The nearest names to one that is not there."""
        names = [*self.types, *(f"{prefix}.NAME" for prefix in self.prefixes)]
        if len(parts) > 1:
            below = {prefix: ".".join((prefix, *parts[1:])) for prefix in self.prefixes}
            names = [*self.types, *below.values()]
        return did_you_mean(".".join(parts), names)


ORDERED: Final = frozenset(
    {FieldType.TEXT, FieldType.NUMBER, FieldType.MOMENT, FieldType.DAY, FieldType.ANY}
)
MATCHED: Final = frozenset({FieldType.TEXT, FieldType.ANY})

# Exact Python types: a bool is no number here, a datetime no date.
ACCEPTED: Final[Mapping[FieldType, frozenset[type]]] = {
    FieldType.TEXT: frozenset({str}),
    FieldType.NUMBER: frozenset({Decimal}),
    FieldType.MOMENT: frozenset({date, datetime}),
    FieldType.DAY: frozenset({date}),
    FieldType.FLAG: frozenset({bool}),
    FieldType.ANY: frozenset({str, Decimal, bool}),
}

EXAMPLES: Final[Mapping[FieldType, str]] = {
    FieldType.TEXT: "a text like 'email'",
    FieldType.NUMBER: "a number like 9.5",
    FieldType.MOMENT: "a date or moment like 2025-01-31 or 2025-01-31T10:00Z",
    FieldType.DAY: "a date like 2025-01-31",
    FieldType.FLAG: "true or false",
    FieldType.ANY: "a text like 'email' or a number like 9.5",
}
