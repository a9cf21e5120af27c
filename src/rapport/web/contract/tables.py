"""A page of a table that is ordered by two columns, time and id, which its cursor names."""

from typing import Annotated, Any

import msgspec
import pyarrow as pa
from django.http import HttpRequest

from rapport.web.contract.formats import JSON, as_file, as_rows
from rapport.web.contract.paging import cursor_of, link_next


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: time and id of its last row."""

    t: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


ORDER = ("t", "id")
# JSON is for people and small programs; the other formats are read by data frames.
MOST_IN_JSON, MOST = 1000, 100_000


def rows_asked(form: str, limit: int) -> int:
    """How many rows to read for a page: one more than it has, which says whether there are more."""
    return min(limit, MOST_IN_JSON if form == JSON else MOST) + 1


def page(
    request: HttpRequest, form: str, table: pa.Table, asked: int, columns: list[str] | None
) -> Any:
    """The answer.

    Args:
        request: that asks.
        form: in which format.
        table: the rows that were read, with the columns of ORDER.
        asked: how many were, by `rows_asked`.
        columns: to give; None for those of the table.
    """
    cursor = None
    if table.num_rows == asked:
        table = table.slice(0, asked - 1)
        t, identity = (table.column(name)[-1].as_py() for name in ORDER)
        cursor = cursor_of(request, (t, identity.hex()))
    if columns is not None:
        table = table.select(columns)
    if form == JSON:
        return {"rows": as_rows(table), "next": cursor}
    return link_next(request, as_file(table, form), cursor)
