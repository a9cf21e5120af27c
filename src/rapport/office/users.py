"""Who signs in: made, and what they may do by the roles they have."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection

from rapport.kernel.errors import InputError, did_you_mean
from rapport.office.actors import Actor
from rapport.office.audit import Act, write_line
from rapport.office.cells import CellError, read_email
from rapport.office.permission import ROLES, require
from rapport.office.tables import as_stored, one_transaction

_GIVEN = frozenset(ROLES) - {"system"}
# The demo's people sign in under a host that no mail can reach and nobody can own (RFC 2606).
DEMO_HOST = "demo.invalid"
_ADD = """
    INSERT INTO office_user
        (email, name, password, employee_id, language, zone, scheme, is_active, made_at)
    VALUES (%s, %s, %s, %s, '', '', '', %s, %s) RETURNING id
"""
_GRANT = "INSERT INTO office_grant (user_id, role, unit_id) VALUES (%s, %s, %s)"
_DEMO = """
    SELECT u.email, u.name, g.role FROM office_user u JOIN office_grant g ON g.user_id = u.id
    WHERE u.email LIKE %s AND u.is_active = %s ORDER BY u.id
"""
_GRANTS = "SELECT role, unit_id FROM office_grant WHERE user_id = %s"


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
    address = _address(email)
    if role not in _GIVEN:
        raise InputError(
            f"There is no role {role!r}",
            expected=", ".join(sorted(_GIVEN)),
            hint=did_you_mean(role, _GIVEN),
        )
    if unit is not None and not _query("SELECT 1 FROM office_unit WHERE key = %s", unit):
        raise InputError(f"There is no business unit {unit!r}")
    with one_transaction():
        if _query("SELECT 1 FROM office_user WHERE email = %s", address):
            raise InputError("Somebody signs in with this address already", got=address)
        now = as_stored(datetime.now(UTC))
        values = (address, name, make_password(password), employee, True, now)
        number = int(_query(_ADD, *values)[0][0])
        with connection.cursor() as cursor:
            cursor.execute(_GRANT, (number, role, unit))
        write_line(actor, Act("add_user", "user", str(number), {"role": role}))
    return number


@dataclass(frozen=True, slots=True)
class DemoUser:
    """One of the demo company's people."""

    email: str
    name: str
    role: str


def demo_users() -> list[DemoUser]:
    """The demo's people in the order they were made; nobody where there is no demo."""
    return [DemoUser(*row) for row in _query(_DEMO, f"%@{DEMO_HOST}", True)]


def any_user() -> bool:
    """Whether anybody can sign in at all."""
    return bool(_query("SELECT 1 FROM office_user LIMIT 1"))


def actor_of_user(number: int) -> Actor:
    """The user as whoever acts: an opaque id, their roles, and the units they see."""
    grants = _query(_GRANTS, number)
    roles = frozenset(role for role, _ in grants)
    units = None if any(unit is None for _, unit in grants) else _below(u for _, u in grants)
    return Actor(f"user:{number}", roles, units)


def _below(units: Iterable[str]) -> frozenset[str]:
    """These units and all below them."""
    children: dict[str | None, list[str]] = {}
    for key, parent in _query("SELECT key, parent_id FROM office_unit"):
        children.setdefault(parent, []).append(key)
    found: set[str] = set()
    open_ends = list(units)
    while open_ends:
        unit = open_ends.pop()
        if unit not in found:
            found.add(unit)
            open_ends += children.get(unit, [])
    return frozenset(found)


def _address(email: str) -> str:
    try:
        address = read_email(email)
    except CellError as error:
        raise InputError(
            "This is no e-mail address", got=error.got, expected=error.expected
        ) from None
    if address is None:
        raise InputError("An e-mail address is missing", expected="name@host")
    return address


def _query(query: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
