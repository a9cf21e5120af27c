"""Tokens: by which programs of a user's come to the API, within the scopes they were made with.

What a token may do is never more than what its user may do at the moment: scopes narrow the roles,
they add nothing. Only a hash of the secret is kept.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from rapport.kernel.errors import InputError, NotFoundError, did_you_mean
from rapport.office.actors import Actor
from rapport.office.audit import Act, write_line
from rapport.office.permission import SIGHTS, VERBS, permits, require
from rapport.office.secret import digest_of
from rapport.office.tables import as_moment, as_stored, one_transaction, query
from rapport.office.users import actor_of_user

# What a secret begins with, so that people and scanners recognise one that leaked.
TOKEN_PREFIX = "rapport_api_"  # noqa: S105  # no secret
_SECRET_BYTES = 32
_LONGEST_NAME = 100
_LONGEST_DAYS = 3 * 365

_ADD = """
    INSERT INTO office_token
        (user_id, name, digest, scopes, made_at, expires_at, last_used, revoked_at)
    VALUES (%s, %s, %s, %s, %s, %s, NULL, NULL) RETURNING id
"""
_COLUMNS = """
    SELECT t.id, t.user_id, u.email, t.name, t.scopes, t.made_at, t.expires_at, t.last_used,
        t.revoked_at
    FROM office_token t JOIN office_user u ON u.id = t.user_id
"""
_LIVE = _COLUMNS + " WHERE t.digest = %s AND t.revoked_at IS NULL AND u.is_active = %s"
_USED = "UPDATE office_token SET last_used = %s WHERE id = %s"
_REVOKE = "UPDATE office_token SET revoked_at = %s WHERE id = %s"
_SAME_NAME = "SELECT 1 FROM office_token WHERE user_id = %s AND name = %s AND revoked_at IS NULL"
_USER = "SELECT id FROM office_user WHERE email = %s AND is_active = %s"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is listed; what opens the API is not kept.

    Attributes:
        number: of the token.
        user: number of whom it acts for.
        email: the address they sign in with.
        name: what it was made for.
        scopes: verbs and sights, sorted; they count as far as the user has them.
        made_at, revoked_at: UTC.
        expires_at: UTC; None for never.
        last_used: day, UTC; None for not yet.
    """

    number: int
    user: int
    email: str
    name: str
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime | None
    last_used: date | None
    revoked_at: datetime | None


def add_token(
    name: str,
    scopes: Collection[str],
    *,
    actor: Actor,
    email: str | None = None,
    days: int | None = None,
) -> str:
    """Make a token; gives its secret, which is kept nowhere.

    Args:
        name: what it is for; no two tokens in use of one user have the same.
        scopes: verbs and sights that it opens; the actor and the user must have them.
        actor: who makes it.
        email: whom it acts for; the actor themselves when not said.
        days: after so many it opens nothing; None for never.

    Raises:
        ForbiddenError: the actor may not, or may not make one for somebody else.
        NotFoundError: nobody signs in with that address.
        InputError: the name, a scope or the days cannot be.
    """
    require(actor, "add_token")
    number = _own(actor) if email is None else _other(email, actor)
    wanted = _checked_scopes(scopes, actor, actor_of_user(number))
    _check_name(name)
    now = datetime.now(UTC)
    until = None if days is None else as_stored(now + timedelta(_checked_days(days)))
    secret = TOKEN_PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    with one_transaction():
        if query(_SAME_NAME, number, name):
            raise InputError(f"There is a token {name!r} already", hint="Name another.")
        values = (number, name, digest_of(secret), wanted, as_stored(now), until)
        made = int(query(_ADD, *values)[0][0])
        write_line(actor, Act("add_token", "token", str(made), {"for": f"user:{number}"}))
    return secret


def revoke_token(number: int, *, actor: Actor) -> None:
    """Let a token open nothing from now on: one's own, or anybody's for who may change users.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such token, or it is somebody else's.
        InputError: it was revoked before.
    """
    require(actor, "revoke_token")
    with one_transaction():
        token = next((one for one in tokens(actor, of_all=True) if one.number == number), None)
        if token is None:
            raise NotFoundError(f"There is no token {number}", hint="List them first.")
        if token.revoked_at is not None:
            raise InputError(f"The token {token.name!r} was revoked before")
        query(_REVOKE, as_stored(datetime.now(UTC)), number)
        write_line(actor, Act("revoke_token", "token", str(number)))


def tokens(actor: Actor, *, of_all: bool = False) -> list[Token]:
    """The actor's own tokens, newest first, revoked ones too.

    Args:
        of_all: everybody's, where the actor may change users.
    """
    if of_all and permits(actor, "change_user"):
        return [_token(row) for row in query(_COLUMNS + " ORDER BY t.id DESC")]
    if not actor.id.startswith("user:"):
        return []
    rows = query(_COLUMNS + " WHERE t.user_id = %s ORDER BY t.id DESC", _own(actor))
    return [_token(row) for row in rows]


def scopes_of(actor: Actor) -> list[str]:
    """The sights and verbs that a token made by the actor can have, sights first."""
    return [
        *sorted(sight for sight in SIGHTS if permits(actor, sight)),
        *sorted(verb for verb in VERBS if permits(actor, verb)),
    ]


def actor_of_token(secret: str) -> Actor | None:
    """Whoever a secret acts for, within its scopes; None where it opens nothing.

    That is so for unknown, revoked and expired tokens and those of users who are not active.
    The day of use is noted, once a day.
    """
    if not secret.startswith(TOKEN_PREFIX):
        return None
    found = query(_LIVE, digest_of(secret), True)
    if not found:
        return None
    token, now = _token(found[0]), datetime.now(UTC)
    if token.expires_at is not None and token.expires_at <= now:
        return None
    if token.last_used != now.date():
        query(_USED, now.date().isoformat(), token.number)
    return replace(actor_of_user(token.user), scopes=frozenset(token.scopes))


def _own(actor: Actor) -> int:
    kind, _, number = actor.id.partition(":")
    if kind != "user":
        raise InputError("For whom? A token acts for a user", hint="Name their e-mail address.")
    return int(number)


def _other(email: str, actor: Actor) -> int:
    require(actor, "change_user")
    found = query(_USER, email.strip().lower(), True)
    if not found:
        raise NotFoundError(f"Nobody signs in with {email!r}")
    return int(found[0][0])


def _checked_scopes(scopes: Collection[str], actor: Actor, user: Actor) -> str:
    """The scopes as they are kept."""
    wanted = sorted(set(scopes))
    if not wanted:
        raise InputError("A token without a scope opens nothing", hint="Choose one or more.")
    able = [scope for scope in scopes_of(user) if permits(actor, scope)]
    for scope in wanted:
        if scope not in able:
            raise InputError(
                f"A token cannot have the scope {scope!r} here", hint=did_you_mean(scope, able)
            )
    return msgspec.json.encode(wanted).decode()


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise InputError(
            "A token is named after the program that uses it",
            got=name[:_LONGEST_NAME],
            expected=f"1 to {_LONGEST_NAME} printable characters",
        )


def _checked_days(days: int) -> int:
    if not 1 <= days <= _LONGEST_DAYS:
        raise InputError(
            "A token is for some days", got=days, expected=f"1 to {_LONGEST_DAYS}, or for ever"
        )
    return days


def _token(row: Any) -> Token:
    number, user, email, name, scopes, made, expires, used, revoked = row
    return Token(
        number,
        user,
        email,
        name,
        tuple(msgspec.json.decode(scopes)),
        as_moment(made),
        as_moment(expires),
        None if used is None else date.fromisoformat(str(used)),
        as_moment(revoked),
    )
