"""Undoing an import of people whole: every row back to what it held before, or nothing at all."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from django.db import IntegrityError, connection

from rapport.kernel.errors import InputError
from rapport.office.actors import Actor
from rapport.office.audit import Act, write_line
from rapport.office.permission import require
from rapport.office.tables import CHUNK, Row, Table, key_of, one_transaction, query
from rapport.office.verbs import note_places

_CHANGED_SINCE = """
    SELECT DISTINCT c."table", c."key" FROM office_personchange AS c
    JOIN office_personchange AS later
      ON later."table" = c."table" AND later."key" = c."key" AND later.id > c.id
     AND later.import_id IS DISTINCT FROM c.import_id
    WHERE c.import_id = %s LIMIT 5
"""
_WRITTEN = """
    SELECT CASE WHEN before IS NULL THEN 1 ELSE 0 END, COUNT(*) FROM office_personchange
    WHERE id IN (SELECT MIN(id) FROM office_personchange WHERE import_id = %s
                 GROUP BY "table", "key")
    GROUP BY 1
"""
_SLICE = """
    SELECT id, "table", "key", before FROM office_personchange
    WHERE import_id = %s AND id < %s ORDER BY id DESC LIMIT %s
"""
_PAST_ALL = 2**63 - 1


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What an undo did: rows set back to a former state, and rows taken away again."""

    restored: int
    removed: int


def undo_import(import_id: int, *, actor: Actor, tables: Iterable[Table]) -> UndoReport:
    """Set every row that an import of people wrote back to what it held before.

    An import that wrote nothing (or is undone already) comes back as zeros.

    Raises:
        ForbiddenError: the actor may not.
        InputError: rows were changed since, or something newer points to a row that would go.
    """
    require(actor, "undo_people")
    with one_transaction():
        _refuse_if_changed_since(import_id)
        written: dict[int, int] = dict(query(_WRITTEN, import_id))
        report = UndoReport(restored=written.get(0, 0), removed=written.get(1, 0))
        _restore(import_id, {table.name: table for table in tables})
        _refuse_if_pointed_to()
        note_places()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM office_personchange WHERE import_id = %s", (import_id,))
        if written:
            details = {"restored": report.restored, "removed": report.removed}
            write_line(actor, Act("undo_people", "import", str(import_id), details, import_id))
    return report


def _refuse_if_changed_since(import_id: int) -> None:
    found = query(_CHANGED_SINCE, import_id)
    if found:
        shown = ", ".join(
            f"{table.split('_', 1)[1]} {' '.join(key_of(key))}" for table, key in found
        )
        raise InputError(
            f"Import {import_id} cannot be undone: rows it wrote were changed since",
            got=shown,
            hint="Undo the later import first; a change by hand has to be taken back by hand.",
        )


def _restore(import_id: int, tables: dict[str, Table]) -> None:
    """Newest change first, so that a row written twice ends at its oldest state."""
    below = _PAST_ALL
    while found := query(_SLICE, import_id, below, CHUNK):
        below = found[-1][0]
        for name, table in tables.items():
            oldest = {key: before for _, of, key, before in found if of == name}
            table.write([_row(table, before) for before in oldest.values() if before is not None])
            table.remove([key_of(key) for key, before in oldest.items() if before is None])


def _row(table: Table, before: str) -> Row:
    state = msgspec.json.decode(before)
    return tuple(state.get(column) for column in table.columns)


def _refuse_if_pointed_to() -> None:
    try:
        connection.check_constraints()
    except IntegrityError as error:
        raise InputError(
            "The import cannot be undone: something newer points to a row it made",
            got=str(error),
            hint="Undo or split the newer thing first.",
        ) from error
