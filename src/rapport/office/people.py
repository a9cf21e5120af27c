"""People who sign in: listed, changed, shut out.

Invariants: there is always an owner who can sign in; of two who change one person at once, the
second is told.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rapport.kernel.errors import ChangedError, ForbiddenError, InputError, NotFoundError
from rapport.office.actors import Actor
from rapport.office.audit import Act, write_line
from rapport.office.permission import require
from rapport.office.sight import require_unit, sees_unit
from rapport.office.tables import as_moment, one_transaction, query
from rapport.office.users import check_grant, checked_address

OWNER = "owner"
_MEMBERS = """
    SELECT u.id, u.email, u.name, u.is_active, u.made_at, u.last_login, u.version, g.role,
           g.unit_id,
           EXISTS (SELECT 1 FROM mfa_authenticator m WHERE m.user_id = u.id AND m.type <> %s)
    FROM office_user u LEFT JOIN office_grant g ON g.user_id = u.id
"""
_OTHER_OWNERS = """
    SELECT count(*) FROM office_user u JOIN office_grant g ON g.user_id = u.id
    WHERE g.role = 'owner' AND g.unit_id IS NULL AND u.is_active = %s AND u.id <> %s
"""
# Written, though unchanged: on PostgreSQL two owners who remove each other take turns.
_HOLD_OWNERS = """
    UPDATE office_user SET version = version
    WHERE id IN (SELECT user_id FROM office_grant WHERE role = 'owner')
"""
_STEP = """
    UPDATE office_user SET version = version + 1 WHERE id = %s AND version = %s RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who has an account.

    Attributes:
        number: of the account.
        email, name: as they sign in and are greeted.
        role, unit: what they may do, and where (everywhere where None).
        is_active: whether they can sign in.
        made_at, last_login: UTC.
        version: to hand back with a change.
        second_factor: whether a password alone does not let them in.
    """

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


def members(actor: Actor | None = None) -> list[Member]:
    """Everybody with an account whom the actor sees, those who may sign in first, by name."""
    rows = query(f"{_MEMBERS} ORDER BY u.is_active DESC, lower(u.name), u.email", "recovery_codes")
    found = _once(rows)
    return found if actor is None else [one for one in found if sees_unit(actor, one.unit)]


def member(number: int, actor: Actor | None = None) -> Member:
    """One account.

    Raises:
        NotFoundError: there is none of that number, or the actor does not see it.
    """
    found = _once(query(f"{_MEMBERS} WHERE u.id = %s", "recovery_codes", number))
    if not found or (actor is not None and not sees_unit(actor, found[0].unit)):
        raise NotFoundError(f"There is no person {number}")
    return found[0]


def member_named(email: str) -> Member:
    """The account of an address.

    Raises:
        NotFoundError: nobody signs in with it.
    """
    address = checked_address(email)
    found = _once(query(f"{_MEMBERS} WHERE u.email = %s", "recovery_codes", address))
    if not found:
        raise NotFoundError(f"Nobody signs in as {address}", hint="See `rapport user list`.")
    return found[0]


def change_user(
    number: int, *, version: int, role: str, unit: str | None, name: str, actor: Actor
) -> None:
    """Give somebody another role, unit or name; it holds from their next request.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such account.
        ChangedError: somebody else changed the person meanwhile.
        InputError: no such role or unit, or nobody would own the store any more.
    """
    require(actor, "change_user")
    check_grant(role, unit)
    require_unit(actor, unit)
    with one_transaction():
        member(number, actor)
        _step(number, version)
        if role != OWNER or unit is not None:
            _keep_an_owner(number)
        query("UPDATE office_user SET name = %s WHERE id = %s", name.strip(), number)
        query("DELETE FROM office_grant WHERE user_id = %s", number)
        query(
            "INSERT INTO office_grant (user_id, role, unit_id) VALUES (%s, %s, %s)",
            *(number, role, unit),
        )
        write_line(actor, Act("change_user", "user", str(number), {"role": role}))


def deactivate_user(number: int, *, actor: Actor, version: int | None = None) -> None:
    """Shut somebody out: sessions and tokens of theirs open nothing from the next request on.

    Raises:
        ForbiddenError, NotFoundError, ChangedError: as of `change_user`.
        InputError: nobody would own the store any more.
    """
    require(actor, "change_user")
    with one_transaction():
        found = member(number, actor)
        _step(number, found.version if version is None else version)
        _keep_an_owner(number)
        query(
            "UPDATE office_user SET is_active = %s, signed_out = signed_out + 1 WHERE id = %s",
            *(False, number),
        )
        write_line(actor, Act("deactivate_user", "user", str(number)))


def activate_user(number: int, *, actor: Actor, version: int | None = None) -> None:
    """Let somebody in again who was shut out.

    Raises:
        ForbiddenError, NotFoundError, ChangedError: as of `change_user`.
    """
    require(actor, "change_user")
    with one_transaction():
        found = member(number, actor)
        _step(number, found.version if version is None else version)
        query("UPDATE office_user SET is_active = %s WHERE id = %s", True, number)
        write_line(actor, Act("activate_user", "user", str(number)))


def sign_out_everywhere(number: int, *, actor: Actor) -> None:
    """End all sessions of somebody: one's own, or another's by whoever may change people.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such account.
    """
    require(actor, "change_own_account" if actor.id == f"user:{number}" else "change_user")
    with one_transaction():
        if actor.id != f"user:{number}":
            member(number, actor)
        query("UPDATE office_user SET signed_out = signed_out + 1 WHERE id = %s", number)
        write_line(actor, Act("sign_out_everywhere", "user", str(number)))


def remove_second_factor(number: int, *, actor: Actor) -> None:
    """Let somebody in by password alone, who has lost their second factor and recovery codes.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such account.
    """
    require(actor, "change_user")
    with one_transaction():
        member(number, actor)
        query("DELETE FROM mfa_authenticator WHERE user_id = %s", number)
        write_line(actor, Act("remove_second_factor", "user", str(number)))


def note_link(number: int, *, actor: Actor) -> Member:
    """Ask for leave to make a link by which somebody sets their password, and note it.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such account.
        InputError: the account is shut.
    """
    require(actor, "change_user")
    found = member(number, actor)
    if not found.is_active:
        raise InputError("This account is shut", hint="Let the person in again first.")
    with one_transaction():
        write_line(actor, Act("link_user", "user", str(number)))
    return found


def change_own_account(
    number: int, *, name: str, language: str, zone: str, scheme: str, actor: Actor
) -> None:
    """Change how one is greeted, and how pages are shown to oneself.

    Raises:
        ForbiddenError: it is another's account.
    """
    require(actor, "change_own_account")
    if actor.id != f"user:{number}":
        raise ForbiddenError(f"{actor.id} may not change another's account")
    with one_transaction():
        query(
            "UPDATE office_user SET name = %s, language = %s, zone = %s, scheme = %s WHERE id = %s",
            *(name.strip(), language, zone, scheme, number),
        )
        write_line(actor, Act("change_own_account", "user", str(number)))


def _step(number: int, version: int) -> None:
    query(_HOLD_OWNERS)
    if query(_STEP, number, version):
        return
    member(number)
    raise ChangedError(
        "Somebody else changed this person meanwhile",
        hint="Look at what is there now, and change it again if it is still needed.",
    )


def _keep_an_owner(number: int) -> None:
    """Refuse to take the store away from its last owner."""
    changed = member(number)
    if changed.role != OWNER or not changed.is_active:
        return
    if query(_OTHER_OWNERS, True, number)[0][0] == 0:
        raise InputError(
            "This is the last owner: without one nobody could let people in",
            hint="Make somebody else an owner first.",
        )


def _once(rows: list[Any]) -> list[Member]:
    """One member for each account, also where one has several grants: the first counts."""
    found: dict[int, Member] = {}
    for number, email, name, active, made, login, version, role, unit, second in rows:
        found.setdefault(
            number,
            Member(
                *(number, email, name, role or "", unit, bool(active), as_moment(made)),
                *(as_moment(login), version, bool(second)),
            ),
        )
    return list(found.values())
