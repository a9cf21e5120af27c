"""Employees are data subjects too: their record, how it goes, and before-images of anybody."""

from collections.abc import Collection, Iterator
from typing import Any

import msgspec
from django.db import connection

from rapport.office.tables import select_in
from rapport.office.verbs import EMPLOYEES

_CHANGES = 'SELECT id, "key", before FROM office_personchange'
_AT_ONCE = 10_000


def names_of_employee(key: str) -> tuple[str, ...]:
    """What interactions may call the employee: key and address; nothing where nobody is."""
    found = EMPLOYEES.fetch([key]) or {row[:1]: row for row in _called(key)}
    names = [name for row in found.values() for name in (row[0], row[2]) if name]
    return tuple(dict.fromkeys(names))


def _called(email: str) -> list[tuple[Any, ...]]:
    columns = ", ".join(f'"{name}"' for name in EMPLOYEES.columns)
    query = f"SELECT {columns} FROM {EMPLOYEES.name} WHERE email IN"
    return select_in(query, [email.strip().lower()])


def records_of_employee(keys: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The records of an employee: the table and its columns by name."""
    for row in EMPLOYEES.fetch(keys).values():
        yield EMPLOYEES.name, dict(zip(EMPLOYEES.columns, row, strict=True))


def rename_employee(keys: Collection[str], token: str) -> int:
    """Replace an employee by a token that keeps unit and role only; how many records went.

    Inside the caller's transaction, which has asked for permission.
    """
    found = EMPLOYEES.fetch(keys)
    for row in found.values():
        EMPLOYEES.write([(token, "", "", row[3], row[4], None, None)])
    EMPLOYEES.remove(list(found))
    forget_changes(set(keys))
    return len(found)


def forget_changes(names: Collection[str]) -> int:
    """Remove what rows held before, wherever it names somebody; how many lines went.

    An import that made or changed such a row is then undone without it.
    """
    quoted = [msgspec.json.encode(name).decode() for name in names]
    last, gone = 0, []
    with connection.cursor() as cursor:
        while True:
            cursor.execute(f"{_CHANGES} WHERE id > %s ORDER BY id LIMIT {_AT_ONCE}", (last,))
            lines = cursor.fetchall()
            if not lines:
                break
            last = lines[-1][0]
            gone += [
                (number,)
                for number, key, before in lines
                if any(name in key or name in (before or "") for name in quoted)
            ]
        cursor.executemany("DELETE FROM office_personchange WHERE id = %s", gone)
    return len(gone)
