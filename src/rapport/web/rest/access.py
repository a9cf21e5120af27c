"""Who comes in: tokens of programs, tracking keys of systems, people and invitations."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from rapport.listening.api import add_tracking_key, revoke_tracking_key, tracking_keys
from rapport.office.api import (
    activate_user,
    add_token,
    change_user,
    deactivate_user,
    invite_user,
    member,
    members,
    open_invitations,
    revoke_token,
    tokens,
    withdraw_invitation,
)
from rapport.web.access import actor_of, allowed
from rapport.web.contract.shape import Body, Done, Number, shown

router = Router(tags=["people and programs"])


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


class UserOut(Schema):
    """Somebody who has an account; hand `version` back with a change."""

    model_config = shown(
        number=2,
        email="ben@x.example",
        name="Ben",
        role="agent",
        unit=None,
        is_active=True,
        made_at="2026-11-01T10:00:00Z",
        last_login=None,
        version=0,
        second_factor=False,
    )

    number: int
    email: str
    name: str
    role: str
    unit: str | None
    is_active: bool
    made_at: datetime
    last_login: datetime | None
    version: int
    second_factor: bool


class Users(Schema):
    """Everybody with an account, those who may sign in first."""

    users: list[UserOut]


class UserIn(Body):
    """What somebody is to be from now on."""

    model_config = shown(version=0, role="agent", unit=None, name="Ben")

    version: int = Field(ge=0, le=2**31)
    role: str
    unit: str | None
    name: str = Field(max_length=255)


class State(Body):
    """Whether somebody may sign in."""

    model_config = shown(version=1, is_active=False)

    version: int = Field(ge=0, le=2**31)
    is_active: bool


class InvitationOut(Schema):
    """An open invitation."""

    model_config = shown(
        number=1,
        email="eve@x.example",
        role="analyst",
        unit=None,
        made_at="2026-11-01T10:00:00Z",
        expires_at="2026-11-08T10:00:00Z",
    )

    number: int
    email: str
    role: str
    unit: str | None
    made_at: datetime
    expires_at: datetime


class Invitations(Schema):
    """Invitations whose links still open, newest first."""

    invitations: list[InvitationOut]


class InvitationIn(Body):
    """Whom to invite, as what."""

    model_config = shown(email="eve@x.example", role="analyst", unit=None)

    email: str
    role: str
    unit: str | None = None


class Link(Schema):
    """The link of an invitation, which is shown this once only."""

    model_config = shown(link="https://cx.example/invitation/...")

    link: str


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


@router.get("/users", response=Users)
@allowed("see_users")
def list_users(request: HttpRequest) -> Any:  # noqa: ARG001
    """Who has an account, and what they may do."""
    return {"users": members()}


@router.put("/users/{number}", response=UserOut)
@allowed("change_user")
def alter_user(request: HttpRequest, number: Number, user: UserIn) -> Any:
    """Give somebody another role, unit or name; it holds from their next request."""
    change_user(number, actor=actor_of(request), **user.dict())
    return member(number)


@router.put("/users/{number}/state", response=UserOut)
@allowed("change_user")
def open_or_shut(request: HttpRequest, number: Number, state: State) -> Any:
    """Shut somebody out, or let them in again; their sessions and tokens end at once."""
    change = activate_user if state.is_active else deactivate_user
    change(number, version=state.version, actor=actor_of(request))
    return member(number)


@router.get("/invitations", response=Invitations)
@allowed("invite_user")
def list_invitations(request: HttpRequest) -> Any:  # noqa: ARG001
    """Who is invited and has not come yet."""
    return {"invitations": open_invitations()}


@router.post("/invitations", response=Link)
@allowed("invite_user")
def invite(request: HttpRequest, response: HttpResponse, whom: InvitationIn) -> Any:
    """Invite somebody: give them the link, which makes their account, once, within seven days."""
    response.shown_once = True  # type: ignore[attr-defined]
    secret = invite_user(whom.email, whom.role, unit=whom.unit, actor=actor_of(request))
    return {"link": request.build_absolute_uri(f"/invitation/{secret}")}


@router.delete("/invitations/{number}", response=Done)
@allowed("invite_user")
def withdraw(request: HttpRequest, number: Number) -> Any:
    """Let the link of an invitation open nothing any more."""
    withdraw_invitation(number, actor=actor_of(request))
    return Done()
