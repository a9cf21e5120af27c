"""The relational half of the store: one SQLite file, opened the one safe way.

Invariants: every connection is WAL with synchronous=FULL, so that a commit is on the disk when it
returns; writers begin IMMEDIATE, so that two of them queue instead of failing half-way.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from rapport.kernel.errors import StoreError
from rapport.ledger.sqlite import library

SCHEMA_VERSION = 1
_WAIT_SECONDS = 60.0
_NEWER_HINT = "Install the newer Rapport, or open another store."


class Database:
    """Connections to the store's relational file, one for each thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[Any] = []

    @property
    def connection(self) -> Any:
        """This thread's connection, opened on first use."""
        found = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._open()
            self._all.append(found)
        return found

    def _open(self) -> Any:
        connection = library.connect(
            str(self.path), timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-65536")
        connection.execute("PRAGMA temp_store=MEMORY")
        return connection

    def close(self) -> None:
        """Close the connections of all threads."""
        while self._all:
            self._all.pop().close()
        self._local = threading.local()

    @contextmanager
    def write(self) -> Iterator[Any]:
        """A writing transaction: committed and on the disk at the end, or nothing of it."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Any]:
        """A reading transaction: everything read inside belongs to one moment."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Any]:
        connection = self.connection
        connection.execute(begin)
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            # A full disk may have ended it already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        found: list[tuple[Any, ...]] = self.connection.execute(query, parameters).fetchall()
        return found

    def value(self, query: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, None where there is no row."""
        row = self.connection.execute(query, parameters).fetchone()
        return None if row is None else row[0]

    def is_ledger(self) -> bool:
        """Whether the file holds a ledger (it may hold other rooms' tables only)."""
        return bool(self.value("SELECT 1 FROM sqlite_master WHERE name = 'ledger_meta'"))

    def migrate(self) -> None:
        """Bring the tables to this program's version, step by step, each in one transaction."""
        steps = sorted(
            (entry.name, entry.read_text("utf-8"))
            for entry in (resources.files("rapport.ledger") / "migrations").iterdir()
            if entry.name.endswith(".sql")
        )
        for name, script in steps:
            number = int(name.split("_")[0])
            if number <= self.schema_version():
                continue
            with self.write() as connection:
                if number <= self.schema_version():
                    continue  # another process was faster
                for statement in _statements(script):
                    connection.execute(statement)
                connection.execute(
                    "INSERT OR REPLACE INTO ledger_meta VALUES ('schema', ?)", (str(number),)
                )

    def schema_version(self) -> int:
        """Version of the tables in the file, 0 where there are none."""
        if not self.is_ledger():
            return 0
        return int(self.value("SELECT value FROM ledger_meta WHERE name = 'schema'") or 0)

    def check_version(self) -> None:
        """Refuse a store that a newer program made.

        Raises:
            StoreError: the store is newer than this program.
        """
        found = self.schema_version()
        if found > SCHEMA_VERSION:
            raise StoreError(
                f"The store {self.path} was made by a newer version of Rapport",
                got=f"schema {found}",
                expected=f"schema {SCHEMA_VERSION} or older",
                hint=_NEWER_HINT,
            )


def _statements(script: str) -> list[str]:
    """Statements of a migration; a semicolon ends one at the end of a line only."""
    kept = "\n".join(line.split("--")[0].rstrip() for line in script.splitlines())
    return [part.strip() for part in kept.split(";\n") if part.strip(" ;\n")]
