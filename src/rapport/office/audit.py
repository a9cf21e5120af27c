"""The audit: one line for each act, written in the act's own transaction.

Lines carry opaque ids and numbers only, so that erasing a person leaves the chain whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
from django.db import connection

from rapport.office.actors import Actor
from rapport.office.tables import Row, as_moment, as_stored


@dataclass(frozen=True, slots=True)
class Act:
    """What was done.

    Attributes:
        verb: name of the verb.
        kind: kind of thing it was done to ("customers", "merge").
        object_id: our number of that thing, empty for a set of rows.
        details: numbers and opaque ids by name.
        import_id: the import it was part of.
    """

    verb: str
    kind: str
    object_id: str = ""
    details: Mapping[str, int | str] = field(default_factory=dict)
    import_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the audit: an act, who did it and when (UTC)."""

    at: datetime
    actor: str
    act: Act


_INSERT = """
    INSERT INTO office_auditline
        (at, actor, verb, object_kind, object_id, details, import_id, chain)
    VALUES (%s, %s, %s, %s, %s, %s, %s, NULL)
"""
_LATEST = """
    SELECT at, actor, verb, object_kind, object_id, details, import_id
    FROM office_auditline ORDER BY id DESC LIMIT %s
"""


def write_line(actor: Actor, act: Act) -> None:
    """Write one line; to be called inside the transaction of the act itself."""
    at = as_stored(datetime.now(UTC))
    details = msgspec.json.encode(act.details, order="sorted").decode()
    values = (at, actor.id, act.verb, act.kind, act.object_id, details, act.import_id)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)


def has_line(kind: str, object_id: str) -> bool:
    """Whether an act on that thing has its line already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM office_auditline WHERE object_kind = %s AND object_id = %s LIMIT 1",
            (kind, object_id),
        )
        return cursor.fetchone() is not None


def latest_lines(limit: int = 100) -> tuple[Line, ...]:
    """The newest lines of the audit, newest first; empty where nothing was done yet."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, (limit,))
        found = cursor.fetchall()
    return tuple(_line(row) for row in found)


def _line(row: Row) -> Line:
    at, actor, verb, kind, object_id, details, import_id = row
    act = Act(verb, kind, object_id, msgspec.json.decode(details), import_id)
    return Line(as_moment(at), actor, act)
