"""Rows that are put in: what is told of them, row by row."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from django.http import HttpRequest
from ninja import Schema

from rapport.office.api import PutReport
from rapport.web.access import actor_of
from rapport.web.contract.shape import shown

MOST_ROWS = 1_000


class RejectedRow(Schema):
    """Why a row was not stored; `index` is its place among the rows that were sent, from 0."""

    index: int
    field: str
    reason: str
    got: str
    expected: str


class Report(Schema):
    """What became of the rows: received = stored + duplicate + rejected."""

    model_config = shown(received=1, stored=1, duplicate=0, rejected=[])

    received: int
    stored: int
    duplicate: int
    rejected: list[RejectedRow]


def put_in(
    request: HttpRequest, put: Callable[..., PutReport], rows: Sequence[Mapping[str, Any]]
) -> PutReport:
    """Put the rows in by a verb; what a row leaves out stays as it is."""
    return put(table_of(rows), actor=actor_of(request))


def table_of(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as the table that a verb reads; a column for each name that a row has.

    A column keeps the type of each of its cells.

    >>> table_of([{"key": "a", "trait:size": 3}, {"key": "b", "trait:size": "XL"}]).to_pylist()
    [{'key': 'a', 'trait:size': 3}, {'key': 'b', 'trait:size': 'XL'}]
    """
    names = dict.fromkeys(["key", *(name for row in rows for name in row)])
    return pa.table({name: _column([row.get(name) for row in rows]) for name in names})


def _column(cells: list[Any]) -> Any:
    said = [one.isoformat() if isinstance(one, date) else one for one in cells]
    parts = [
        pa.array([one if type(one) is kind else None for one in said], arrow)
        for kind, arrow in _TYPES.items()
    ]
    kinds = list(_TYPES)
    which = [0 if one is None else kinds.index(type(one)) for one in said]
    if len(set(which)) <= 1:
        return parts[which[0] if which else 0]
    return pa.UnionArray.from_sparse(pa.array(which, pa.int8()), parts)


_TYPES = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
