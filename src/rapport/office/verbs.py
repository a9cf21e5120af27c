"""What can be done in the office: put units, employees and touchpoints in."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from django.db import connection

from rapport.office.actors import Actor
from rapport.office.cells import CellError, read_date, read_email, read_text
from rapport.office.put import Column, Draft, PutReport, Sheet, Tally, put_rows, unknown_reference
from rapport.office.tables import Table, as_stored, one_transaction

UNITS = Table("office_unit", ("key", "name", "parent_id"))
EMPLOYEES = Table("office_employee", ("key", "name", "email", "unit_id", "role", "hired", "left"))
TOUCHPOINTS = Table("office_touchpoint", ("key", "title", "stage", "channel", "unit_id"))
TABLES = (UNITS, EMPLOYEES, TOUCHPOINTS)
_LEFT = """
    UPDATE office_unitplace SET until = %s WHERE until IS NULL AND NOT EXISTS
        (SELECT 1 FROM office_unit u WHERE u.key = office_unitplace.unit
         AND u.parent_id IS NOT DISTINCT FROM office_unitplace.parent)
"""
_NEW = """
    SELECT u.key, u.parent_id FROM office_unit u
    WHERE NOT EXISTS (SELECT 1 FROM office_unitplace p WHERE p.unit = u.key AND p.until IS NULL)
"""
_CAME = "INSERT INTO office_unitplace (unit, parent, since, until) VALUES (%s, %s, %s, NULL)"


def put_units(rows: pa.Table, *, actor: Actor, import_id: int | None = None) -> PutReport:
    """Put business units in: columns key, name, parent (a key, in any order of the rows).

    Rows whose parent is unknown or rejected, or that would close a circle, are rejected; so are
    those outside what the actor sees, who could move others' interactions into their own sight.

    Raises:
        ForbiddenError: the actor may not.
        InputError: a column is unknown, or `key` is not there.
    """

    def screen(drafts: list[Draft], tally: Tally) -> list[Draft]:
        return _only_a_tree(_only_own(drafts, tally, actor), tally)

    # One transaction: a parent may come after its children.
    sheet = Sheet("put_units", UNITS, _UNIT_COLUMNS, screen, max(rows.num_rows, 1))
    with one_transaction():
        report = put_rows(sheet, rows, actor=actor, import_id=import_id)
        note_places()
    return report


def note_places() -> None:
    """Bring the history of the tree up to what the tree is now; in the caller's transaction."""
    now = as_stored(datetime.now(UTC))
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, (now,))
        cursor.execute(_NEW)
        cursor.executemany(_CAME, [(*row, now) for row in cursor.fetchall()])


def put_employees(rows: pa.Table, *, actor: Actor, import_id: int | None = None) -> PutReport:
    """Put our people in: columns key, name, email, unit, role, hired, left (days).

    Raises:
        ForbiddenError: the actor may not.
        InputError: a column is unknown, or `key` is not there.
    """
    return put_rows(_EMPLOYEES, rows, actor=actor, import_id=import_id)


def put_touchpoints(rows: pa.Table, *, actor: Actor, import_id: int | None = None) -> PutReport:
    """Put touchpoints in: columns key, title, stage, channel, unit (who answers for it).

    Raises:
        ForbiddenError: the actor may not.
        InputError: a column is unknown, or `key` is not there.
    """
    return put_rows(_TOUCHPOINTS, rows, actor=actor, import_id=import_id)


def _only_own(drafts: list[Draft], tally: Tally, actor: Actor) -> list[Draft]:
    """Reject rows about units that the actor does not see, or below such."""
    if actor.units is None:
        return drafts
    stored, own = UNITS.fetch([draft.values[0] for draft in drafts]), []
    for draft in drafts:
        key, _, parent = draft.values
        known = stored.get((key,))
        # An empty cell leaves a known unit where it is; a new one would be at the top.
        stays = known is not None and parent in (None, known[2])
        if known is not None and key not in actor.units:
            wrong = ("key", key)
        elif not stays and parent not in actor.units:
            wrong = ("parent", parent)
        else:
            own.append(draft)
            continue
        error = CellError("unknown_reference", wrong[1], "a business unit that you see")
        tally.reject(draft.index, wrong[0], error)
    return own


def _only_a_tree(drafts: list[Draft], tally: Tally) -> list[Draft]:
    """Reject units under an unknown parent or in a circle, until the rest stands."""
    stored = UNITS.fetch(UNITS.all_keys())
    parents = {key: row[2] for (key,), row in stored.items()}
    while True:
        planned = parents | {d.values[0]: d.values[2] for d in drafts if d.values[2]}
        known = set(parents) | {d.values[0] for d in drafts}
        wrong = {d.index: error for d in drafts if (error := _wrong_parent(d, planned, known))}
        if not wrong:
            return drafts
        for index, error in wrong.items():
            tally.reject(index, "parent", error)
        drafts = [d for d in drafts if d.index not in wrong]


def _wrong_parent(draft: Draft, planned: dict[Any, Any], known: set[Any]) -> CellError | None:
    key, _, parent = draft.values
    if parent is None:
        return None
    if parent not in known:
        return unknown_reference(parent, UNITS)
    path = [key]
    while parent is not None and parent not in path:
        path.append(parent)
        parent = planned.get(parent)
    if parent != key:
        return None
    return CellError("malformed", " under ".join([*path, key]), "a tree: no unit under itself")


def _hired_before_left(drafts: list[Draft], tally: Tally) -> list[Draft]:
    wrong = {
        d.index: d for d in drafts if d.values[5] and d.values[6] and d.values[6] < d.values[5]
    }
    for index, draft in wrong.items():
        expected = f"a day on or after {draft.values[5]}"
        tally.reject(index, "left", CellError("out_of_range", draft.values[6], expected))
    return [d for d in drafts if d.index not in wrong]


_KEY = Column("key", read_text)
_UNIT = Column("unit", read_text, refers=UNITS)
_UNIT_COLUMNS = (_KEY, Column("name", read_text, ""), Column("parent", read_text))
_EMPLOYEES = Sheet(
    "put_employees",
    EMPLOYEES,
    (
        _KEY,
        Column("name", read_text, ""),
        Column("email", read_email, ""),
        _UNIT,
        Column("role", read_text, ""),
        Column("hired", read_date),
        Column("left", read_date),
    ),
    _hired_before_left,
)
_TOUCHPOINTS = Sheet(
    "put_touchpoints",
    TOUCHPOINTS,
    (
        _KEY,
        Column("title", read_text, ""),
        Column("stage", read_text, ""),
        Column("channel", read_text, ""),
        _UNIT,
    ),
)
