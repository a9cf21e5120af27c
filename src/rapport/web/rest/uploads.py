"""Uploads: files that were brought, how they are read, and what the worker does with them."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.ledger.api import Rejection, find_import
from rapport.listening.api import (
    Upload,
    cancel_upload,
    drop_upload,
    find_upload,
    keep_upload,
    map_upload,
    parse_mapping,
    peek,
    start_upload,
    suggest,
    try_mapping,
    uploads,
)
from rapport.office.api import Actor
from rapport.web.access import actor_of, allowed
from rapport.web.contract.formats import FILE, as_rows
from rapport.web.contract.problems import ProblemError
from rapport.web.contract.shape import Body, Done, Number, shown
from rapport.web.rest.imports import ReceiptOut, RejectedOut
from rapport.web.store import ledger
from rapport.web.uploading import streamed

router = Router(tags=["imports"])

_SHOWN = 20
_FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {FILE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


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

    model_config = shown(mapping='source = "shop"\n\n[fields]\noccurred_at = "when"\n', was=None)

    mapping: str = Field(max_length=200_000)
    was: str | None = Field(
        None, max_length=200_000, description="What you have seen; the second of two is told."
    )


class Proposal(Body):
    """What the rows of a file are."""

    model_config = shown(record="customers")

    record: Literal["interactions", "customers", "employees", "units", "touchpoints"]


class ColumnOut(Schema):
    """A column of a file, and some of what is in it."""

    model_config = shown(name="when", examples=["2026-01-02 10:00:00"])

    name: str
    examples: list[str]


class Look(Schema):
    """The first rows of a file as its mapping reads them; `aside` are left out on purpose."""

    columns: list[ColumnOut]
    rows: list[dict[str, Any]]
    rejected: list[RejectedOut]
    read: int
    aside: int
    notes: list[str]


class Start(Body):
    """What the worker is to do with a file."""

    model_config = shown(trial=True)

    trial: bool = Field(False, description="Only say what would become of the rows.")


class Name(Schema):
    """What a file is called."""

    name: str = Field(max_length=255, description="Of the file; its ending says the format.")
    like: Number | None = Field(None, description="Number of an import, to be read as that was.")


@router.get("/uploads", response=Uploads)
@allowed("import_file")
def list_uploads(request: HttpRequest) -> Any:
    """Your files that are not imported yet."""
    return {"uploads": [_upload(one) for one in uploads(ledger(), actor=actor_of(request))]}


@router.post("/uploads", response=UploadOut, openapi_extra=_FILE_BODY)
@allowed("import_file")
def bring(request: HttpRequest, asked: Query[Name]) -> Any:
    """Bring a file, as the body of the request; a mapping is proposed, or that of `like` taken.

    Then look at `mapping`, change it where it is wrong, and start the import.
    """
    if request.content_type != FILE:
        raise ProblemError("media-type", got=request.content_type, expected=FILE)
    actor = actor_of(request)
    like = find_import(ledger().database, asked.like).mapping if asked.like else ""
    number = keep_upload(ledger(), streamed(request), asked.name, actor=actor, mapping=like)
    try:
        if not like:
            _propose(number, actor)
    except Exception:
        drop_upload(ledger(), number, actor=actor)
        raise
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
    map_upload(ledger(), number, sent.mapping, actor=actor, was=sent.was)
    return _upload(find_upload(ledger(), number, actor=actor))


@router.post("/uploads/{number}/proposal", response=UploadOut)
@allowed("import_file")
def propose_mapping(request: HttpRequest, number: Number, wanted: Proposal) -> Any:
    """Let a mapping be proposed anew, for rows of another sort."""
    actor = actor_of(request)
    _propose(number, actor, wanted.record)
    return _upload(find_upload(ledger(), number, actor=actor))


@router.get("/uploads/{number}/preview", response=Look)
@allowed("import_file")
def preview_upload(request: HttpRequest, number: Number) -> Any:
    """What the first rows of a file become, and which columns it has; nothing is stored."""
    upload = find_upload(ledger(), number, actor=actor_of(request))
    mapping = parse_mapping(upload.mapping)
    trial = try_mapping(upload.path, mapping, ledger().settings)
    return {
        "columns": peek(upload.path, mapping.file),
        "rows": as_rows(trial.made.slice(0, _SHOWN)),
        "rejected": [_rejected(row) for row in trial.rejected[:_SHOWN]],
        **{name: getattr(trial, name) for name in ("read", "aside", "notes")},
    }


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


def _propose(number: int, actor: Actor, record: str = "interactions") -> None:
    proposed = suggest(find_upload(ledger(), number, actor=actor).path, record)
    map_upload(ledger(), number, proposed.text, actor=actor)


def _rejected(row: Rejection) -> dict[str, Any]:
    return {name: getattr(row, name) for name in RejectedOut.model_fields}


def _upload(one: Upload) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in UploadOut.model_fields}
    names = ("line", "reason", "field", "got", "expected")
    examples = [{name: getattr(row, name) for name in names} for row in one.examples]
    return {**told, "examples": examples}
