"""Who signs in: made, and what they may do by the roles they have."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.hashers import make_password

from rapport.kernel.errors import InputError, did_you_mean
from rapport.office.actors import Actor
from rapport.office.audit import Act, write_line
from rapport.office.cells import CellError, read_email
from rapport.office.permission import ROLES, permits, require
from rapport.office.tables import as_stored, one_transaction, query

GIVEN_ROLES = frozenset(ROLES) - {"system"}
# The demo's people sign in under a host that no mail can reach and nobody can own (RFC 2606).
DEMO_HOST = "demo.invalid"
_ADD = """
    INSERT INTO office_user
        (email, name, password, employee_id, language, zone, scheme, is_active, made_at, version,
         signed_out)
    VALUES (%s, %s, %s, %s, '', '', '', %s, %s, 0, 0) RETURNING id
"""
_GRANT = "INSERT INTO office_grant (user_id, role, unit_id) VALUES (%s, %s, %s)"
_DEMO = """
    SELECT u.email, u.name, g.role FROM office_user u JOIN office_grant g ON g.user_id = u.id
    WHERE u.email LIKE %s AND u.is_active = %s ORDER BY u.id
"""
_GRANTS = """
    SELECT g.role, g.unit_id FROM office_grant g JOIN office_user u ON u.id = g.user_id
    WHERE u.id = %s AND u.is_active = %s
"""
_ABLE = """
    SELECT DISTINCT u.id FROM office_user u JOIN office_grant g ON g.user_id = u.id
    WHERE u.is_active = %s AND g.role IN
"""


def add_user(
    email: str,
    role: str,
    *,
    actor: Actor,
    name: str = "",
    unit: str | None = None,
    employee: str | None = None,
    password: str | None = None,
) -> int:
    """Make somebody who can sign in; without a password they cannot until they have set one.

    Args:
        email: the name they sign in with.
        role: what they may do.
        actor: who makes them.
        name: to greet them by.
        unit: where they may do it, with the units below; everywhere when not said.
        employee: which of our people they are.
        password: their first one.

    Returns:
        The number of the user.

    Raises:
        ForbiddenError: the actor may not.
        InputError: the address is none or taken, or there is no such role or unit.
    """
    require(actor, "add_user")
    address = checked_address(email)
    check_grant(role, unit)
    with one_transaction():
        number = _made(address, name, password, employee)
        query(_GRANT, number, role, unit)
        write_line(actor, Act("add_user", "user", str(number), {"role": role}))
    return number


def _made(address: str, name: str, password: str | None, employee: str | None) -> int:
    check_free(address)
    now = as_stored(datetime.now(UTC))
    return int(query(_ADD, address, name, make_password(password), employee, True, now)[0][0])


def check_grant(role: str, unit: str | None) -> None:
    """Refuse a role or a unit that there is not.

    Raises:
        InputError: names the nearest there is.
    """
    if role not in GIVEN_ROLES:
        raise InputError(
            f"There is no role {role!r}",
            expected=", ".join(sorted(GIVEN_ROLES)),
            hint=did_you_mean(role, GIVEN_ROLES),
        )
    if unit is not None and not query("SELECT 1 FROM office_unit WHERE key = %s", unit):
        raise InputError(f"There is no business unit {unit!r}")


def check_free(address: str) -> None:
    """Refuse an address that somebody signs in with.

    Raises:
        InputError: says so.
    """
    if query("SELECT 1 FROM office_user WHERE email = %s", address):
        raise InputError("Somebody signs in with this address already", got=address)


@dataclass(frozen=True, slots=True)
class DemoUser:
    """One of the demo company's people."""

    email: str
    name: str
    role: str


def demo_users() -> list[DemoUser]:
    """The demo's people in the order they were made; nobody where there is no demo."""
    return [DemoUser(*row) for row in query(_DEMO, f"%@{DEMO_HOST}", True)]


def any_user() -> bool:
    """Whether anybody can sign in at all."""
    return bool(query("SELECT 1 FROM office_user LIMIT 1"))


def users_who_may(verb: str) -> frozenset[str]:
    """Ids, as of actors, of everybody who can sign in and may do the verb.

    Raises:
        InputError: there is no such verb.
    """
    able = [role for role in GIVEN_ROLES if permits(Actor("", frozenset({role})), verb)]
    places = ", ".join(["%s"] * len(able)) or "NULL"
    rows = query(f"{_ABLE} ({places})", True, *able)
    return frozenset(f"user:{number}" for (number,) in rows)


def actor_of_user(number: int) -> Actor:
    """The user as whoever acts: an opaque id, their roles, and the units they see.

    Somebody who was shut out has no role, by whatever way they ask.
    """
    grants = query(_GRANTS, number, True)
    roles = frozenset(role for role, _ in grants)
    units = None if any(unit is None for _, unit in grants) else _below(u for _, u in grants)
    return Actor(f"user:{number}", roles, units)


def _below(units: Iterable[str]) -> frozenset[str]:
    """These units and all below them."""
    children: dict[str | None, list[str]] = {}
    for key, parent in query("SELECT key, parent_id FROM office_unit"):
        children.setdefault(parent, []).append(key)
    found: set[str] = set()
    open_ends = list(units)
    while open_ends:
        unit = open_ends.pop()
        if unit not in found:
            found.add(unit)
            open_ends += children.get(unit, [])
    return frozenset(found)


def checked_address(email: str) -> str:
    """An e-mail address in lower case.

    Raises:
        InputError: it is none.
    """
    try:
        address = read_email(email)
    except CellError as error:
        raise InputError(
            "This is no e-mail address", got=error.got, expected=error.expected
        ) from None
    if address is None:
        raise InputError("An e-mail address is missing", expected="name@host")
    return address
