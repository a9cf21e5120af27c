"""Figures as JSON rows and as an Arrow table, for the command line, the API and notebooks."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from rapport.kernel.figures import Figure

_TEXT = ("period", "from", "to", "programme", "filter", "definition", "note", "extra")
_TYPES: dict[str, pa.DataType] = {
    "measure": pa.string(),
    "value": pa.float64(),
    "unit": pa.string(),
    "n": pa.int64(),
    "low": pa.float64(),
    "high": pa.float64(),
    "confidence": pa.float64(),
    "method": pa.string(),
    **dict.fromkeys(_TEXT, pa.string()),
}


def to_json_rows(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """One object for each figure; `by` and `extra` are objects, days are ISO text.

    Keys: measure, value, unit, n, low, high, confidence, method, by, period, from, to,
    programme, filter, definition, note, extra.
    """
    return [_row(figure) for figure in figures]


def figures_table(figures: Sequence[Figure]) -> pa.Table:
    """One row for each figure: a text column for each dimension first (`channel`, ...), then
    the columns of `to_json_rows` but for `by`; `extra` is JSON text.

    A dimension that has the name of a figure's own column is called `by_NAME`.
    """
    names = list(dict.fromkeys(name for figure in figures for name in figure.by))
    columns = {_column(name): pa.array(_dimension(figures, name)) for name in names}
    rows = to_json_rows(figures)
    for own, kind in _TYPES.items():
        values = [json.dumps(row[own]) if own == "extra" else row[own] for row in rows]
        columns[own] = pa.array(values, kind)
    return pa.table(columns)


def figures_of_table(table: pa.Table) -> list[Figure]:
    """The figures that `figures_table` made a table of; the values of dimensions as it has them."""
    dimensions = table.column_names[: table.column_names.index("measure")]
    return [_figure(row, dimensions) for row in table.to_pylist()]


def _figure(row: dict[str, Any], dimensions: Sequence[str]) -> Figure:
    told = {name: row[name] for name in _TYPES if name not in ("from", "to", "extra")}
    return Figure(
        **told,
        by={_dimension_of(name): row[name] for name in dimensions},
        first_day=row["from"],
        last_day=row["to"],
        extra=json.loads(row["extra"]),
    )


def _dimension_of(column: str) -> str:
    name = column.removeprefix("by_")
    return name if name in _TYPES else column


def _row(figure: Figure) -> dict[str, Any]:
    return {
        "measure": figure.measure,
        "value": figure.value,
        "unit": figure.unit,
        "n": figure.n,
        "low": figure.low,
        "high": figure.high,
        "confidence": figure.confidence,
        "method": figure.method,
        "by": {name: _plain(value) for name, value in figure.by.items()},
        "period": figure.period,
        "from": figure.first_day,
        "to": figure.last_day,
        "programme": figure.programme,
        "filter": figure.filter,
        "definition": figure.definition,
        "note": figure.note,
        "extra": dict(figure.extra),
    }


def _column(name: str) -> str:
    return f"by_{name}" if name in _TYPES else name


def _dimension(figures: Sequence[Figure], name: str) -> list[Any]:
    values = [_plain(figure.by.get(name)) for figure in figures]
    kinds = {type(value) for value in values if value is not None}
    return values if len(kinds) < 2 else [None if v is None else str(v) for v in values]


def _plain(value: Any) -> Any:
    """The value as JSON knows it."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date | datetime) else value
