"""Imports: files that were brought, what became of them, and those that came in."""

from datetime import datetime
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.kernel.errors import NotFoundError
from rapport.ledger.api import Import, find_import, import_history, rejections
from rapport.listening.api import (
    Upload,
    cancel_upload,
    drop_upload,
    find_upload,
    keep_upload,
    map_upload,
    rejected_lines,
    start_upload,
    suggest,
    undo_import,
    uploads,
)
from rapport.web.access import actor_of, allowed
from rapport.web.contract.formats import CSV, FILE, JSON, wanted_format
from rapport.web.contract.paging import cursor_of, read_cursor
from rapport.web.contract.problems import ProblemError
from rapport.web.contract.shape import Body, Done, Number, shown
from rapport.web.store import ledger
from rapport.web.uploading import streamed

router = Router(tags=["imports"])

_MOST_REJECTED = 1000
_FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {FILE: {"schema": {"type": "string", "format": "binary"}}},
    }
}
_CSV: dict[str, Any] = {"responses": {200: {"content": {CSV: {"schema": {"type": "string"}}}}}}


class ReceiptOut(Schema):
    """What became of rows: received = stored + duplicate + rejected."""

    received: int
    stored: int
    duplicate: int
    rejected: int
    interactions: int


_RECEIPT = {"received": 10, "stored": 9, "duplicate": 0, "rejected": 1, "interactions": 9}


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
        receipt=_RECEIPT,
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


class UploadOut(Schema):
    """A file that was brought: kept, queued, running, cancelling, cancelled, failed or done."""

    model_config = shown(
        id=1,
        file="orders.csv",
        size=1234,
        mapping='source = "shop"',
        state="kept",
        trial=False,
        share=0.0,
        receipt=None,
        examples=[],
        trouble="",
        import_id=None,
        made_at="2026-11-01T10:00:00Z",
        changed_at="2026-11-01T10:00:00Z",
    )

    id: int
    file: str
    size: int
    mapping: str
    state: str
    trial: bool
    share: float
    receipt: ReceiptOut | None
    examples: list[dict[str, Any]]
    trouble: str
    import_id: int | None
    made_at: datetime
    changed_at: datetime


class Uploads(Schema):
    """Your files that are not imported yet, newest first."""

    uploads: list[UploadOut]


class MappingIn(Body):
    """How a file is to be read, as TOML."""

    model_config = shown(mapping='source = "shop"\n\n[fields]\noccurred_at = "when"\n')

    mapping: str = Field(max_length=200_000)


class Start(Body):
    """What the worker is to do with a file."""

    model_config = shown(trial=True)

    trial: bool = Field(False, description="Only say what would become of the rows.")


class AskedImports(Schema):
    """Which imports."""

    limit: int = Field(50, ge=1, le=200, description="Imports of a page.")
    cursor: str | None = Field(None, description="`next` of the page before.")


class Name(Schema):
    """What a file is called."""

    name: str = Field(max_length=255, description="Of the file; its ending says the format.")


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
    form, found, actor = wanted_format(request), find_import(ledger().database, number), None
    actor = actor_of(request)
    if actor.units is not None and found.actor != actor.id:
        # A rejected row has no unit yet.
        raise NotFoundError("These rows are seen by who brought them, or sees all units")
    if form == CSV:
        return HttpResponse("".join(rejected_lines(ledger(), number)), content_type=CSV)
    if form != JSON:
        raise ProblemError("format", got=form, expected=f"{JSON}, {CSV}")
    rows = islice(rejections(ledger().database, number), _MOST_REJECTED)
    return {
        "rows": [{name: getattr(row, name) for name in RejectedOut.model_fields} for row in rows]
    }


@router.delete("/imports/{number}", response=Done)
@allowed("undo_import")
def undo(request: HttpRequest, number: Number) -> Any:
    """Take out again all that an import brought."""
    undo_import(ledger(), number, actor=actor_of(request))
    return Done()


@router.get("/uploads", response=Uploads)
@allowed("import_file")
def list_uploads(request: HttpRequest) -> Any:
    """Your files that are not imported yet."""
    return {"uploads": [_upload(one) for one in uploads(ledger(), actor=actor_of(request))]}


@router.post("/uploads", response=UploadOut, openapi_extra=_FILE_BODY)
@allowed("import_file")
def bring(request: HttpRequest, asked: Query[Name]) -> Any:
    """Bring a file, as the body of the request; a mapping is proposed.

    Then look at `mapping`, change it where it is wrong, and start the import.
    """
    if request.content_type != FILE:
        raise ProblemError("media-type", got=request.content_type, expected=FILE)
    actor = actor_of(request)
    number = keep_upload(ledger(), streamed(request), asked.name, actor=actor)
    try:
        proposed = suggest(find_upload(ledger(), number, actor=actor).path)
    except Exception:
        drop_upload(ledger(), number, actor=actor)
        raise
    map_upload(ledger(), number, proposed.text, actor=actor)
    return _upload(find_upload(ledger(), number, actor=actor))


@router.get("/uploads/{number}", response=UploadOut)
@allowed("import_file")
def one_upload(request: HttpRequest, number: Number) -> Any:
    """How far a file of yours is."""
    return _upload(find_upload(ledger(), number, actor=actor_of(request)))


@router.put("/uploads/{number}/mapping", response=UploadOut)
@allowed("import_file")
def map_file(request: HttpRequest, number: Number, sent: MappingIn) -> Any:
    """Say how a file is to be read."""
    actor = actor_of(request)
    map_upload(ledger(), number, sent.mapping, actor=actor)
    return _upload(find_upload(ledger(), number, actor=actor))


@router.post("/uploads/{number}/start", response=UploadOut)
@allowed("import_file")
def start(request: HttpRequest, number: Number, how: Start) -> Any:
    """Import a file, or try it: the worker does it, and the upload tells how far it is."""
    actor = actor_of(request)
    start_upload(ledger(), number, actor=actor, trial=how.trial)
    return _upload(find_upload(ledger(), number, actor=actor))


@router.post("/uploads/{number}/cancel", response=UploadOut)
@allowed("import_file")
def cancel(request: HttpRequest, number: Number) -> Any:
    """Stop what the worker does with a file; started again, the import continues."""
    actor = actor_of(request)
    cancel_upload(ledger(), number, actor=actor)
    return _upload(find_upload(ledger(), number, actor=actor))


@router.delete("/uploads/{number}", response=Done)
@allowed("import_file")
def drop(request: HttpRequest, number: Number) -> Any:
    """Remove a file; what of it is in the ledger stays there."""
    drop_upload(ledger(), number, actor=actor_of(request))
    return Done()


def _import(one: Import) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ImportOut.model_fields}


def _upload(one: Upload) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in UploadOut.model_fields}
    names = ("line", "reason", "field", "got", "expected")
    examples = [{name: getattr(row, name) for name in names} for row in one.examples]
    return {**told, "examples": examples}
