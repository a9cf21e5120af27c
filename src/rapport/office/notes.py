"""Notes on the time line: what happened on a day that explains a trend."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection

from rapport.kernel.errors import InputError, NotFoundError
from rapport.office.actors import Actor
from rapport.office.audit import Act, write_line
from rapport.office.permission import require
from rapport.office.tables import as_stored, one_transaction

_LONGEST = 255
_ADD = """
    INSERT INTO office_note (day, text, measure, at, by) VALUES (%s, %s, %s, %s, %s) RETURNING id
"""
_OF = """
    SELECT id, day, text, measure FROM office_note
    WHERE measure IN ('', %s) ORDER BY day, id
"""


@dataclass(frozen=True, slots=True)
class Note:
    """What happened on a day; of one measure, or of all where `measure` is empty."""

    id: int
    day: date
    text: str
    measure: str


def add_note(day: date, text: str, measure: str = "", *, actor: Actor) -> int:
    """Write a note down; gives its number.

    Raises:
        ForbiddenError: the actor may not.
        InputError: there is no text, or too much of it.
    """
    require(actor, "add_note")
    text = " ".join(text.split())
    if not 0 < len(text) <= _LONGEST or not text.isprintable():
        raise InputError(
            "A note says in a line what happened",
            got=f"{len(text)} characters",
            expected=f"1 to {_LONGEST} printable characters",
        )
    with one_transaction():
        with connection.cursor() as cursor:
            values = (day.isoformat(), text, measure, as_stored(datetime.now(UTC)), actor.id)
            cursor.execute(_ADD, values)
            number = int(cursor.fetchone()[0])
        write_line(actor, Act("add_note", "note", str(number)))
    return number


def remove_note(number: int, *, actor: Actor) -> None:
    """Take a note away.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such note.
    """
    require(actor, "remove_note")
    with one_transaction():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM office_note WHERE id = %s", (number,))
            if cursor.rowcount == 0:
                raise NotFoundError(f"There is no note {number}")
        write_line(actor, Act("remove_note", "note", str(number)))


def notes_of(measure: str) -> list[Note]:
    """Notes on a measure and on all measures, by day."""
    with connection.cursor() as cursor:
        cursor.execute(_OF, (measure,))
        rows = cursor.fetchall()
    return [Note(number, _day(on), text, of) for number, on, text, of in rows]


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
