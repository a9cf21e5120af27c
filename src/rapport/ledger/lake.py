"""The columnar body of the ledger: a Delta table whose data files we write and sync ourselves.

Invariants: a data file is written once and never changed; it is on the disk before the log names
it, and the log entry before it has its name (`log`; delta-rs itself never syncs). There is one
writer at a time (`ledger.lock`). No statistics are written to the log, so that no personal data can
stay behind in it; the Parquet files carry their own. The log is shortened by `checkpoints` alone:
delta-rs would neither sync its checkpoint nor ask who still reads an older version. A data file's
name carries the checksum of its bytes: Parquet does not notice every flipped one.
"""

import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from rapport.kernel.errors import StoreError
from rapport.ledger.disk import checksum, make_folder, sync
from rapport.ledger.failpoints import reach
from rapport.ledger.log import Entry, append, check
from rapport.ledger.schema import SCHEMA

PARTITION = "ym"
LOG = "_delta_log"
_APPLICATION = "rapport"
_FENCE = "rapport-fence"
_CONFIGURATION: dict[str, str | None] = {
    "delta.dataSkippingStatsColumns": "t",
    "delta.logRetentionDuration": "interval 0 days",
    "delta.checkpointInterval": "20",
}
# Small enough that one customer is found by reading little, large enough for quick scans.
_ROW_GROUP = 16_384
_BLOCK = 1024**2
# Columns whose values hardly repeat: a dictionary would only cost time.
_PLAIN = {"id", "t", "occurred_at", "thread", "text", "properties", "score", "amount"}
_DICTIONARY = [name for name in SCHEMA.names if name not in _PLAIN]


@dataclass(frozen=True, slots=True)
class DataFile:
    """One data file of a version.

    Attributes:
        path: below the lake.
        month: "2025-01".
        size, rows: bytes and rows.
        modified: when it was written, in ms since 1970.
    """

    path: str
    month: str
    size: int
    rows: int
    modified: int


class Lake:
    """The Delta table at one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create(self) -> None:
        """Make an empty table; nothing happens where there is one."""
        if DeltaTable.is_deltatable(str(self.root)):
            return
        # Made beside its place: a power cut leaves a whole table there, or none.
        draft = self.root.with_name(f"{self.root.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        schema = SCHEMA.remove_metadata().append(pa.field(PARTITION, pa.string()))
        plain = pa.schema([pa.field(f.name, f.type) for f in schema])
        DeltaTable.create(str(draft), plain, partition_by=[PARTITION], configuration=_CONFIGURATION)
        log = draft / LOG
        for path in (*log.iterdir(), log, draft):
            sync(path)
        draft.rename(self.root)
        sync(self.root.parent)

    def newest(self) -> DeltaTable:
        """The table at its newest version.

        Raises:
            StoreError: there is no table, or its log cannot be read.
        """
        with told(self.root):
            return DeltaTable(str(self.root))

    def version(self) -> int:
        """Number of the newest version."""
        return int(self.newest().version())

    def last_write(self) -> int:
        """Number of the last write that was committed, 0 before the first."""
        return self._last(self.newest(), _APPLICATION)

    def _last(self, table: DeltaTable, application: str) -> int:
        # Asked of the log again, so it can fail though the table was opened.
        with told(self.root):
            return int(table.transaction_version(application) or 0)

    def files(self, version: int) -> tuple[DataFile, ...]:
        """The data files of a version, in the order of their months.

        Raises:
            StoreError: the version cannot be read.
        """
        with told(self.root):
            return _files(str(self.root), version)

    def check(self, files: Iterable[DataFile]) -> None:
        """See that data files are those that were written, before they are read.

        Costs one look at a file's time and size; its bytes are read where the time is another.

        Raises:
            StoreError: one is gone or holds something else; names it.
        """
        for file in files:
            fault = self._fault(file)
            if fault:
                raise StoreError(
                    f"The data file {file.path} of the lake {fault}",
                    hint="Restore it, or the store, from a backup; "
                    "`rapport ledger verify` tells what else is damaged.",
                )

    def _fault(self, file: DataFile) -> str | None:
        path = self.root / file.path
        try:
            found = path.stat()
        except FileNotFoundError:
            return "is gone"
        if found.st_size != file.size:
            return f"has {found.st_size} bytes and not {file.size}"
        if _modified(found) == file.modified:
            return None
        if promised_checksum(file.path) not in (None, checksum(path)):
            return "holds other bytes than were written"
        with suppress(OSError):
            # It was copied: with its own time it need not be read again by the next process.
            os.utime(path, ns=(found.st_atime_ns, file.modified * 1_000_000))
        return None

    def rows(self, file: DataFile, columns: list[str] | None = None) -> pa.Table:
        """The rows of a data file, all columns or some.

        Raises:
            StoreError: it is gone or damaged; names it.
        """
        self.check([file])
        try:
            found = pq.read_table(self.root / file.path, columns=columns, partitioning=None)
        except (OSError, pa.ArrowException) as error:
            raise StoreError(
                f"The data file {file.path} of the lake cannot be read",
                got=str(error).splitlines()[0],
                hint="`rapport ledger verify` tells what is damaged.",
            ) from error
        return found if columns else found.cast(SCHEMA)

    def write_files(self, table: pa.Table, number: int) -> list[AddAction]:
        """Write a table as data files, one for each month, sorted by customer and time, synced.

        Nothing reads them until `commit` names them; files that a crash leaves behind are told by
        the write's number in their name and removed by `remove_unnamed`.
        """
        if not table.num_rows:
            return []
        months = table["month"].to_numpy()
        actions = []
        for month in np.unique(months):
            part = table.filter(pc.equal(table["month"], pa.scalar(int(month), pa.int32())))
            actions.append(self._write_file(part, int(month), number))
        return actions

    def _write_file(self, part: pa.Table, month: int, number: int) -> AddAction:
        name = month_name(month)
        folder = self.root / f"{PARTITION}={name}"
        make_folder(folder)
        written = folder / f"{number:012d}.parquet"
        rows = part.sort_by([("customer", "ascending"), ("t", "ascending"), ("id", "ascending")])
        _write_rows(rows, written)
        reach("lake.written")
        sync(written)
        target = written.rename(folder / f"{number:012d}-{checksum(written):08x}.parquet")
        sync(folder)
        return AddAction(
            path=target.relative_to(self.root).as_posix(),
            size=target.stat().st_size,
            partition_values={PARTITION: name},
            modification_time=_modified(target.stat()),
            data_change=True,
            stats=json.dumps({"numRecords": part.num_rows}),
        )

    def commit(
        self, number: int, adds: Sequence[AddAction], removes: Iterable[DataFile] = ()
    ) -> int:
        """Make files part of the table and others no longer; the new version, synced."""
        table = self.newest()
        if number <= self._last(table, _FENCE):
            raise _taken_over()
        gone = [
            RemoveAction(
                path=f.path,
                data_change=True,
                deletion_timestamp=int(time.time() * 1000),
                size=f.size,
                partition_values={PARTITION: f.month},
            )
            for f in removes
        ]
        version = self._append(table, Entry(adds, gone, _APPLICATION, number))
        reach("lake.logged")
        return version

    def shut_out(self, number: int) -> int:
        """Make sure that writes up to a number are never committed from now on; the version."""
        return self._append(self.newest(), Entry((), (), _FENCE, number))

    def _append(self, table: DeltaTable, entry: Entry) -> int:
        version = table.version() + 1
        try:
            append(self.root / LOG, version, entry)
        except FileExistsError:
            # A fence that was set up meanwhile, or the write that was to be shut out.
            raise _taken_over() from None
        return version

    def remove_unnamed(self, number: int) -> None:
        """Remove data files of a write that was never committed."""
        for path in self.root.glob(f"{PARTITION}=*/{number:012d}*.parquet"):
            path.unlink()


def _write_rows(rows: pa.Table, path: Path) -> None:
    # Parquet is written in hundreds of small pieces: they go to the disk in a few large ones.
    with pa.output_stream(str(path), buffer_size=_BLOCK) as file:
        pq.write_table(
            rows,
            file,
            # A fifth larger than zstd and a quarter quicker to read (decision 0004).
            compression="lz4",
            row_group_size=_ROW_GROUP,
            # The stubs know of True and False only.
            use_dictionary=_DICTIONARY,  # type: ignore[arg-type]
            store_schema=False,
        )


def _modified(found: os.stat_result) -> int:
    """When a file was last written, in ms since 1970."""
    return found.st_mtime_ns // 1_000_000


def promised_checksum(name: str) -> int | None:
    """The checksum a data file's name carries, None where it carries none.

    >>> promised_checksum("ym=2025-01/000000000007-0000abcd.parquet")
    43981
    """
    _, dash, digits = Path(name).stem.partition("-")
    return int(digits, 16) if dash else None


def month_name(month: int) -> str:
    """Months since 1970-01 as people and folders write them.

    >>> month_name(660)
    '2025-01'
    """
    return f"{1970 + month // 12:04d}-{month % 12 + 1:02d}"


def _taken_over() -> StoreError:
    return StoreError(
        "Another process has taken over this write to the lake",
        hint="Run it again: what is stored already is known and not stored twice.",
    )


@contextmanager
def told(root: Path) -> Iterator[None]:
    """Turns what the Delta library says of a damaged table into one clear line."""
    try:
        yield
    except (DeltaError, OSError) as error:
        raise StoreError(
            f"The lake at {root} cannot be read",
            got=str(error).splitlines()[0],
            hint="Restore it from a backup; `rapport ledger verify` tells what is damaged.",
        ) from error


@lru_cache(maxsize=32)
def _files(root: str, version: int) -> tuple[DataFile, ...]:
    check(Path(root) / LOG, version)
    actions = pa.table(DeltaTable(root, version=version).get_add_actions(flatten=True))
    place = actions.column_names.index("modification_time")
    times = actions["modification_time"].cast(pa.timestamp("ms")).cast(pa.int64())
    found = (
        DataFile(
            path=row["path"],
            month=row[f"partition.{PARTITION}"],
            size=row["size_bytes"],
            rows=row["num_records"],
            modified=row["modification_time"],
        )
        for row in actions.set_column(place, "modification_time", times).to_pylist()
    )
    return tuple(sorted(found, key=lambda file: (file.month, file.path)))
