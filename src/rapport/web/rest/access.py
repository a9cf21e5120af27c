"""What comes in: programs by their tokens, systems by their tracking keys."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from rapport.kernel.errors import NotFoundError
from rapport.ledger.api import rejected_events
from rapport.listening.api import add_tracking_key, revoke_tracking_key, tracking_keys
from rapport.office.api import add_token, revoke_token, tokens
from rapport.web.access import actor_of, allowed
from rapport.web.contract.shape import Body, Done, Number, shown
from rapport.web.rest.imports import RejectedOut
from rapport.web.store import ledger

router = Router(tags=["people and programs"])

_MOST_REJECTED = 1000


class TokenOut(Schema):
    """A token; what opens the API is not kept."""

    model_config = shown(
        number=1,
        user=1,
        email="ana@x.example",
        name="weekly report",
        scopes=["see_figures"],
        made_at="2026-11-01T10:00:00Z",
        expires_at=None,
        last_used="2026-11-02",
        revoked_at=None,
    )

    number: int
    user: int
    email: str
    name: str
    scopes: list[str]
    made_at: datetime
    expires_at: datetime | None
    last_used: date | None
    revoked_at: datetime | None


class Tokens(Schema):
    """Tokens, newest first, revoked ones too."""

    tokens: list[TokenOut]


class TokenIn(Body):
    """A new token of one's own."""

    model_config = shown(name="weekly report", scopes=["see_figures"], days=90)

    name: str
    scopes: list[str]
    days: int | None = Field(None, ge=1, le=1095)


class Secret(Schema):
    """A secret, which is shown this once only."""

    model_config = shown(secret="rapport_...")  # noqa: S106  # no secret

    secret: str


class KeyOut(Schema):
    """A tracking key; its name is the source of what it sends."""

    model_config = shown(name="shop", made_at="2026-11-01T10:00:00Z", revoked_at=None)

    name: str
    made_at: datetime
    revoked_at: datetime | None


class Keys(Schema):
    """Tracking keys by name, revoked ones too."""

    keys: list[KeyOut]


class KeyIn(Body):
    """A new tracking key, named after the system that sends."""

    model_config = shown(name="shop")

    name: str


class RejectedEvent(RejectedOut):
    """Something a system sent that was not stored, and why."""

    model_config = shown(
        at="2026-11-01T10:00:00Z",
        line=1,
        reason="not_a_number",
        field="score",
        got="ten",
        expected="a number",
        raw='{"score": "ten"}',
    )

    at: datetime


class RejectedEvents(Schema):
    """What was not stored, newest first, 1000 at most."""

    rows: list[RejectedEvent]


@router.get("/tokens", response=Tokens)
@allowed("add_token")
def list_tokens(request: HttpRequest) -> Any:
    """Your tokens; everybody's for who may change people."""
    return {"tokens": [asdict(one) for one in tokens(actor_of(request), of_all=True)]}


@router.post("/tokens", response=Secret)
@allowed("add_token")
def make_token(request: HttpRequest, response: HttpResponse, token: TokenIn) -> Any:
    """Make a token of your own, with no more than this token or session opens."""
    response.shown_once = True  # type: ignore[attr-defined]
    given = token.dict()
    return {
        "secret": add_token(
            given.pop("name"), given.pop("scopes"), actor=actor_of(request), **given
        )
    }


@router.delete("/tokens/{number}", response=Done)
@allowed("revoke_token")
def end_token(request: HttpRequest, number: Number) -> Any:
    """Let a token open nothing from now on."""
    revoke_token(number, actor=actor_of(request))
    return Done()


@router.get("/tracking-keys", response=Keys)
@allowed("add_tracking_key")
def list_tracking_keys(request: HttpRequest) -> Any:  # noqa: ARG001
    """The keys by which systems send events to /v1/batch."""
    return {"keys": tracking_keys()}


@router.post("/tracking-keys", response=Secret)
@allowed("add_tracking_key")
def make_tracking_key(request: HttpRequest, response: HttpResponse, key: KeyIn) -> Any:
    """Make a tracking key."""
    response.shown_once = True  # type: ignore[attr-defined]
    return {"secret": add_tracking_key(key.name, actor=actor_of(request))}


@router.delete("/tracking-keys/{path:name}", response=Done)
@allowed("revoke_tracking_key")
def end_tracking_key(request: HttpRequest, name: str) -> Any:
    """Let a tracking key open nothing from now on; what it brought stays."""
    revoke_tracking_key(name, actor=actor_of(request))
    return Done()


@router.get("/tracking-keys/{path:name}/rejected", response=RejectedEvents)
@allowed("add_tracking_key")
def list_rejected_events(request: HttpRequest, name: str) -> Any:  # noqa: ARG001
    """What a system sent that could not be stored, to see what to mend in it."""
    if name not in {key.name for key in tracking_keys()}:
        raise NotFoundError(f"There is no tracking key {name!r}")
    names = RejectedOut.model_fields
    return {
        "rows": [
            {"at": at, **{part: getattr(row, part) for part in names}}
            for at, row in rejected_events(ledger().database, name, _MOST_REJECTED)
        ]
    }
