"""Rows as texts for the cells of a page's table."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from rapport.kernel.zones import zone_named
from rapport.web.wording import exact, moment

_ROWS = 8
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Preview:
    """Names of columns, whether each holds numbers, and rows of texts."""

    names: list[str]
    rows: list[list[tuple[str, bool]]]


def preview(table: pa.Table, zone: str, most: int = _ROWS) -> Preview:
    """The first rows of a table; each cell with whether it is a number."""
    # By column, as a table may have two of one name.
    shown = table.slice(0, most)
    cells = [
        [(cell(value, zone), is_number(field.type)) for value in column.to_pylist()]
        for field, column in zip(table.schema, shown.columns, strict=True)
    ]
    rows = [list(row) for row in zip(*cells, strict=True)]
    return Preview(list(table.column_names), rows)


def cell(value: Any, zone: str) -> str:
    """A value as people read it; moments in the reporting zone.

    >>> cell(4.0, "UTC"), cell(None, "UTC"), cell(b"\\x01\\xff", "UTC")
    ('4', '', '01ff')
    """
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return moment(value.astimezone(zone_named(zone)), seconds=True)
    if isinstance(value, float | Decimal):
        return exact(value).removesuffix("00" if isinstance(value, Decimal) else "")
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def is_number(kind: pa.DataType) -> bool:
    """Whether values of that type stand at the end of their cells."""
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
