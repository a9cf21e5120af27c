"""Customers: finding them, what we know of one, putting them in, consents, a copy."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.customers.api import (
    TIMELINE_COLUMNS,
    find_customers,
    publish,
    put_customers,
    record_consent,
    segments_of,
    timeline,
)
from rapport.privacy.api import export_customer
from rapport.web.access import actor_of, allowed
from rapport.web.contract.formats import MORE_FORMATS, wanted_format
from rapport.web.contract.paging import read_cursor
from rapport.web.contract.shape import Body, Done, Moment, PageOfRows, shown
from rapport.web.contract.sheets import MOST_ROWS, Report, put_in
from rapport.web.contract.tables import MOST, ORDER, Place, page, rows_asked
from rapport.web.filterbar import scope
from rapport.web.hidden import refuse_hidden_in_rows, seen_in_rows
from rapport.web.pages.customers.person import person_of
from rapport.web.store import ledger

router = Router(tags=["customers"])

# What an identifier, a trait or a consent is called; and a number that no JSON reader cuts.
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
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
        segments=["gold"],
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
    segments: list[str] = Field([])


class Consent(Body):
    """What a customer says about one use of their data."""

    model_config = shown(scope="newsletter", status="granted", source="phone")

    scope: str
    status: Literal["granted", "denied", "revoked"]
    at: Moment | None = None
    source: str = ""
    text_version: str = ""


class CustomerIn(Body):
    """A customer; what is left out stays as it is, and nothing here takes anything away.

    `consent_at`, `consent_source` and `consent_text_version` are those of `consents`.
    """

    key: str
    account: str | None = None
    account_name: str | None = None
    account_kind: str | None = None
    unit: str | None = None
    first_known: Moment | None = None
    identifiers: dict[Name, str] = Field({})
    traits: dict[Name, str | bool | Whole | float] = Field({})
    consents: dict[Name, str] = Field({})
    consent_at: Moment | None = None
    consent_source: str | None = None
    consent_text_version: str | None = None

    def cells(self) -> dict[str, Any]:
        """As a row of a sheet of customers."""
        said = {name: value for name, value in self if not isinstance(value, dict)}
        for family in ("identifier", "trait", "consent"):
            of_family = getattr(self, f"{family}s").items()
            said |= {f"{family}:{name}": value for name, value in of_family}
        return said


class CustomerRows(Body):
    """Customers to put in."""

    model_config = shown(
        rows=[
            {
                "key": "C-000008",
                "account": "A-7",
                "identifiers": {"email": "ana@x.example"},
                "traits": {"language": "nl", "tier": "gold"},
                "consents": {"newsletter": "granted"},
            }
        ]
    )

    rows: list[CustomerIn] = Field(max_length=MOST_ROWS)


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


@router.put("/customers", response=Report)
@allowed("put_customers")
def change_customers(request: HttpRequest, sent: CustomerRows) -> Any:
    """Put customers in: new ones are made, known ones changed, none removed."""
    report = put_in(request, put_customers, [row.cells() for row in sent.rows])
    publish(ledger())
    return report


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


@router.get("/customers/{path:key}", response=Customer)
@allowed("see_customers")
def one_customer(request: HttpRequest, key: str) -> Any:
    """What we know about a customer, by key, former key or identifier (`email:ana@x.example`)."""
    person = person_of(request, key)
    with ledger().read() as snapshot:
        told = {"key": person.key, "title": person.title}
        inside = segments_of(snapshot, person.key)
    if person.profile is None:
        return {**told, "segments": inside}
    known = person.profile
    names = ("account", "account_name", "unit", "first_known", "consents", "consent_history")
    return {
        **{name: getattr(known, name) for name in names},
        **told,
        "segments": inside,
        "traits": dict(known.traits),
        "identifiers": [
            f"{space}:{value}" if space else value for space, value in known.identifiers
        ],
        "also_known_as": list(known.also_known_as),
        "merges": list(known.merges),
    }
