"""The relational half of the store: what is the same on SQLite and on PostgreSQL.

Invariants: a commit is on the disk when it returns. Of the writers that go through `write` one is
at work at a time, on both databases, so that what one looks up stays true until it commits. A
query is written once, in SQL that both databases take, with `?` or `?1` for its parameters.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from typing import Any, ClassVar, TypeVar

from rapport.kernel.errors import BusyError, RapportError, StoreError
from rapport.ledger.failpoints import reach
from rapport.ledger.relational.tables import Row, Table

T = TypeVar("T")

SCHEMA_VERSION = 2
_NEWER_HINT = "Install the newer Rapport, or open another store."


def somebody_writes(error: Exception) -> BusyError:
    """That a writer's turn did not come."""
    return BusyError(
        "Somebody else is writing to the store just now",
        got=str(error).strip().splitlines()[0],
        hint="Run it again: what is stored already is known and not stored twice.",
    )


class Database(ABC):
    """Connections to the relational half, one for each thread.

    Attributes:
        place: where it lies, for people; never a password.
        errors: what its library raises.
        writers_max: how many processes may take in events side by side, None for any number.
        wait_seconds: how long a writer waits for its turn before it is told.
    """

    place: str
    wait_seconds: ClassVar[float] = 60.0
    errors: ClassVar[type[Exception]]
    writers_max: ClassVar[int | None] = None

    def __init__(self) -> None:
        self._local = threading.local()
        self._all: list[Any] = []

    @abstractmethod
    def open(self) -> Any:
        """A new connection with `execute`, `executemany`, `close` and what the `SQL` says."""

    @abstractmethod
    def told(self, error: Exception) -> RapportError | None:
        """The error in our words, None where it is a mistake of the program."""

    def is_lost(self) -> bool:
        """Whether this thread's connection is of no use any more."""
        return False

    @abstractmethod
    def is_ledger(self) -> bool:
        """Whether the tables of a ledger are there (there may be other rooms' tables only)."""

    @abstractmethod
    def version(self) -> str:
        """The name and version of the database, for people."""

    @abstractmethod
    def damage(self) -> str | None:
        """What is broken in the database's own structures, None where it is whole."""

    @abstractmethod
    def broken_references(self) -> int:
        """How many records point to nothing."""

    @abstractmethod
    def scrub(self) -> bool:
        """Write over what was deleted; False where a reader is in the way.

        Bytes of deleted rows stay in free pages and in the write-ahead log until then. What is
        old in PostgreSQL's own write-ahead log and backups is not ours to reach.
        """

    @abstractmethod
    @contextmanager
    def guard(self, name: str, *, wait: bool, busy: str) -> Iterator[None]:
        """Hold a lock against other machines that share the database; nothing on one machine.

        Raises:
            BusyError: `wait` is False and somebody else holds it; the message is `busy`.
        """

    @abstractmethod
    def tables(self) -> list[Table]:
        """All tables, those of other rooms too, each after those it refers to."""

    @abstractmethod
    def stream(self, table: Table) -> Iterator[Row]:
        """The rows of a table inside the caller's transaction, never all of them in memory."""

    @abstractmethod
    def fill(self, connection: Any, table: Table, rows: Iterable[Row]) -> None:
        """Add rows inside the caller's transaction."""

    @abstractmethod
    def counters(self) -> dict[str, int]:
        """Of tables that number their rows: the last number that was given, deleted rows too."""

    @abstractmethod
    def go_on(self, connection: Any, counters: Mapping[str, int]) -> None:
        """Let tables number their next rows after what `counters` gave, or what they hold."""

    @property
    def connection(self) -> Any:
        """This thread's connection, opened on first use."""
        found = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self.open()
            self._all.append(found)
        return found

    def forget_connection(self) -> None:
        """Drop this thread's connection, which is of no use any more; the next use opens one."""
        found = self._local.__dict__.pop("connection", None)
        if found is not None:
            self._all.remove(found)
            found.close()

    def close(self) -> None:
        """Close the connections of all threads."""
        while self._all:
            self._all.pop().close()
        self._local = threading.local()

    @contextmanager
    def write(self) -> Iterator[Any]:
        """A writing transaction: committed and on the disk at the end, or nothing of it."""
        with self._transaction("write") as connection:
            yield connection

    @contextmanager
    def write_beside(self) -> Iterator[Any]:
        """As `write`, but others of this kind may be at work too, where the database can.

        What was looked up may have changed by the time it is written: insert with ON CONFLICT.
        """
        with self._transaction("write_beside") as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Any]:
        """A reading transaction: everything read inside belongs to one moment."""
        with self._transaction("read") as connection:
            yield connection

    @contextmanager
    def _transaction(self, purpose: str) -> Iterator[Any]:
        with self._in_our_words():
            connection = self._again_where_lost(lambda: self._begun(purpose))
            self._local.inside = True
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.roll_back()
                raise
            finally:
                self._local.inside = False

    def _begun(self, purpose: str) -> Any:
        connection = self.connection
        connection.begin(purpose)
        return connection

    def _again_where_lost(self, do: Callable[[], T]) -> T:
        """Do what changes nothing; once more where the database was away since the last time."""
        try:
            return do()
        except self.errors:
            if not self.is_lost():
                raise
        self.forget_connection()
        return do()

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except self.errors as error:
            told = self.told(error)
            if told is None:
                raise
            raise told from error

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query that changes nothing: outside a transaction it may be asked twice."""
        with self._in_our_words():
            if getattr(self._local, "inside", False):
                cursor = self.connection.execute(query, parameters)
            else:
                cursor = self._again_where_lost(lambda: self.connection.execute(query, parameters))
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def value(self, query: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, None where there is no row."""
        found = self.rows(query, parameters)
        return found[0][0] if found else None

    def migrate(self, to: int | None = None) -> None:
        """Bring the tables to this program's version, step by step, each in one transaction.

        Args:
            to: an older version to stop at.
        """
        for number, script in _steps():
            if number <= self.schema_version() or (to is not None and number > to):
                continue
            with self.write() as connection:
                if number <= self.schema_version():
                    continue  # another process was faster
                for statement in _statements(script):
                    connection.define(statement)
                    reach("migrate.statement")
                set_meta(connection, "schema", str(number))
            reach("migrate.step")

    def schema_version(self) -> int:
        """Version of the tables, 0 where there are none."""
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
                f"The store {self.place} was made by a newer version of Rapport",
                got=f"schema {found}",
                expected=f"schema {SCHEMA_VERSION} or older",
                hint=_NEWER_HINT,
            )


def set_meta(connection: Any, name: str, value: str) -> None:
    """Note a value of the ledger's own under a name, inside the caller's transaction."""
    connection.execute(
        "INSERT INTO ledger_meta (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def _steps() -> list[tuple[int, str]]:
    folder = resources.files("rapport.ledger") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name.split("_")[0]), (folder / name).read_text("utf-8")) for name in names]


def _statements(script: str) -> list[str]:
    """Statements of a migration; a semicolon ends one at the end of a line only."""
    kept = "\n".join(line.split("--")[0].rstrip() for line in script.splitlines())
    return [part.strip() for part in kept.split(";\n") if part.strip(" ;\n")]
