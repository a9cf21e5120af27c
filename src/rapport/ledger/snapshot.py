"""Reading: journal and lake as one, from one moment, with the identity map applied."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import sqlglot
from sqlglot import expressions as exp

from rapport.ledger.engines.engine import Engine
from rapport.ledger.schema import FIELD_NAMES
from rapport.ledger.settings import Settings
from rapport.ledger.upkeep.leases import Lease

IDENTITY = "identity"
RESERVED = frozenset({"interactions", "stored", "journal_tail", "lake"})


class Snapshot:
    """The ledger at one moment. Close it, or use it in a `with` block.

    Attributes:
        settings: of the installation.
        token: names the content: two snapshots with the same token give the same answers.
        published: names of the small tables that lie beside the interactions.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        *,
        files: tuple[Path, ...],
        journal: Mapping[int, bytes],
        published: Mapping[str, Path],
        versions: Mapping[str, object],
        lease: Lease,
    ) -> None:
        self._engine = engine
        self._lease = lease
        self._view = ""
        self.settings = settings
        self.token = token_of(versions)
        self._versions = versions
        self.published = frozenset(published)
        try:
            self._prepare(files, journal, published)
        except BaseException:
            engine.close()
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

    def token_without(self, tables: Collection[str]) -> str:
        """Names the content apart from some published tables, for what is not made of them.

        Whoever makes a published table from the ledger asks by this whether it is still good;
        by `token` a table would count as old because it was published.
        """
        return token_of({name: v for name, v in self._versions.items() if name not in tables})

    def close(self) -> None:
        """Give the engine's memory back, and let go of the files."""
        self._engine.close()
        self._lease.release()

    def _prepare(
        self, files: tuple[Path, ...], journal: Mapping[int, bytes], published: Mapping[str, Path]
    ) -> None:
        parts = []
        if files:
            self._engine.scan("lake", files)
            parts.append("lake")
        if journal or not parts:
            self._engine.journal("journal_tail", journal)
            parts.append("journal_tail")
        columns = ", ".join(FIELD_NAMES)
        stored = " UNION ALL ".join(f"SELECT {columns} FROM {part}" for part in parts)
        self._engine.define("stored", stored)
        for name, path in published.items():
            self._engine.scan(name, [path])
        self._mapped = IDENTITY in published and self._has_rows(IDENTITY)

    def _has_rows(self, name: str) -> bool:
        return bool(self._engine.run(f"SELECT count(*) AS n FROM {name}")["n"][0].as_py())

    def sql(self, query: str, tables: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """Run a query over `interactions`, the published tables and the tables handed in.

        Raises:
            InputError: the engine cannot run the query; its message is passed on.
            StoreError: a data file is gone or damaged.
        """
        for name, table in (tables or {}).items():
            self._engine.lay(name, table)
        try:
            self._view_for(query)
            return self._engine.run(query)
        finally:
            for name in tables or {}:
                self._engine.drop(name)

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """The answer in parts, for what does not fit into memory; the first tells the columns.

        Ask nothing else of this snapshot before the last part.
        """
        self._view_for(query)
        yield from self._engine.batches(query)

    def _view_for(self, query: str) -> None:
        view = self._interactions(query)
        if view != self._view:
            self._engine.define("interactions", view)
            self._view = view

    def spelled(self, query: str) -> str:
        """The text of a query as the engine of this snapshot reads it."""
        return self._engine.spelled(query)

    def _interactions(self, query: str) -> str:
        """The view `interactions`; the identity map joins only where a customer is asked for."""
        if not (self._mapped and needs_customer(query)):
            return "SELECT * FROM stored"
        mapped = {"customer": "coalesce(m.customer, s.customer) AS customer"}
        columns = ", ".join(mapped.get(name, f"s.{name}") for name in FIELD_NAMES)
        return f"SELECT {columns} FROM stored AS s LEFT JOIN {IDENTITY} AS m ON s.customer = m.key"


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


def token_of(parts: Mapping[str, object]) -> str:
    """A short name for what a snapshot holds."""
    text = repr(sorted(parts.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
