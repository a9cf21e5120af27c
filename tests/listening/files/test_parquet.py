"""Parquet: types stay, what has an inside becomes JSON."""

import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rapport.kernel.errors import InputError
from rapport.listening.files import FileOptions, open_rows

from .conftest import Write
from .reading import read

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    table = pa.table(
        {
            "n": pa.array([1, None, 3], pa.int32()),
            "at": pa.array([NOON] * 3, pa.timestamp("us", "UTC")),
            "paid": pa.array([Decimal("1.50")] * 3, pa.decimal128(9, 2)),
            "who": pa.array(["Ana", "", "NA"], pa.large_string()).dictionary_encode(),
            "tags": [["a"], [], None],
            "shop": [{"id": 1, "at": NOON}] * 3,
        }
    )
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    return tmp_path / "a.parquet"


def test_types_stay_and_nested_values_become_json(path: Path) -> None:
    rows = open_rows(path, FileOptions(null=("NA",)))
    (chunk,) = (each for each in rows.chunks() if 1 in each.lines.to_pylist())
    types = [str(kind) for kind in chunk.table.schema.types]
    assert types == ["int32", "timestamp[us, tz=UTC]", "decimal128(9, 2)", *["string"] * 3]
    shop = '{"id":1,"at":"2024-02-29 12:00:00+00:00"}'
    good, refused = read(rows)
    assert good[0] == (1, 1, NOON, Decimal("1.50"), "Ana", '["a"]', shop)
    assert [row[4:6] for row in good] == [("Ana", '["a"]'), (None, "[]"), (None, None)]
    assert ([row[0] for row in good], refused) == ([1, 2, 3], [])


def test_chunks_are_as_small_as_asked(path: Path) -> None:
    chunks = list(open_rows(path, chunk_rows=1).chunks())
    assert [chunk.lines.to_pylist() for chunk in chunks] == [[1], [2], [3]]
    assert [round(chunk.share_read, 2) for chunk in chunks] == [0.33, 0.67, 1.0]


def test_it_may_come_in_gzip(path: Path, write: Write) -> None:
    packed = write(gzip.compress(path.read_bytes()), "b.parquet.gz")
    assert read(open_rows(packed)) == read(open_rows(path))


def test_a_damaged_file_is_an_error(path: Path, write: Write) -> None:
    half = write(path.read_bytes()[:300], "half.parquet")
    with pytest.raises(InputError, match="no whole Parquet file"):
        open_rows(half)


def test_public_transactions_have_their_published_count(shared: Path) -> None:
    rows = open_rows(shared / "data" / "complete_journey" / "transactions.parquet")
    assert sum(chunk.table.num_rows for chunk in rows.chunks()) == 1_089_934
