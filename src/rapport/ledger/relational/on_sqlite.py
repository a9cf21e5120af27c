"""The relational half as one SQLite file, opened the one safe way.

Every connection is WAL with synchronous=FULL, so that a commit is on the disk when it returns;
writers begin IMMEDIATE, so that two of them queue instead of failing half-way.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from rapport.kernel.errors import RapportError, StoreError
from rapport.ledger.relational.database import Database, somebody_writes
from rapport.ledger.relational.sqlite import library
from rapport.ledger.relational.tables import Row, Table, in_order

DATABASE_FILE = "rapport.sqlite3"
# SQLite's words; its Python libraries do not all tell its codes.
_DAMAGE = ("malformed", "not a database")
_REFUSED = ("disk", "full", "unable to open", "readonly")
_BEGIN = {"write": "BEGIN IMMEDIATE", "write_beside": "BEGIN IMMEDIATE", "read": "BEGIN"}


class _Connection(library.Connection):  # type: ignore[misc, name-defined, unused-ignore]
    # 0, 1, 2 up to parameter 2, as the table n(i).
    COUNT = "RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2)"
    # SQLite keeps the order of a CROSS JOIN: the few entries first, then the index of the ids.
    LOOK_UP = "CROSS JOIN"

    def begin(self, purpose: str) -> None:
        self.execute(_BEGIN[purpose])

    def commit(self) -> None:
        self.execute("COMMIT")

    def roll_back(self) -> None:
        # A full disk may have ended it already.
        if self.in_transaction:
            self.execute("ROLLBACK")

    def define(self, statement: str) -> None:
        self.execute(statement)


class SqliteDatabase(Database):
    """The file of one store."""

    errors: ClassVar[type[Exception]] = library.Error
    # Two that compete for the one write lock make the slowest requests seven times slower.
    writers_max: ClassVar[int | None] = 1

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.place = str(path)

    def open(self) -> Any:
        connection = library.connect(
            str(self.path),
            timeout=self.wait_seconds,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-65536")
        connection.execute("PRAGMA temp_store=MEMORY")
        return connection

    def told(self, error: Exception) -> RapportError | None:
        text = str(error)
        if "locked" in text:
            return somebody_writes(error)
        if any(said in text for said in _DAMAGE):
            return StoreError(
                f"The store {self.place} is damaged",
                got=text,
                hint="Restore it from a backup; `rapport ledger verify` tells what is damaged.",
            )
        if any(said in text for said in _REFUSED):
            return StoreError(
                f"The store {self.place} cannot be written",
                got=text,
                hint="Make room on its disk, or mend it; nothing is half-stored.",
            )
        return None

    def is_ledger(self) -> bool:
        return bool(self.value("SELECT 1 FROM sqlite_master WHERE name = 'ledger_meta'"))

    def version(self) -> str:
        return f"SQLite {library.sqlite_version}"

    def damage(self) -> str | None:
        try:
            answer = str(self.connection.execute("PRAGMA integrity_check").fetchone()[0])
        except library.DatabaseError as error:
            answer = str(error)
        return None if answer == "ok" else answer

    def broken_references(self) -> int:
        return len(self.rows("PRAGMA foreign_key_check"))

    def scrub(self) -> bool:
        with self._in_our_words():
            self.connection.execute("VACUUM")
            busy, *_ = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def tables(self) -> list[Table]:
        names = self.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return in_order(self._table(name) for (name,) in names)

    def _table(self, name: str) -> Table:
        columns = {row[1]: row[2].lower() for row in self.rows(f'PRAGMA table_info("{name}")')}
        refers = {row[2] for row in self.rows(f'PRAGMA foreign_key_list("{name}")')}
        return Table(name, columns, frozenset(refers))

    def stream(self, table: Table) -> Iterator[Row]:
        plain = [_PLAIN.get(declared, _same) for declared in table.columns.values()]
        rows = self.connection.execute(f'SELECT {table.listed()} FROM "{table.name}"')
        for row in rows:
            yield tuple(
                None if value is None else turn(value)
                for turn, value in zip(plain, row, strict=True)
            )

    def fill(self, connection: Any, table: Table, rows: Iterable[Row]) -> None:
        marks = ", ".join("?" * len(table.columns))
        connection.executemany(
            f'INSERT INTO "{table.name}" ({table.listed()}) VALUES ({marks})',
            (tuple(_kept(value) for value in row) for row in rows),
        )

    def counters(self) -> dict[str, int]:
        return dict(self.rows("SELECT name, seq FROM sqlite_sequence"))

    def go_on(self, connection: Any, counters: Mapping[str, int]) -> None:
        # It has counted what was filled in already.
        counted = self.counters()
        for name, last in counters.items():
            if last > counted.get(name, 0):
                connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
                connection.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (name, last))

    @contextmanager
    def guard(self, name: str, *, wait: bool, busy: str) -> Iterator[None]:
        yield  # one machine: the lock of the file system does it


def _same(value: Any) -> Any:
    return value


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# What a declared type means that SQLite keeps as something else.
_PLAIN: dict[str, Callable[[Any], Any]] = {
    "bool": bool,
    "datetime": _moment,
    "date": date.fromisoformat,
    "decimal": lambda number: Decimal(str(number)),
}


def _kept(value: Any) -> Any:
    """A plain value as SQLite keeps it; the others it takes as they are."""
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
