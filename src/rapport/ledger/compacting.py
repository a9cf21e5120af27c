"""Compacting: the small files of a month become one, so that a reader opens fewer.

Nothing changes for readers: the rows are the same, in one commit of the lake. The files that are
no longer named stay on disk for those who still read an older version.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from rapport.ledger import writes
from rapport.ledger.failpoints import reach
from rapport.ledger.lake import DataFile
from rapport.ledger.lock import hold
from rapport.ledger.schema import SCHEMA

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger

# Files are put together up to here: a month's rows are sorted in memory.
ROWS_MAX = 2_000_000


@dataclass(frozen=True, slots=True)
class Compacted:
    """How many data files there were before and after."""

    before: int
    after: int


def compact(ledger: "Ledger") -> Compacted:
    """Put the data files of each month together; safe to kill anywhere, readers go on."""
    with hold(ledger.lake_lock):
        writes.recover(ledger)
        files = ledger.lake.files(ledger.lake_version())
        for _, of_month in groupby(files, key=lambda file: file.month):
            small = _small(list(of_month))
            if len(small) > 1:
                _put_together(ledger, small)
        after = ledger.lake.files(ledger.lake_version())
    return Compacted(len(files), len(after))


def _small(files: list[DataFile]) -> list[DataFile]:
    """The smallest files that together are not too many rows for memory."""
    chosen, rows = [], 0
    for file in sorted(files, key=lambda file: file.rows):
        rows += file.rows
        if rows > ROWS_MAX:
            break
        chosen.append(file)
    return chosen


def _put_together(ledger: "Ledger", files: list[DataFile]) -> None:
    with ledger.database.write() as connection:
        write = writes.begin(connection, "compact", [])
    reach("compact.recorded")
    tables = [pq.read_table(ledger.lake.root / file.path, partitioning=None) for file in files]
    rows = pa.concat_tables([table.cast(SCHEMA) for table in tables])
    adds = ledger.lake.write_files(rows, write)
    reach("compact.files")
    version = ledger.lake.commit(write, adds, files)
    reach("compact.committed")
    writes.finish(ledger.database, write, version)
    reach("compact.finished")
