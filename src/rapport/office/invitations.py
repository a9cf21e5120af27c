"""Invitations: whoever has the link makes their account with it, once, within seven days."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rapport.kernel.errors import InputError, NotFoundError
from rapport.office.actors import Actor
from rapport.office.audit import Act, write_line
from rapport.office.permission import require
from rapport.office.secret import digest_of
from rapport.office.sight import require_unit, sees_unit
from rapport.office.tables import as_moment, as_stored, one_transaction, query
from rapport.office.users import add_user, check_free, check_grant, checked_address

LASTS = timedelta(days=7)
_KEPT = timedelta(days=30)
_BYTES = 24
_COLUMNS = "id, email, role, unit_id, made_at, expires_at"
_OPEN = "accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > %s"
_ADD = """
    INSERT INTO office_invitation
        (email, role, unit_id, digest, made_by, made_at, expires_at, accepted_at, withdrawn_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, NULL, NULL) RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that is open: for whom, as what, until when (UTC)."""

    number: int
    email: str
    role: str
    unit: str | None
    made_at: datetime
    expires_at: datetime


def invite_user(email: str, role: str, *, actor: Actor, unit: str | None = None) -> str:
    """Invite somebody; gives the secret of their link, of which only a hash is kept.

    An older invitation of the same address is withdrawn.

    Raises:
        ForbiddenError: the actor may not.
        InputError: the address is none or has an account, or there is no such role or unit.
    """
    require(actor, "invite_user")
    address = checked_address(email)
    check_grant(role, unit)
    require_unit(actor, unit)
    secret, now = secrets.token_urlsafe(_BYTES), datetime.now(UTC)
    with one_transaction():
        check_free(address)
        query(
            f"UPDATE office_invitation SET withdrawn_at = %s WHERE email = %s AND {_OPEN}",
            *(as_stored(now), address, as_stored(now)),
        )
        values = (address, role, unit, digest_of(secret), actor.id)
        number = query(_ADD, *values, as_stored(now), as_stored(now + LASTS))[0][0]
        write_line(actor, Act("invite_user", "invitation", str(number), {"role": role}))
    return secret


def withdraw_invitation(number: int, *, actor: Actor) -> None:
    """Let the link of an invitation open nothing any more.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such open invitation, or the actor does not see it.
    """
    require(actor, "invite_user")
    now = as_stored(datetime.now(UTC))
    with one_transaction():
        if number not in {one.number for one in open_invitations(actor)}:
            raise NotFoundError("This invitation is not open any more")
        query("UPDATE office_invitation SET withdrawn_at = %s WHERE id = %s", now, number)
        write_line(actor, Act("withdraw_invitation", "invitation", str(number)))


def open_invitations(actor: Actor | None = None) -> list[Invitation]:
    """Those whose links still open, as far as the actor sees them, newest first."""
    found = _found("ORDER BY id DESC")
    return found if actor is None else [one for one in found if sees_unit(actor, one.unit)]


def invitation_of(secret: str) -> Invitation | None:
    """The open invitation of a link's secret; None where there is none (any more)."""
    return next(iter(_found("AND digest = %s", digest_of(secret))), None)


def invitation_for(email: str) -> Invitation | None:
    """The open invitation of an address; None where there is none (any more)."""
    return next(iter(_found("AND email = %s ORDER BY id DESC", email.strip().lower())), None)


def accept_invitation(invitation: Invitation, *, name: str, password: str | None) -> int:
    """Make the account that an invitation promises; the number of the user.

    Args:
        invitation: as `invitation_of` gave it to the bearer of the link, or `invitation_for` to
            somebody whose address another has verified.
        name: to greet them by.
        password: their first; None where they sign in by another way.

    Raises:
        InputError: it was used, withdrawn or outlived meanwhile.
    """
    now = as_stored(datetime.now(UTC))
    with one_transaction():
        if not query(
            f"UPDATE office_invitation SET accepted_at = %s WHERE id = %s AND {_OPEN} RETURNING id",
            *(now, invitation.number, now),
        ):
            raise InputError(
                "This invitation is not open any more", hint="Ask for another, or sign in."
            )
        return add_user(
            invitation.email,
            invitation.role,
            actor=Actor("invitation", frozenset({"owner"})),
            name=name.strip(),
            unit=invitation.unit,
            password=password,
        )


def forget_ended() -> int:
    """Remove sessions that ended, and invitations that ended a month ago; how many. Can be killed.

    Addresses of people who never came, and who was here when, are kept no longer than needed.
    """
    now = datetime.now(UTC)
    ended, long_ended = as_stored(now), as_stored(now - _KEPT)
    with one_transaction():
        gone = query(
            "DELETE FROM django_session WHERE expire_date < %s RETURNING session_key", ended
        )
        gone += query(
            "DELETE FROM office_invitation WHERE expires_at < %s RETURNING id", long_ended
        )
    return len(gone)


def _found(rest: str, *parameters: Any) -> list[Invitation]:
    rows = query(
        f"SELECT {_COLUMNS} FROM office_invitation WHERE {_OPEN} {rest}",
        *(as_stored(datetime.now(UTC)), *parameters),
    )
    return [
        Invitation(number, address, role, unit, as_moment(made), as_moment(expires))
        for number, address, role, unit, made, expires in rows
    ]
