"""Whole sets of rows in and out of one table, and what they held before.

The verbs that take people in work on thousands of rows at a time: one SELECT, one upsert and one
list of former states for each chunk, which is ten times faster than rows as model objects.
Table and column names here are constants of the program; values go in as parameters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, overload

import msgspec
from django.db import OperationalError, connection, transaction

from rapport.kernel.errors import BusyError

Row = tuple[Any, ...]
_JSON = msgspec.json.Encoder(order="sorted")

CHUNK = 2_000
"""Rows of one transaction: few enough that others wait for the write lock only briefly."""


def as_stored(moment: datetime) -> str:
    """A moment as the database keeps it.

    >>> as_stored(datetime(2025, 3, 1, 12, 30, tzinfo=UTC))
    '2025-03-01 12:30:00'
    """
    return str(moment.astimezone(UTC).replace(tzinfo=None))


@overload
def as_moment(value: datetime | str) -> datetime: ...
@overload
def as_moment(value: datetime | str | None) -> datetime | None: ...
def as_moment(value: datetime | str | None) -> datetime | None:
    """A moment as the database gave it, in UTC; None where it has none.

    >>> as_moment("2025-03-01 12:30:00")
    datetime.datetime(2025, 3, 1, 12, 30, tzinfo=datetime.timezone.utc)
    """
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def query(text: str, *parameters: Any) -> list[Any]:
    """The rows of a statement of ours; none of one that gives none."""
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def one_transaction() -> Iterator[None]:
    """All of it or nothing of it.

    Raises:
        BusyError: somebody else held the store for longer than we wait.
    """
    try:
        with transaction.atomic():
            yield
    except OperationalError as error:
        if "locked" not in str(error):
            raise
        raise BusyError(
            "Somebody else is writing to the store just now",
            hint="Run it again: what is stored already is known and not stored twice.",
        ) from error


@dataclass(frozen=True, slots=True)
class Table:
    """One table of ours.

    Attributes:
        name: as the database knows it.
        columns: those that a verb writes; the key columns come first.
        keys: how many columns identify a row.
        json: those of the columns that hold a JSON object.
    """

    name: str
    columns: tuple[str, ...]
    keys: int = 1
    json: tuple[str, ...] = ()

    def fetch(self, keys: Iterable[str]) -> dict[Row, Row]:
        """The rows whose first key column is one of these, by their whole key."""
        found = select_in(f"SELECT {_listed(self.columns)} FROM {self._where_first_in}", keys)
        return {row[: self.keys]: self._with_plain_json(row) for row in found}

    def known(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that the table has."""
        found = select_in(f"SELECT {_listed(self.columns[:1])} FROM {self._where_first_in}", keys)
        return {row[0] for row in found}

    def all_keys(self) -> list[str]:
        """Every key, in order."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {_listed(self.columns[:1])} FROM {self.name} ORDER BY 1")
            return [row[0] for row in cursor.fetchall()]

    def write(self, rows: Sequence[Row]) -> None:
        """Insert these rows, or overwrite the rows with their keys."""
        places = ", ".join(["%s"] * len(self.columns))
        identity = _listed(self.columns[: self.keys])
        rest = [f'"{name}" = excluded."{name}"' for name in self.columns[self.keys :]]
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {self.name} ({_listed(self.columns)}) VALUES ({places}) "
                f"ON CONFLICT ({identity}) DO UPDATE SET {', '.join(rest)}",
                rows,
            )

    def remove(self, keys: Sequence[Row]) -> None:
        """Remove the rows with these keys (each a tuple of the key columns)."""
        where = " AND ".join(f'"{name}" = %s' for name in self.columns[: self.keys])
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {self.name} WHERE {where}", keys)

    def _with_plain_json(self, row: Row) -> Row:
        """The row with its JSON as we write it: a database may order members as it likes."""
        if not self.json:
            return row
        return tuple(
            _JSON.encode(msgspec.json.decode(cell)).decode() if name in self.json and cell else cell
            for name, cell in zip(self.columns, row, strict=True)
        )

    @property
    def _where_first_in(self) -> str:
        return f'{self.name} WHERE "{self.columns[0]}" IN'


class Slate:
    """Rows of one table as a transaction will leave them: put, compared, then saved at once."""

    def __init__(self, table: Table, first_keys: Iterable[str]) -> None:
        self.table = table
        self.rows = table.fetch(first_keys)
        self._before: dict[Row, Row | None] = {}

    def put(self, row: Row) -> bool:
        """Take the row down; False where it is what the table has already."""
        key = row[: self.table.keys]
        old = self.rows.get(key)
        if old == row:
            return False
        self._before.setdefault(key, old)
        self.rows[key] = row
        return True

    def save(self, import_id: int | None) -> None:
        """Write what was put, and keep what the rows held before."""
        self.table.write([self.rows[key] for key in self._before])
        record_changes(self.table, self._before, import_id)
        self._before = {}


def select_in(query: str, values: Iterable[str], before: Sequence[Any] = ()) -> list[Row]:
    """Rows of a query that ends in `IN`, for any number of values; moments come as stored text."""
    wanted = list(dict.fromkeys(values))
    found: list[Row] = []
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            cursor.execute(f"{query} ({', '.join(['%s'] * len(part))})", [*before, *part])
            found.extend(tuple(map(_plain, row)) for row in cursor.fetchall())
    return found


def record_changes(table: Table, before: Mapping[Row, Row | None], import_id: int | None) -> None:
    """Keep what rows held before a verb wrote them: by key, None for a row that was new."""
    rows = [
        (import_id, table.name, key_text(key), None if row is None else _state(table, row))
        for key, row in before.items()
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            'INSERT INTO office_personchange (import_id, "table", "key", before) '
            "VALUES (%s, %s, %s, %s)",
            rows,
        )


def key_text(key: Row) -> str:
    """A row's key as one text, whatever number of columns it has.

    >>> key_text(("ana", "mail"))
    '["ana","mail"]'
    """
    return msgspec.json.encode(key).decode()


def key_of(text: str) -> Row:
    """The key that `key_text` wrote.

    >>> key_of('["ana","mail"]')
    ('ana', 'mail')
    """
    return tuple(msgspec.json.decode(text))


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _state(table: Table, row: Row) -> str:
    return msgspec.json.encode(dict(zip(table.columns, row, strict=True))).decode()


def _plain(value: Any) -> Any:
    """Dates and moments as the text that was written, so that states compare and travel as JSON."""
    if isinstance(value, datetime):
        return as_stored(as_moment(value))
    return str(value) if isinstance(value, date) else value
