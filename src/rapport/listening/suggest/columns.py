"""What can be seen of a column: its name's words, its values, how they repeat."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+|\d+")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


@dataclass(frozen=True)
class Column:
    """A column of the sample.

    Attributes:
        name: as in the file.
        type: of the column; text but in typed files.
        values: what is there, as text, empty cells left out.
        rows: of the sample, empty cells counted.
    """

    name: str
    type: pa.DataType
    values: tuple[str, ...]
    rows: int

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the name in small letters, and the name as one word.

        >>> sorted(Column("thumbsUp_count", pa.string(), (), 0).words)
        ['count', 'thumbs', 'thumbsupcount', 'up']
        """
        found = [word.lower() for word in _WORD.findall(self.name)]
        return frozenset([*found, "".join(found)])

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each value occurs."""
        return Counter(self.values)

    @cached_property
    def numbers(self) -> tuple[float, ...] | None:
        """The values as numbers; None where one of them is none."""
        if not self.values or not all(_NUMBER.fullmatch(value) for value in self.values):
            return None
        return tuple(float(value) for value in self.values)

    @cached_property
    def length(self) -> float:
        """Characters of a value, on average."""
        return sum(map(len, self.values)) / max(len(self.values), 1)

    @property
    def distinct(self) -> int:
        """How many different values there are."""
        return len(self.counts)

    @property
    def filled(self) -> float:
        """Share of the rows that have a value."""
        return len(self.values) / max(self.rows, 1)

    @property
    def variety(self) -> float:
        """Different values for each value: 1 where none repeats."""
        return self.distinct / max(len(self.values), 1)

    def named(self, *words: str) -> str | None:
        """The first of these words that the name has.

        A long one may also begin or end a name without a gap: "opendate" is named "date".
        """
        whole = "".join(found.lower() for found in _WORD.findall(self.name))
        for word in words:
            at_edge = len(word) > 3 and (whole.startswith(word) or whole.endswith(word))
            if word in self.words or at_edge:
                return word
        return None


def columns_of(table: pa.Table) -> list[Column]:
    """The columns of a sample."""
    return [
        Column(
            name=field.name,
            type=field.type,
            values=tuple(_text(value) for value in table[field.name].to_pylist() if _there(value)),
            rows=table.num_rows,
        )
        for field in table.schema
    ]


def _there(value: object) -> bool:
    return value is not None and value == value and str(value).strip() != ""


def _text(value: object) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value).strip()
