"""The lake: a Delta table that others can read, whose bytes are on the disk when we say so."""

import os
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from rapport.kernel.errors import StoreError
from rapport.ledger.api import Ledger, seal
from rapport.ledger.disk import checksum
from rapport.ledger.lake import Lake, month_name, promised_checksum
from rapport.ledger.schema import SCHEMA

from .rows import at, batch, count, place, purchases

CANARY = "canary-customer"


@pytest.fixture
def sealed(ledger: Ledger) -> Ledger:
    """Rows of three customers in two months and one of before 1970, in the lake."""
    drafts = [
        {"customer": who, "occurred_at": at(day), "text": f"{CANARY} said", "key": f"{who}{day}"}
        for day in ("2025-03-02", "2025-02-28", "2025-03-01", "1969-12-31")
        for who in (CANARY, "Ana", None)
    ]
    ledger.take(batch(*drafts), place(ledger))
    seal(ledger)
    return ledger


def test_each_month_has_its_folder(sealed: Ledger) -> None:
    folders = sorted(path.name for path in sealed.lake.root.glob("ym=*"))
    assert folders == ["ym=1969-12", "ym=2025-02", "ym=2025-03"]
    assert [file.rows for file in sealed.lake.files(sealed.lake_version())] == [3, 3, 6]


@pytest.mark.parametrize(("month", "name"), [(0, "1970-01"), (-1, "1969-12"), (-840, "1900-01")])
def test_months_before_1970_are_named_as_people_do(month: int, name: str) -> None:
    assert month_name(month) == name


def test_data_files_are_sorted_by_customer_and_time(sealed: Ledger) -> None:
    for file in sealed.lake.files(sealed.lake_version()):
        rows = pq.read_table(sealed.lake.root / file.path, partitioning=None)
        keys = [(row["customer"] or "~", row["t"], row["id"]) for row in rows.to_pylist()]
        assert keys == sorted(keys), "rows without a customer come last"
        assert rows.schema.names == SCHEMA.names


def test_no_personal_data_gets_into_the_log(sealed: Ledger) -> None:
    logs = list((sealed.lake.root / "_delta_log").iterdir())
    assert len(logs) >= 2
    assert not [path.name for path in logs if CANARY.encode() in path.read_bytes()]


def test_a_name_carries_the_checksum_of_its_bytes(sealed: Ledger) -> None:
    files = sealed.lake.files(sealed.lake_version())
    assert [promised_checksum(file.path) for file in files] == [
        checksum(sealed.lake.root / file.path) for file in files
    ]


def test_duckdb_alone_reads_the_files(sealed: Ledger) -> None:
    folder = sealed.lake.root / "*" / "*.parquet"
    query = (
        f"SELECT ym, count(*) FROM read_parquet('{folder}', hive_partitioning = true) GROUP BY 1"
    )
    assert sorted(duckdb.sql(query).fetchall()) == [("1969-12", 3), ("2025-02", 3), ("2025-03", 6)]


def test_delta_rs_reads_the_table(sealed: Ledger) -> None:
    table = DeltaTable(str(sealed.lake.root))
    found = table.to_pyarrow_table() if hasattr(table, "to_pyarrow_table") else None
    assert found is not None
    assert found.num_rows == 12
    assert set(found["ym"].to_pylist()) == {"1969-12", "2025-02", "2025-03"}


def test_polars_reads_the_table(sealed: Ledger) -> None:
    polars = pytest.importorskip("polars")
    found = polars.scan_delta(str(sealed.lake.root)).filter(polars.col("customer") == "Ana")
    assert found.collect().height == 4


def test_every_older_version_can_be_read(tmp_path: Path) -> None:
    """delta-rs would write a checkpoint each 20 commits and drop the log before it."""
    lake = Lake(tmp_path)
    lake.create()
    rows = SCHEMA.empty_table()
    for number in range(1, 42):
        lake.commit(number, lake.write_files(rows, number))
    assert not list(tmp_path.glob("_delta_log/*.checkpoint.parquet"))
    assert [lake.files(version) for version in range(42)] == [()] * 42
    assert lake.last_write() == 41


def test_what_is_committed_is_on_the_disk(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A month's folder, its data file, the file's name, the log entry, its name: in this order."""
    synced: list[str] = []
    sync = os.fsync

    def remember(handle: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        sync(handle)

    ledger.load([purchases("a")], "shop")
    monkeypatch.setattr(os, "fsync", remember)
    seal(ledger)
    root = ledger.lake.root
    (data,) = root.glob("ym=*/*.parquet")
    written = str(data.with_name(data.name.partition("-")[0] + ".parquet"))
    log = str(root / "_delta_log")
    draft = f"{log}/_commit_rapport_{1:012d}.json.tmp"
    order = [str(root), written, str(data.parent), draft, log]
    assert [path for path in synced if path in order] == order


def test_the_log_names_a_file_only_after_it_was_synced(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync, versions = os.fsync, []

    def look(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink().suffix == ".parquet":
            versions.append(Lake(ledger.lake.root).version())
        sync(handle)

    ledger.load([purchases("a")], "shop")
    monkeypatch.setattr(os, "fsync", look)
    seal(ledger)
    assert versions == [0]
    assert ledger.lake.version() == 1


def test_a_lake_without_its_log_is_told(sealed: Ledger) -> None:
    before = count(sealed)
    for path in (sealed.lake.root / "_delta_log").iterdir():
        path.unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        sealed.lake.newest()
    with pytest.raises(StoreError, match="backup"):
        sealed.lake.files(99)
    assert before == 12
