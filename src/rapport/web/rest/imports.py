"""Imports: what came in by files, what became of the rows, and taking it out again."""

from datetime import datetime
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.kernel.errors import NotFoundError
from rapport.ledger.api import Import, find_import, import_history, rejections
from rapport.listening.api import rejected_lines, undo_import
from rapport.web.access import actor_of, allowed
from rapport.web.contract.formats import CSV, JSON, wanted_format
from rapport.web.contract.paging import cursor_of, read_cursor
from rapport.web.contract.problems import ProblemError
from rapport.web.contract.shape import Done, Number, shown
from rapport.web.pages.imports.history import may_see_rows, reasons_of
from rapport.web.store import ledger

router = Router(tags=["imports"])

_MOST_REJECTED = 1000
_CSV: dict[str, Any] = {"responses": {200: {"content": {CSV: {"schema": {"type": "string"}}}}}}


class ReceiptOut(Schema):
    """What became of rows: received = stored + duplicate + rejected."""

    received: int
    stored: int
    duplicate: int
    rejected: int
    interactions: int


RECEIPT = {"received": 10, "stored": 9, "duplicate": 0, "rejected": 1, "interactions": 9}


class ImportOut(Schema):
    """One import."""

    model_config = shown(
        id=1,
        file="orders.csv",
        source="shop",
        record="interactions",
        state="done",
        actor="user:1",
        started_at="2026-11-01T10:00:00Z",
        ended_at="2026-11-01T10:00:02Z",
        receipt=RECEIPT,
    )

    id: int
    file: str
    source: str
    record: str
    state: str
    actor: str
    started_at: datetime
    ended_at: datetime | None
    receipt: ReceiptOut


class Imports(Schema):
    """Imports, newest first."""

    imports: list[ImportOut]
    next: str | None


class RejectedOut(Schema):
    """A row that was not stored, and why."""

    model_config = shown(
        line=7,
        reason="not_a_number",
        field="score",
        got="ten",
        expected="a number",
        raw='{"score": "ten"}',
    )

    line: int
    reason: str
    field: str | None
    got: str
    expected: str
    raw: str


class RejectedRows(Schema):
    """Rejected rows in the order of the file, the first 1000; as CSV all of them."""

    rows: list[RejectedOut]


class ReasonOut(Schema):
    """How many rows were rejected for one reason at one field."""

    model_config = shown(reason="not_a_number", field="score", rows=3)

    reason: str
    field: str
    rows: int


class Reasons(Schema):
    """Why rows were rejected, the most frequent first."""

    reasons: list[ReasonOut]


class AskedImports(Schema):
    """Which imports."""

    limit: int = Field(50, ge=1, le=200, description="Imports of a page.")
    cursor: str | None = Field(None, description="`next` of the page before.")


@router.get("/imports", response=Imports)
@allowed("see_imports")
def list_imports(request: HttpRequest, asked: Query[AskedImports]) -> Any:
    """What was imported, newest first, page by page."""
    before = None
    if asked.cursor is not None:
        [before] = read_cursor(request, asked.cursor, tuple[Number])
    found = import_history(ledger().database, asked.limit + 1, before=before)
    shown_now = found[: asked.limit]
    more = len(found) > asked.limit
    return {
        "imports": [_import(one) for one in shown_now],
        "next": cursor_of(request, [shown_now[-1].id]) if more else None,
    }


@router.get("/imports/{number}", response=ImportOut)
@allowed("see_imports")
def one_import(request: HttpRequest, number: Number) -> Any:  # noqa: ARG001
    """What became of one import."""
    return _import(find_import(ledger().database, number))


@router.get("/imports/{number}/rejected", response=RejectedRows, openapi_extra=_CSV)
@allowed("see_imports")
def rejected(request: HttpRequest, number: Number) -> Any:
    """Rows that could not be stored, to mend; as CSV they can be imported the same way."""
    form = wanted_format(request)
    if not may_see_rows(request, find_import(ledger().database, number)):
        raise NotFoundError("These rows are seen by who brought them, or sees all units")
    if form == CSV:
        return HttpResponse("".join(rejected_lines(ledger(), number)), content_type=CSV)
    if form != JSON:
        raise ProblemError("format", got=form, expected=f"{JSON}, {CSV}")
    rows = islice(rejections(ledger().database, number), _MOST_REJECTED)
    return {
        "rows": [{name: getattr(row, name) for name in RejectedOut.model_fields} for row in rows]
    }


@router.get("/imports/{number}/reasons", response=Reasons)
@allowed("see_imports")
def rejected_reasons(request: HttpRequest, number: Number) -> Any:  # noqa: ARG001
    """Why rows of an import could not be stored."""
    found = reasons_of(find_import(ledger().database, number).id)
    return {"reasons": [dict(zip(ReasonOut.model_fields, one, strict=True)) for one in found]}


@router.delete("/imports/{number}", response=Done)
@allowed("undo_import")
def undo(request: HttpRequest, number: Number) -> Any:
    """Take out again all that an import brought."""
    undo_import(ledger(), number, actor=actor_of(request))
    return Done()


def _import(one: Import) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ImportOut.model_fields}
