"""Interactions row by row."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.ledger.api import FIELD_NAMES, FIELDS, known_kinds
from rapport.measures.api import counts_by, interactions
from rapport.web.access import actor_of, allowed
from rapport.web.contract.formats import JSON, MORE_FORMATS, as_file, as_rows, wanted_format
from rapport.web.contract.paging import read_cursor
from rapport.web.contract.shape import PageOfRows, Rows, shown
from rapport.web.contract.tables import MOST, ORDER, Place, page, rows_asked
from rapport.web.filterbar import scope
from rapport.web.hidden import is_hidden, refuse_hidden, refuse_hidden_in_rows, seen_in_rows
from rapport.web.store import ledger

router = Router(tags=["interactions"])


class FieldOut(Schema):
    """A field that one can filter by, choose as a column and group by."""

    model_config = shown(name="channel", type="string", meaning="by which way: web, app, email")

    name: str
    type: str
    meaning: str


class KindOut(Schema):
    """A kind of interaction."""

    model_config = shown(name="survey.answered", meaning="a customer answered a question")

    name: str
    meaning: str


class Vocabulary(Schema):
    """The words of interactions; `properties.x` and `customer.x` are fields too."""

    fields: list[FieldOut]
    kinds: list[KindOut]


class AskedRows(Schema):
    """Which interactions, and what of them."""

    where: list[str] = Field([], description="A filter, such as `channel = web`; all must hold.")
    columns: list[str] = Field([], description="A field to give; all where left out.")
    limit: int = Field(
        100, ge=1, le=MOST, description="Rows of a page; at most 1000 of them as JSON."
    )
    cursor: str | None = Field(None, description="`next` of the page before.")


class AskedCounts(Schema):
    """Which interactions, counted by what."""

    where: list[str] = Field([], description="A filter, such as `channel = web`; all must hold.")
    by: str | None = Field(None, description="A field; all together where left out.")
    limit: int = Field(50, ge=1, le=1000, description="At most so many values.")


@router.get("/interactions", response=PageOfRows, openapi_extra=MORE_FORMATS)
@allowed("see_interactions")
def list_interactions(request: HttpRequest, asked: Query[AskedRows]) -> Any:
    """Interactions that fit all the filters, oldest first, page by page.

    In JSON `next` is the cursor of the page after; in other formats the header `Link` has its
    address.
    """
    form, actor = wanted_format(request), actor_of(request)
    refuse_hidden_in_rows(actor, asked.columns, asked.where)
    after = None
    if asked.cursor is not None:
        place = read_cursor(request, asked.cursor, Place)
        after = (place.t, bytes.fromhex(place.id))
    names = list(dict.fromkeys(asked.columns)) or list(seen_in_rows(actor, FIELD_NAMES))
    count = rows_asked(form, asked.limit)
    with ledger().read() as snapshot:
        table = interactions(
            snapshot,
            where=[*asked.where, *scope(request)],
            columns=[*names, *(name for name in ORDER if name not in names)],
            limit=count,
            after=after,
        )
    return page(request, form, table, count, names)


@router.get("/interactions/counts", response=Rows, openapi_extra=MORE_FORMATS)
@allowed("see_interactions")
def count_interactions(request: HttpRequest, asked: Query[AskedCounts]) -> Any:
    """How many interactions and customers there are for each value of a field, most first."""
    form = wanted_format(request)
    refuse_hidden(actor_of(request), [asked.by], asked.where)
    where = [*asked.where, *scope(request)]
    with ledger().read() as snapshot:
        table = counts_by(snapshot, asked.by, where=where, limit=asked.limit)
    return {"rows": as_rows(table)} if form == JSON else as_file(table, form)


@router.get("/vocabulary", response=Vocabulary)
@allowed("see_figures")
def vocabulary(request: HttpRequest) -> Any:
    """The fields that you may ask about, and the kinds of interactions."""
    seen = [field for field in FIELDS if not is_hidden(actor_of(request), field.name)]
    fields = [{"name": f.name, "type": str(f.type), "meaning": f.meaning} for f in seen]
    kinds = [{"name": kind.name, "meaning": kind.meaning} for kind in known_kinds().values()]
    return {"fields": fields, "kinds": kinds}
