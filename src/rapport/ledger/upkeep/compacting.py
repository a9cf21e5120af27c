"""Compacting: the small files of a month become one, so that a reader opens fewer.

Nothing changes for readers: the rows are the same, in one commit of the lake. The files that are
no longer named stay on disk for those who still read an older version.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa

from rapport.ledger import writes
from rapport.ledger.failpoints import reach
from rapport.ledger.lake import DataFile

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger

# Files are put together up to here: a month's rows are sorted in memory.
ROWS_MAX = 2_000_000
# It pays where so many files of about one size come together: each row is then written anew only
# as often as the month grows eightfold, and a month never has more than some two dozen files.
TOGETHER = 8
_SMALL_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class Compacted:
    """How many data files there were before and after."""

    before: int
    after: int


def compact(ledger: "Ledger", *, only_where_it_pays: bool = False) -> Compacted:
    """Put the data files of each month together; safe to kill anywhere, readers go on.

    Args:
        only_where_it_pays: put files together only where there are `TOGETHER` of about one size.
    """
    least = TOGETHER if only_where_it_pays else 2
    before = None
    while True:
        # Others may write between two months.
        with ledger.hold("lake"):
            writes.recover(ledger)
            files = ledger.lake.files(ledger.lake_version())
            before = len(files) if before is None else before
            several = _several(files, least, by_size=only_where_it_pays)
            if not several:
                return Compacted(before, len(files))
            _put_together(ledger, several)


def _several(files: tuple[DataFile, ...], least: int, *, by_size: bool) -> list[DataFile]:
    """Files of one month, at least so many and not too many rows for memory; none where none are.

    With `by_size` they are also of about one size.
    """

    def group(file: DataFile) -> tuple[str, int]:
        return file.month, _tier(file.rows) if by_size else 0

    for _, alike in groupby(sorted(files, key=group), key=group):
        small = _small(list(alike))
        if len(small) >= least:
            return small
    return []


def _tier(rows: int) -> int:
    """How often a small file would have to grow `TOGETHER`-fold to be larger than this one.

    >>> [_tier(rows) for rows in (1, 16_383, 16_384, 131_071, 131_072)]
    [0, 0, 1, 1, 2]
    """
    tier = 0
    while rows >= _SMALL_ROWS:
        rows //= TOGETHER
        tier += 1
    return tier


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
    rows = pa.concat_tables([ledger.lake.rows(file) for file in files])
    adds = ledger.lake.write_files(rows, write)
    reach("compact.files")
    version = ledger.lake.commit(write, adds, files)
    reach("compact.committed")
    writes.finish(ledger.database, write, version)
    reach("compact.finished")
