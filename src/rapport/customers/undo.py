"""Undoing an import of people: of this room and of the office below it."""

from rapport.customers.tables import TABLES
from rapport.office.api import TABLES as OFFICE_TABLES
from rapport.office.api import Actor, UndoReport, undo_import


def undo_people(import_id: int, *, actor: Actor) -> UndoReport:
    """Set every person, account, unit and touchpoint an import wrote back to what it was before.

    Whole or not at all; an import that wrote nothing (or is undone already) gives zeros. Call
    `publish` afterwards.

    Raises:
        ForbiddenError: the actor may not.
        InputError: rows were changed since, or something newer points to a row that would go.
    """
    return undo_import(import_id, actor=actor, tables=(*OFFICE_TABLES, *TABLES))
