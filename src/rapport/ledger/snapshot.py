"""Reading: journal and lake as one, from one moment, with the identity map applied."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import expressions as exp

from rapport.kernel.errors import InputError, StoreError
from rapport.ledger.leases import Lease
from rapport.ledger.schema import FIELD_NAMES, SCHEMA
from rapport.ledger.settings import Settings

IDENTITY = "identity"
RESERVED = frozenset({"interactions", "stored", "journal_tail"})


class Snapshot:
    """The ledger at one moment. Close it, or use it in a `with` block.

    Attributes:
        settings: of the installation.
        token: names the content: two snapshots with the same token give the same answers.
        published: names of the small tables that lie beside the interactions.
    """

    def __init__(
        self,
        bench: duckdb.DuckDBPyConnection,
        settings: Settings,
        *,
        files: tuple[Path, ...],
        tail: pa.Table,
        published: Mapping[str, Path],
        token: str,
        lease: Lease,
    ) -> None:
        self._bench = bench
        self._lease = lease
        self.settings = settings
        self.token = token
        self.published = frozenset(published)
        try:
            with _told():
                self._prepare(files, tail, published)
        except BaseException:
            bench.close()
            raise

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the engine's memory back, and let go of the files."""
        self._bench.close()
        self._lease.release()

    def _prepare(
        self, files: tuple[Path, ...], tail: pa.Table, published: Mapping[str, Path]
    ) -> None:
        parts = []
        columns = ", ".join(FIELD_NAMES)
        if files:
            listed = ", ".join(_quoted(str(path)) for path in files)
            parts.append(
                f"SELECT {columns} FROM read_parquet([{listed}], hive_partitioning = false)"
            )
        if tail.num_rows or not parts:
            self._lay("journal_tail", tail)
            parts.append(f"SELECT {columns} FROM journal_tail")
        self._bench.execute("CREATE TEMP VIEW stored AS " + " UNION ALL ".join(parts))
        for name, path in published.items():
            self._bench.execute(
                f'CREATE TEMP VIEW "{name}" AS SELECT * FROM read_parquet({_quoted(str(path))})'
            )
        self._mapped = IDENTITY in published and bool(
            self._bench.execute(f"SELECT count(*) FROM {IDENTITY}").fetchall()[0][0]
        )

    def sql(self, query: str, tables: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """Run a query over `interactions`, the published tables and the tables handed in.

        Raises:
            InputError: the engine cannot run the query; its message is passed on.
            StoreError: a data file is gone or damaged.
        """
        for name, table in (tables or {}).items():
            self._lay(name, table)
        try:
            with _told():
                self._bench.execute(self._interactions(query))
                return self._bench.sql(query).to_arrow_table()
        finally:
            for name in tables or {}:
                self._bench.execute(f'DROP TABLE "{name}"')

    def _lay(self, name: str, table: pa.Table) -> None:
        """Give the engine a copy: scans of Arrow refuse some of the filters it pushes down."""
        self._bench.register("handed_in", table)
        self._bench.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM handed_in')
        self._bench.unregister("handed_in")

    def _interactions(self, query: str) -> str:
        """The view `interactions`; the identity map joins only where a customer is asked for."""
        if not (self._mapped and needs_customer(query)):
            return "CREATE OR REPLACE TEMP VIEW interactions AS SELECT * FROM stored"
        return (
            "CREATE OR REPLACE TEMP VIEW interactions AS SELECT s.* REPLACE "
            "(coalesce(m.customer, s.customer) AS customer) "
            f"FROM stored s LEFT JOIN {IDENTITY} m ON s.customer = m.key"
        )


@lru_cache(maxsize=512)
def needs_customer(query: str) -> bool:
    """Whether a query can see the customer of an interaction.

    >>> needs_customer("SELECT channel, count(*) FROM interactions GROUP BY ALL")
    False
    >>> needs_customer("SELECT * FROM interactions")
    True
    """
    if re.search(r"\bcustomer\b", query, re.IGNORECASE):
        return True
    try:
        tree = sqlglot.parse_one(query, read="duckdb")
    except sqlglot.errors.SqlglotError:
        return True
    return not isinstance(tree, exp.Query) or _sees_whole_rows(tree)


def _sees_whole_rows(tree: exp.Expr) -> bool:
    """Whether fields can come in unnamed; telling for certain is not worth a mistake.

    Ways are a star that is not count(*), COLUMNS(...), a row as one value (`SELECT i FROM
    interactions AS i`), NATURAL joins and pivots.
    """
    if any(not isinstance(star.parent, exp.Count) for star in tree.find_all(exp.Star)):
        return True
    if any(join.method.upper() == "NATURAL" for join in tree.find_all(exp.Join)):
        return True
    rows = {table.alias_or_name.lower() for table in tree.find_all(exp.Table)}
    named = {column.name.lower() for column in tree.find_all(exp.Column)}
    return bool(rows & named) or tree.find(exp.Columns, exp.Pivot) is not None


@contextmanager
def _told() -> Iterator[None]:
    """Turns what the engine says into an error of ours: of the store, or of the query."""
    try:
        yield
    except duckdb.Error as error:
        if not _of_store(error):
            raise InputError("The query cannot be run", got=_first_line(error)) from error
        raise StoreError(
            "A data file of the lake cannot be read",
            got=_first_line(error),
            hint="`rapport ledger verify` tells which files are damaged.",
        ) from error


def _of_store(error: duckdb.Error) -> bool:
    """The engine has no class of its own for a damaged file: what it cannot name, it met there."""
    if isinstance(error, duckdb.IOException) or type(error) is duckdb.Error:
        return True
    return isinstance(error, duckdb.InvalidInputException) and ".parquet" in str(error)


def token_of(parts: Mapping[str, object]) -> str:
    """A short name for what a snapshot holds."""
    text = repr(sorted(parts.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def empty_tail() -> pa.Table:
    """A tail without rows."""
    return SCHEMA.empty_table()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
