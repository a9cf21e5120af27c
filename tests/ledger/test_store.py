"""Making and opening a store: what is kept, and what is told where it cannot be opened."""

import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest

from rapport.kernel.errors import InputError, StoreError
from rapport.ledger.api import Ledger, Settings, create_ledger, open_ledger
from rapport.ledger.relational import sqlite
from rapport.ledger.relational.on_sqlite import DATABASE_FILE
from tests.requirements import about_sqlite

from .rows import ask, count, purchases

TRAPPERLOO = Settings("Trapperloo", "Europe/Berlin", 6, "CHF")


def test_a_store_keeps_its_settings(tmp_path: Path) -> None:
    create_ledger(tmp_path / "deep" / "home", TRAPPERLOO).close()
    ledger = open_ledger(tmp_path / "deep" / "home")
    assert ledger.settings == TRAPPERLOO
    ledger.close()


def test_making_a_store_again_changes_nothing(tmp_path: Path) -> None:
    first = create_ledger(tmp_path, TRAPPERLOO)
    first.load([purchases("a")], "shop")
    first.close()
    again = create_ledger(tmp_path, Settings("Other"))
    assert (again.settings, count(again)) == (TRAPPERLOO, 1)
    again.close()


def test_only_its_owner_may_look_into_the_folder(tmp_path: Path) -> None:
    create_ledger(tmp_path / "home").close()
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0


@about_sqlite
def test_every_connection_writes_ahead_and_syncs(ledger: Ledger) -> None:
    pragmas = ("journal_mode", "synchronous", "foreign_keys")
    found = [ledger.database.value(f"PRAGMA {name}") for name in pragmas]
    assert found == ["wal", 2, 1], "2 is FULL"


@about_sqlite
def test_the_library_is_free_of_the_reset_race_where_a_wheel_is(ledger: Ledger) -> None:
    assert ledger.database.value("SELECT sqlite_version()") == ".".join(map(str, sqlite.version))
    assert sqlite.is_safe == (sqlite.version >= (3, 51, 3))
    if sqlite.library is not sqlite3:
        assert sqlite.is_safe, "the wheel is what makes it safe"


def test_no_store_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no store in .* Make one with `rapport init`"):
        open_ledger(tmp_path / "nowhere")


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a letter")
    with pytest.raises(StoreError, match="Name another"):
        create_ledger(tmp_path / "home")
    with pytest.raises(StoreError, match="no store"):
        open_ledger(tmp_path / "home")


@about_sqlite
def test_a_relational_file_of_other_rooms_is_no_store(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / DATABASE_FILE) as other:
        other.execute("CREATE TABLE office_unit (id)")
    with pytest.raises(StoreError, match="rapport init"):
        open_ledger(tmp_path)


@pytest.mark.parametrize("act", [open_ledger, create_ledger])
def test_a_store_of_a_newer_program_is_refused(ledger: Ledger, act: object) -> None:
    ledger.database.connection.execute("UPDATE ledger_meta SET value = '99' WHERE name = 'schema'")
    ledger.close()
    with pytest.raises(StoreError, match="newer version of Rapport") as told:
        act(ledger.home)  # type: ignore[operator]
    assert told.value.got == "schema 99"
    assert told.value.hint


@about_sqlite
@pytest.mark.parametrize("content", [b"not a database, " * 300, b"SQLite format 3\x00" + b"x" * 99])
def test_a_broken_relational_file_is_told(ledger: Ledger, content: bytes) -> None:
    ledger.close()
    for path in ledger.home.glob(f"{DATABASE_FILE}*"):
        path.unlink()
    (ledger.home / DATABASE_FILE).write_bytes(content)
    with pytest.raises(StoreError, match="Restore it from a backup"):
        open_ledger(ledger.home)


def test_a_column_that_is_no_field_is_told(ledger: Ledger) -> None:
    table = purchases("a").append_column("mood", pa.array(["good"]))
    with pytest.raises(InputError, match="mood"):
        ledger.load([table], "shop")


def test_a_store_can_be_moved(ledger: Ledger, tmp_path: Path) -> None:
    ledger.load([purchases("a")], "shop")
    ledger.close()
    moved = open_ledger(ledger.home.rename(tmp_path / "elsewhere"))
    assert ask(moved, "SELECT customer FROM interactions") == [("Ana",)]
    moved.close()


@pytest.mark.parametrize(
    "wrong", [{"zone": "Europe/Berln"}, {"week_start": 3}, {"currency": "euro"}]
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, str | int]) -> None:
    with pytest.raises(InputError):
        Settings(**wrong)  # type: ignore[arg-type]
