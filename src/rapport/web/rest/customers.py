"""Customers: finding them, what we know of one, merging, consents, a copy, erasure."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.customers.api import (
    TIMELINE_COLUMNS,
    find_customers,
    has_interactions,
    merge_customers,
    publish,
    record_consent,
    split_customers,
    timeline,
)
from rapport.kernel.errors import NotFoundError
from rapport.privacy.api import export_customer
from rapport.web.access import actor_of, allowed
from rapport.web.contract.formats import MORE_FORMATS, wanted_format
from rapport.web.contract.paging import read_cursor
from rapport.web.contract.shape import Body, Done, Moment, Number, PageOfRows, shown
from rapport.web.contract.tables import MOST, ORDER, Place, page, rows_asked
from rapport.web.filterbar import scope
from rapport.web.hidden import refuse_hidden_in_rows, seen_in_rows
from rapport.web.pages.customers.person import person_of
from rapport.web.store import ledger

router = Router(tags=["customers"])

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST, _EARLIEST = 253402300799 * 10**6, -62135596800 * 10**6
_ZIP: dict[str, Any] = {
    "responses": {
        200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
    }
}


class CustomerLine(Schema):
    """A customer in short."""

    model_config = shown(
        key="C-000008",
        title="Ana Brandt",
        about="Utrecht",
        interactions=168,
        last_at="2026-10-29T10:15:00Z",
    )

    key: str
    title: str
    about: str
    interactions: int
    last_at: datetime | None


class Customers(Schema):
    """Customers that were found, the best first."""

    customers: list[CustomerLine]


class ConsentOut(Schema):
    """What a customer said about one use of their data, and when."""

    scope: str
    status: str
    at: datetime
    source: str
    text_version: str


class MergeOut(Schema):
    """A merge that touches a customer: `merged` is read as `kept` until it is undone."""

    id: int
    kept: str
    merged: str
    at: datetime
    undone_at: datetime | None


class Customer(Schema):
    """What we know about a customer; all but the key is empty for who is known by deeds only."""

    model_config = shown(
        key="C-000008",
        title="Ana Brandt",
        account=None,
        account_name=None,
        unit="region-nl-east",
        first_known="2024-11-03T09:00:00Z",
        traits={"language": "nl"},
        identifiers=["email:ana@x.example"],
        consents={"newsletter": "granted"},
        consent_history=[],
        also_known_as=[],
        merges=[],
    )

    key: str
    title: str
    account: str | None = None
    account_name: str | None = None
    unit: str | None = None
    first_known: datetime | None = None
    traits: dict[str, Any] = Field({})
    identifiers: list[str] = Field([])
    consents: dict[str, str] = Field({})
    consent_history: list[ConsentOut] = Field([])
    also_known_as: list[str] = Field([])
    merges: list[MergeOut] = Field([])


class Merge(Body):
    """Two customers who are one person."""

    model_config = shown(kept="C-000008", merged="C-000384")

    kept: str = Field(description="Key or identifier; they are called so from then on.")
    merged: str = Field(description="Key or identifier.")


class Merged(Schema):
    """A merge; its number takes it back."""

    model_config = shown(number=1)

    number: int


class Consent(Body):
    """What a customer says about one use of their data."""

    model_config = shown(scope="newsletter", status="granted", source="phone")

    scope: str
    status: Literal["granted", "denied", "revoked"]
    at: Moment | None = None
    source: str = ""
    text_version: str = ""


class Search(Schema):
    """Whom to find."""

    q: str = Field("", max_length=200, description="Words of a name, key, address or trait.")
    by: Literal["latest", "active"] = Field("latest", description="The order without words.")
    limit: int = Field(50, ge=1, le=200, description="At most so many.")


class AskedRows(Schema):
    """Which of a customer's interactions."""

    where: list[str] = Field([], description="A filter, such as `channel = web`; all must hold.")
    limit: int = Field(100, ge=1, le=MOST, description="Rows of a page; at most 1000 as JSON.")
    cursor: str | None = Field(None, description="`next` of the page before.")


@router.get("/customers", response=Customers)
@allowed("see_customers")
def search_customers(request: HttpRequest, asked: Query[Search]) -> Any:
    """Customers by whatever one knows of them; misspelt words are forgiven."""
    units = actor_of(request).units
    found = find_customers(ledger(), asked.q, units=units, most=asked.limit, by=asked.by)
    return {"customers": found}


@router.get("/customers/{path:key}/timeline", response=PageOfRows, openapi_extra=MORE_FORMATS)
@allowed("see_customers")
def customer_timeline(request: HttpRequest, key: str, asked: Query[AskedRows]) -> Any:
    """A customer's interactions, newest first, page by page."""
    form, count = wanted_format(request), rows_asked(wanted_format(request), asked.limit)
    refuse_hidden_in_rows(actor_of(request), where=asked.where)
    columns = seen_in_rows(actor_of(request), TIMELINE_COLUMNS)
    person = person_of(request, key)
    before, mark = None, b""
    if asked.cursor is not None:
        place = read_cursor(request, asked.cursor, Place)
        before, mark = _moment(place.t), bytes.fromhex(place.id)
    with ledger().read() as snapshot:
        table = timeline(
            snapshot,
            person.key,
            conditions=[*asked.where, *scope(request)],
            columns=(*columns, *(name for name in ORDER if name not in columns)),
            limit=count,
            before=before,
            before_id=mark,
        )
    return page(request, form, table, count, list(columns))


def _moment(t: int) -> datetime:
    return _EPOCH + timedelta(microseconds=min(max(t, _EARLIEST), _LATEST))


@router.post("/customers/{path:key}/consents", response=Done)
@allowed("record_consent")
def add_consent(request: HttpRequest, key: str, consent: Consent) -> Any:
    """Take down what a customer says about a use of their data; the history stays."""
    person = person_of(request, key)
    record_consent(person.key, actor=actor_of(request), **consent.dict())
    return Done()


@router.post("/customers/{path:key}/export", openapi_extra=_ZIP)
@allowed("export_customer")
def export(request: HttpRequest, key: str) -> HttpResponse:
    """All we hold about a customer, as a zip to hand out."""
    person = person_of(request, key)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "copy.zip"
        export_customer(ledger(), person.key, file, actor=actor_of(request))
        return HttpResponse(file.read_bytes(), content_type="application/zip")


@router.delete("/customers/{path:key}/merges/{number}", response=Done)
@allowed("split_customers")
def split(request: HttpRequest, key: str, number: Number) -> Any:
    """Take a merge of a customer back: they are two again."""
    person = person_of(request, key)
    if person.profile is None or number not in {line.id for line in person.profile.merges}:
        raise NotFoundError(f"There is no merge {number} of this customer")
    split_customers(number, actor=actor_of(request))
    publish(ledger())
    return Done()


@router.get("/customers/{path:key}", response=Customer)
@allowed("see_customers")
def one_customer(request: HttpRequest, key: str) -> Any:
    """What we know about a customer, by key, former key or identifier (`email:ana@x.example`)."""
    person = person_of(request, key)
    if person.profile is None:
        return {"key": person.key, "title": person.title}
    known = person.profile
    names = ("account", "account_name", "unit", "first_known", "consents", "consent_history")
    return {
        **{name: getattr(known, name) for name in names},
        "key": person.key,
        "title": person.title,
        "traits": dict(known.traits),
        "identifiers": [
            f"{space}:{value}" if space else value for space, value in known.identifiers
        ],
        "also_known_as": list(known.also_known_as),
        "merges": list(known.merges),
    }


@router.post("/merges", response=Merged)
@allowed("merge_customers")
def merge(request: HttpRequest, two: Merge) -> Any:
    """Say that two customers are one person. History is not rewritten; it can be taken back."""
    keys = [person_of(request, name).key for name in (two.kept, two.merged)]
    with ledger().read() as snapshot:
        seen = [key for key in keys if has_interactions(snapshot, key)]
    number = merge_customers(*keys, actor=actor_of(request), seen=seen)
    publish(ledger())
    return {"number": number}
