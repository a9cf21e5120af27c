"""Proofs that find what is wrong, by name; a proof that cannot fail proves nothing."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from rapport.ledger.api import Ledger, create_ledger, seal, status, verify
from tests.requirements import about_sqlite

from .rows import batch, faults, place, purchases


@pytest.fixture
def stocked(tmp_path: Path) -> Iterator[Ledger]:
    """Two rows in the lake, one in the journal."""
    made = create_ledger(tmp_path / "home")
    made.load([purchases("a", "b")], "shop")
    seal(made)
    made.load([purchases("c")], "shop")
    yield made
    made.close()


def data_file(ledger: Ledger) -> Path:
    """The one data file."""
    (found,) = ledger.lake.root.glob("ym=*/*.parquet")
    return found


def test_a_whole_store_passes_every_proof(stocked: Ledger) -> None:
    findings = verify(stocked)
    assert len(findings) == 8
    assert all(finding.holds for finding in findings)


def test_the_state_of_the_store_in_numbers(stocked: Ledger) -> None:
    stocked.take(batch({"kind": None}, {}), place(stocked))
    now = status(stocked)
    assert (now.journal, now.lake, now.files, now.ids, now.open_writes) == (2, 2, 1, 4, 0)
    assert (now.receipt.received, now.receipt.stored, now.receipt.rejected) == (5, 4, 1)
    assert now.bytes == data_file(stocked).stat().st_size


def test_a_flipped_bit_is_found_wherever_it_is(stocked: Ledger) -> None:
    path, chance = data_file(stocked), random.Random(5)
    good = path.read_bytes()
    for place_of_bit in chance.sample(range(len(good) * 8), 12):
        bad = bytearray(good)
        bad[place_of_bit // 8] ^= 1 << place_of_bit % 8
        path.write_bytes(bad)
        (fault,) = faults(stocked)
        assert path.name in fault
        assert "other bytes" in fault


def test_a_data_file_that_is_gone_is_named(stocked: Ledger) -> None:
    path = data_file(stocked)
    path.unlink()
    assert faults(stocked) == [f"data files are whole: {path.parent.name}/{path.name} is gone"]


def test_a_data_file_cut_short_is_named(stocked: Ledger) -> None:
    path = data_file(stocked)
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-1])
    assert faults(stocked)[0].endswith(f"{path.name} has {size - 1} bytes and not {size}")


@pytest.mark.parametrize(
    ("harm", "proof"),
    [
        ("DELETE FROM ledger_id", "every interaction has its id"),
        (
            "INSERT INTO ledger_id SELECT mark, mark, 1 FROM ledger_id LIMIT 1",
            "every interaction has its id",
        ),
        ("UPDATE ledger_batch SET interactions = 9 WHERE number = 1", "every batch has its rows"),
        ("DELETE FROM ledger_journal", "every batch has its rows"),
        ("UPDATE ledger_meta SET value = '0' WHERE name = 'lake_version'", "the newest lake"),
    ],
)
def test_bookkeeping_that_does_not_agree_is_found(stocked: Ledger, harm: str, proof: str) -> None:
    stocked.database.connection.execute(harm)
    assert any(proof in fault for fault in faults(stocked))


@about_sqlite
def test_a_record_that_points_to_nothing_is_found(stocked: Ledger) -> None:
    stocked.database.connection.execute("PRAGMA foreign_keys=OFF")
    stocked.database.connection.execute("UPDATE ledger_batch SET import_id = 77")
    assert any("points to nothing" in fault for fault in faults(stocked))


def test_an_interaction_that_is_there_twice_is_found(stocked: Ledger) -> None:
    stocked.database.connection.execute(
        "INSERT INTO ledger_journal SELECT 1, 1, body FROM ledger_journal"
    )
    assert any("no interaction is there twice" in fault for fault in faults(stocked))


@about_sqlite
def test_a_relational_file_with_a_damaged_page_is_found(stocked: Ledger) -> None:
    stocked.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    path = stocked.database.path
    stocked.close()
    bad = bytearray(path.read_bytes())
    root = 4096 * 5
    bad[root : root + 200] = b"\xff" * 200
    path.write_bytes(bad)
    assert "the relational half is whole" in " ".join(faults(stocked))
