"""People who sign in, and those who are invited to."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from rapport.office.api import (
    activate_user,
    change_user,
    deactivate_user,
    invite_user,
    member,
    members,
    note_link,
    open_invitations,
    remove_second_factor,
    sign_out_everywhere,
    withdraw_invitation,
)
from rapport.web.access import actor_of, allowed
from rapport.web.contract.shape import Body, Done, Line, Number, Version, shown
from rapport.web.inviting import send_invitation
from rapport.web.links import invitation_link, origin_of, password_link

router = Router(tags=["people and programs"])


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

    version: Version
    role: Line
    unit: Line | None
    name: Line


class State(Body):
    """Whether somebody may sign in."""

    model_config = shown(version=1, is_active=False)

    version: Version
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

    email: Line
    role: Line
    unit: Line | None = None


class Link(Schema):
    """A link that opens once, which is shown this once only."""

    model_config = shown(link="https://cx.example/invitation/...")

    link: str


class SentLink(Link):
    """The link of an invitation; `sent` where it went by mail too."""

    model_config = shown(link="https://cx.example/invitation/...", sent=False)

    sent: bool


@router.get("/users", response=Users)
@allowed("see_users")
def list_users(request: HttpRequest) -> Any:
    """Who has an account, and what they may do."""
    return {"users": members(actor_of(request))}


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


@router.get("/users/{number}", response=UserOut)
@allowed("change_user")
def one_user(request: HttpRequest, number: Number) -> Any:
    """Somebody who has an account, and the version to hand back with a change."""
    return member(number, actor_of(request))


@router.post("/users/{number}/sign-out", response=Done)
@allowed("change_user")
def sign_user_out(request: HttpRequest, number: Number) -> Any:
    """End every session of somebody; their password and their tokens open as before."""
    sign_out_everywhere(member(number).number, actor=actor_of(request))
    return Done()


@router.delete("/users/{number}/second-factor", response=UserOut)
@allowed("change_user")
def drop_second_factor(request: HttpRequest, number: Number) -> Any:
    """Let somebody in by password alone who has lost their second factor."""
    remove_second_factor(number, actor=actor_of(request))
    return member(number)


@router.post("/users/{number}/password-link", response=Link)
@allowed("change_user")
def link_user(request: HttpRequest, response: HttpResponse, number: Number) -> Any:
    """A link by which somebody sets their password, once, to hand over to them."""
    response.shown_once = True  # type: ignore[attr-defined]
    note_link(number, actor=actor_of(request))
    return {"link": password_link(number, origin_of(request))}


@router.get("/invitations", response=Invitations)
@allowed("invite_user")
def list_invitations(request: HttpRequest) -> Any:
    """Who is invited and has not come yet."""
    return {"invitations": open_invitations(actor_of(request))}


@router.post("/invitations", response=SentLink)
@allowed("invite_user")
def invite(request: HttpRequest, response: HttpResponse, whom: InvitationIn) -> Any:
    """Invite somebody: give them the link, which makes their account, once, within seven days."""
    response.shown_once = True  # type: ignore[attr-defined]
    secret = invite_user(whom.email, whom.role, unit=whom.unit, actor=actor_of(request))
    link = invitation_link(secret, origin_of(request))
    return {"link": link, "sent": send_invitation(whom.email, link)}


@router.delete("/invitations/{number}", response=Done)
@allowed("invite_user")
def withdraw(request: HttpRequest, number: Number) -> Any:
    """Let the link of an invitation open nothing any more."""
    withdraw_invitation(number, actor=actor_of(request))
    return Done()
