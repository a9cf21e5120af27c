"""Saved views: an address of a page under a name, one's own or shared with everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from rapport.kernel.errors import ForbiddenError, InputError, NotFoundError
from rapport.office.actors import Actor
from rapport.office.audit import Act, write_line
from rapport.office.permission import require
from rapport.office.tables import as_stored, one_transaction

_LONGEST_NAME, _LONGEST_QUERY = 80, 12_000
_PUT = """
    INSERT INTO office_savedview (page, name, query, by, shared, at) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (page, name, by) DO UPDATE SET query = excluded.query, shared = excluded.shared,
        at = excluded.at RETURNING id
"""
_OF = """
    SELECT id, page, name, query, by, shared FROM office_savedview
    WHERE page = %s AND (shared = %s OR by = %s) ORDER BY name, id
"""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A page's address under a name.

    Attributes:
        id: its number.
        page: which page it is of.
        name: for people.
        query: of the address.
        by: id of whose it is.
        shared: whether everybody who sees the page sees it.
    """

    id: int
    page: str
    name: str
    query: str
    by: str
    shared: bool


def save_view(page: str, name: str, query: str, *, actor: Actor, shared: bool = False) -> int:
    """Keep an address under a name; one's own of that name is replaced. Gives its number.

    Raises:
        ForbiddenError: the actor may not.
        InputError: the name or the address is empty or too long.
    """
    require(actor, "save_view")
    name = " ".join(name.split())
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise InputError(
            "A view needs a name",
            got=name[:_LONGEST_NAME] or None,
            expected=f"1 to {_LONGEST_NAME} printable characters",
        )
    if len(query) > _LONGEST_QUERY:
        raise InputError("The view is too long to be kept", got=f"{len(query):,} characters")
    with one_transaction():
        with connection.cursor() as cursor:
            now = as_stored(datetime.now(UTC))
            cursor.execute(_PUT, (page, name, query, actor.id, shared, now))
            number = int(cursor.fetchone()[0])
        write_line(actor, Act("save_view", "view", str(number), {"shared": int(shared)}))
    return number


def remove_view(number: int, *, actor: Actor) -> None:
    """Take a view of one's own away; an owner also a shared one of somebody else.

    Raises:
        ForbiddenError: it is somebody else's.
        NotFoundError: there is none of that number.
    """
    require(actor, "save_view")
    with one_transaction():
        with connection.cursor() as cursor:
            cursor.execute("SELECT by, shared FROM office_savedview WHERE id = %s", (number,))
            found = cursor.fetchone()
            if found is None or (found[0] != actor.id and not found[1]):
                raise NotFoundError("There is no such view")
            if found[0] != actor.id and "owner" not in actor.roles:
                raise ForbiddenError("This view is somebody else's")
            cursor.execute("DELETE FROM office_savedview WHERE id = %s", (number,))
        write_line(actor, Act("save_view", "view", str(number), {"removed": 1}))


def saved_views(page: str, *, actor: Actor) -> list[SavedView]:
    """The actor's own and shared views of a page, by name."""
    with connection.cursor() as cursor:
        cursor.execute(_OF, (page, True, actor.id))
        rows = cursor.fetchall()
    return [SavedView(n, of, name, query, by, bool(s)) for n, of, name, query, by, s in rows]


def forget_views(names: Callable[[str], bool]) -> int:
    """Remove the views whose name or address names somebody; how many went."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, query FROM office_savedview")
        gone = [number for number, name, query in cursor.fetchall() if names(f"{name} {query}")]
        cursor.executemany("DELETE FROM office_savedview WHERE id = %s", [(one,) for one in gone])
    return len(gone)
