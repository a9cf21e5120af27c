"""The ledger of one installation: its folder, its relational file, its lake."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rapport.kernel.errors import ChangedError, InputError, StoreError
from rapport.ledger import revising, storing
from rapport.ledger.bench import open_bench
from rapport.ledger.disk import make_folder, sync
from rapport.ledger.engines.kept import KeptJournal
from rapport.ledger.engines.opening import DUCKDB, opened
from rapport.ledger.erasure.suppression import Suppression
from rapport.ledger.failpoints import reach
from rapport.ledger.intake import DRAFT_SCHEMA, Batch, Clock, Prepared, prepare
from rapport.ledger.lake import Lake
from rapport.ledger.lock import hold
from rapport.ledger.moment import moment_of
from rapport.ledger.reasons import Rejection
from rapport.ledger.receipts import Outcome, Place, Receipt
from rapport.ledger.relational.database import Database, set_meta
from rapport.ledger.relational.home import database_of, new_database
from rapport.ledger.relational.refilling import is_half_restored
from rapport.ledger.schema import MAPPED_FIELDS
from rapport.ledger.settings import Settings
from rapport.ledger.snapshot import RESERVED, Snapshot
from rapport.ledger.spill import own_folder
from rapport.ledger.trouble import in_our_words
from rapport.ledger.upkeep import leases

_LOAD_ROWS = 600_000


class Ledger:
    """Every interaction, once and for ever. Open one with `open_ledger` or `create_ledger`.

    Attributes:
        home: folder of the installation.
        settings: organisation, reporting zone, week start and currency.
    """

    def __init__(self, home: Path, database: Database) -> None:
        self.home = home
        self.database = database
        self.lake = Lake(home / "lake")
        self.suppression = Suppression(home, database)
        self.readers = home / "locks" / "readers"
        self._benches: dict[int | None, duckdb.DuckDBPyConnection] = {}
        self._kept_journal: KeptJournal | None = None
        self._opening = threading.RLock()
        self.settings = Settings()

    @property
    def bench(self) -> duckdb.DuckDBPyConnection:
        """The engine that snapshots work on, with a cursor each."""
        return self._opened(None)

    @property
    def _kept(self) -> KeptJournal:
        with self._opening:
            if self._kept_journal is None:
                self._kept_journal = KeptJournal(self.bench)
            return self._kept_journal

    @property
    def intake_bench(self) -> duckdb.DuckDBPyConnection:
        """The engine that batches are mapped and checked on, with a cursor each.

        One thread: a batch is one piece of work to DuckDB, and a second thread that waits for more
        costs as much time again. Batches are worked on side by side instead.
        """
        return self._opened(1)

    def _opened(self, threads: int | None) -> duckdb.DuckDBPyConnection:
        with self._opening:
            if threads not in self._benches:
                self._benches[threads] = open_bench(own_folder(self.home), threads)
            return self._benches[threads]

    def close(self) -> None:
        """Close the database and the engines."""
        self.database.close()
        self._kept_journal = None
        while self._benches:
            self._benches.popitem()[1].close()

    @contextmanager
    def hold(
        self, name: str, *, wait: bool = True, busy: str = "Another process is at it"
    ) -> Iterator[None]:
        """Hold a lock of the store while the block runs; `lake` is that of its one writer.

        Raises:
            BusyError: `wait` is False and somebody else holds it; the message is `busy`.
            StoreError: the disk refuses something meanwhile.
        """
        path = self.home / "locks" / f"{name}.lock"
        with (
            in_our_words(self.home),
            hold(path, wait=wait, busy=busy),
            self.database.guard(name, wait=wait, busy=busy),
        ):
            yield

    def rename(self, organisation: str, *, was: str) -> None:
        """Call the organisation something else; the other settings are part of every row.

        Raises:
            InputError: the name is empty.
            ChangedError: it was called otherwise meanwhile.
        """
        name = " ".join(organisation.split())
        if not name or not name.isprintable():
            raise InputError("An organisation has a name", got=ascii(organisation[:40]))
        with self.database.write() as connection:
            if _settings(self).organisation != was:
                raise ChangedError(
                    "Somebody else changed the name meanwhile", hint="Look at what it is now."
                )
            set_meta(connection, "organisation", name)
        self.settings = replace(self.settings, organisation=name)

    def lake_version(self) -> int:
        """The version of the lake that readers read."""
        return int(self.database.value("SELECT value FROM ledger_meta WHERE name = 'lake_version'"))

    def read(self, engine: str = DUCKDB) -> Snapshot:
        """The ledger as it is now: journal and lake from one moment.

        Args:
            engine: which of ENGINES answers; the answers are the same.

        Raises:
            InputError: there is no such engine, or it is not installed; says how to.
            StoreError: the lake cannot be read, or Spark does not start.
        """
        lease = leases.take(self.readers)
        try:
            return self._read(lease, engine)
        except BaseException:
            lease.release()
            raise

    def _read(self, lease: leases.Lease, engine: str) -> Snapshot:
        moment = moment_of(self, lease)
        return Snapshot(
            opened(engine, self.bench, self._kept, own_folder(self.home)),
            self.settings,
            files=moment.files,
            journal=moment.bodies,
            published=moment.published,
            versions=moment.versions,
            lease=lease,
        )

    def take(self, batch: Batch, place: Place, *, allow_future: bool = False) -> Receipt:
        """Run a batch through intake and store it; what became of its rows."""
        return self.store(self.prepare(batch, allow_future=allow_future), place)

    def prepare(self, batch: Batch, *, allow_future: bool = False) -> Prepared:
        """Run a batch through the steps of intake that need no store, in any thread."""
        bench = self.intake_bench.cursor()
        try:
            return prepare(batch, bench, self.settings, Clock(time.time_ns() // 1000, allow_future))
        finally:
            bench.close()

    def store(self, prepared: Prepared, place: Place) -> Receipt:
        """Store a prepared batch; what became of its rows."""
        if place.revises:
            return revising.revise(self, prepared, place)
        return storing.store(self, prepared, place)

    def foresee(
        self, prepared: Prepared, *, revises: bool = False
    ) -> tuple[Receipt, tuple[Rejection, ...]]:
        """What would become of a prepared batch if it were stored now, and what it would reject.

        Rows that an import repeats in a later batch of its own still count as stored here.
        """
        return storing.foresee(self, prepared, revises)

    def store_together(self, waiting: Sequence[tuple[Prepared, Place]]) -> list[Outcome]:
        """Store small batches of different sources at once; what became of each row of theirs.

        One transaction for all: when this returns, all of it is on the disk.
        """
        return storing.store_together(self, waiting)

    def load(self, tables: Iterable[pa.Table], source: str) -> Receipt:
        """Store interactions that are mapped already, table by table.

        Args:
            tables: any of the mapped fields as columns, and `key`, the id the source declares; a
                row without one is identified by its content and its occurrence in its table.
            source: the name ids are unique in.

        Raises:
            InputError: a column is not a field.
        """
        total = Receipt()
        for unkeyed in tables:
            table = _keyed(unkeyed)
            for start in range(0, table.num_rows, _LOAD_ROWS):
                part = table.slice(start, _LOAD_ROWS)
                drafts = _as_drafts(part, source)
                batch = Batch(drafts, (), part.num_rows, 0, _raw_of(part))
                total = total + self.take(batch, Place(None, 0, source))
        return total

    def publish(self, name: str, table: pa.Table, *, row_group: int | None = None) -> None:
        """Lay a small table beside the interactions, replacing its older version.

        Readers that hold the older version keep it: its file goes with a vacuum. A sorted table
        in groups of few rows is read only where what is asked for can be.
        """
        if not name.isidentifier():
            raise InputError("A published table is named like a variable", got=name)
        if name in RESERVED:
            raise InputError("A published table would hide the ledger's own", got=name)
        folder = self.home / "published"
        # Two at once would write one file and call it the same version.
        with self.hold("publish"):
            make_folder(folder)
            before = self.database.value(
                "SELECT version FROM ledger_published WHERE name = ?", (name,)
            )
            version = (before or 0) + 1
            file = f"{name}-{version}.parquet"
            pq.write_table(table, folder / file, compression="zstd", row_group_size=row_group)
            sync(folder / file)
            sync(folder)
            reach("publish.written")
            with self.database.write() as connection:
                connection.execute(
                    "INSERT INTO ledger_published (name, version, file) VALUES (?, ?, ?) "
                    "ON CONFLICT (name) DO UPDATE SET version = excluded.version, "
                    "file = excluded.file",
                    (name, version, file),
                )


def create_ledger(home: Path, settings: Settings | None = None) -> Ledger:
    """Make a ledger in a folder, or bring the one there to this program's version.

    Raises:
        StoreError: the folder cannot be written, or its store is newer or damaged.
    """
    try:
        make_folder(home)
        home.chmod(0o700)
    except OSError as error:
        raise StoreError(
            f"The folder {home} cannot be made or written", got=error.strerror, hint="Name another."
        ) from error
    if is_half_restored(home):
        raise StoreError(
            f"A restore into {home} was not finished",
            hint="Run `rapport restore` again, or name another folder.",
        )
    with hold(home / "locks" / "create.lock"):
        ledger = Ledger(home, new_database(home))
        with _told(ledger):
            ledger.database.check_version()
            ledger.database.migrate()
        reach("create.migrated")
        ledger.lake.create()
        reach("create.lake")
        # The settings are kept last: with them a ledger is complete.
        if not _is_complete(ledger):
            _keep_settings(ledger, settings or Settings())
    ledger.settings = _settings(ledger)
    return ledger


def open_ledger(home: Path) -> Ledger:
    """Open the ledger in a folder.

    Raises:
        StoreError: there is none, or it is newer than this program, or damaged.
    """
    ledger = Ledger(home, database_of(home))
    with _told(ledger):
        ledger.database.check_version()
        if not ledger.database.is_ledger() or not _is_complete(ledger):
            raise StoreError(f"There is no store in {home}", hint="Make one with `rapport init`.")
        ledger.database.migrate()
        ledger.settings = _settings(ledger)
    return ledger


class _told:  # noqa: N801 - reads as a word in `with _told(ledger):`
    """Turns what a database says of damage into one clear line."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, self.ledger.database.errors):
            raise StoreError(
                f"The store in {self.ledger.home} cannot be opened",
                got=str(error),
                hint="Restore it from a backup, or move it away and run `rapport init`.",
            ) from error


def _is_complete(ledger: Ledger) -> bool:
    return bool(ledger.database.value("SELECT 1 FROM ledger_meta WHERE name = 'lake_version'"))


def _keep_settings(ledger: Ledger, settings: Settings) -> None:
    values = {**asdict(settings), "lake_version": ledger.lake.version()}
    with ledger.database.write() as connection:
        for name, value in values.items():
            set_meta(connection, name, str(value))


def _settings(ledger: Ledger) -> Settings:
    kept = dict(ledger.database.rows("SELECT name, value FROM ledger_meta"))
    return Settings(
        organisation=kept["organisation"],
        zone=kept["zone"],
        week_start=int(kept["week_start"]),
        currency=kept["currency"],
    )


def _as_drafts(table: pa.Table, source: str) -> pa.Table:
    """Mapped columns as drafts: missing fields empty, rows numbered, keys made where none is."""
    unknown = set(table.column_names) - set(MAPPED_FIELDS) - {"key"}
    if unknown:
        raise InputError("These columns are not fields of an interaction", got=sorted(unknown))
    count = table.num_rows
    numbers = pa.array(range(count), pa.int64())
    columns = {
        "row": numbers,
        "line": numbers,
        "part": pa.array([""] * count),
        "source": pa.array([source] * count),
    }
    for field in DRAFT_SCHEMA:
        if field.name in columns:
            continue
        given = field.name in table.column_names
        columns[field.name] = (
            table[field.name].cast(field.type) if given else pa.nulls(count, field.type)
        )
    return pa.table({name: columns[name] for name in DRAFT_SCHEMA.names}, schema=DRAFT_SCHEMA)


def _keyed(table: pa.Table) -> pa.Table:
    """The table with a key in each row: the declared one, else content and occurrence.

    The sign before a declared key tells it from a content's hash, as in mappings.
    """
    declared = "key" in table.column_names
    content = table.drop_columns(["key"]) if declared else table
    given = table["key"].cast(pa.string()) if declared else pa.nulls(table.num_rows, pa.string())
    keys = pa.chunked_array([given]) if isinstance(given, pa.Array) else given
    without = keys.is_null()
    made = pa.array(_content_keys(content.filter(without)), pa.string())
    whole = pc.replace_with_mask(keys.combine_chunks(), without.combine_chunks(), made)
    return content.append_column("key", pc.binary_join_element_wise("=", whole, ""))


def _content_keys(table: pa.Table) -> list[str]:
    seen: dict[str, int] = {}
    keys = []
    for row in table.to_pylist():
        text = repr(sorted((k, v) for k, v in row.items() if v is not None))
        seen[text] = seen.get(text, 0) + 1
        keys.append(f"{text}#{seen[text]}")
    return keys


def _raw_of(table: pa.Table) -> Callable[[Sequence[int]], list[str]]:
    return lambda rows: [str(table.slice(row, 1).to_pylist()[0]) for row in rows]
