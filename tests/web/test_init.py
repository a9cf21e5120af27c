"""`rapport init` makes a store once and refuses, in a line, what it cannot use."""

import sys
from pathlib import Path
from subprocess import CompletedProcess, run

from rapport.ledger.api import open_ledger
from tests.requirements import about_sqlite


def rapport(home: Path, *words: str) -> "CompletedProcess[str]":
    program = [sys.executable, "-m", "rapport", "--home", str(home), *words]
    return run(program, check=False, capture_output=True, text=True, timeout=120)


def test_a_new_store_keeps_what_was_chosen(tmp_path):
    told = rapport(
        tmp_path / "store", "init", "--organisation", "Ana & Ben", "--zone", "Europe/Lisbon",
        "--week-start", "sunday", "--currency", "CHF",
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    found = open_ledger(tmp_path / "store").settings
    assert (found.organisation, found.zone) == ("Ana & Ben", "Europe/Lisbon")
    assert (found.week_start, found.currency) == (6, "CHF")


def test_a_store_that_is_there_is_refused_unless_asked_for(tmp_path):
    rapport(tmp_path, "init", "--organisation", "First")
    again = rapport(tmp_path, "init", "--organisation", "Second")
    assert (again.returncode, "already, of 'First'" in again.stderr) == (2, True)
    assert rapport(tmp_path, "init", "--if-missing", "--organisation", "Third").returncode == 0
    assert open_ledger(tmp_path).settings.organisation == "First"


def test_a_zone_that_does_not_exist_makes_nothing(tmp_path):
    told = rapport(tmp_path / "store", "init", "--zone", "Europe/Berlinn")
    assert told.returncode == 2
    assert "Did you mean Europe/Berlin" in told.stderr
    assert not (tmp_path / "store").exists()


@about_sqlite
def test_a_damaged_store_is_one_clear_line(tmp_path):
    (tmp_path / "rapport.sqlite3").write_text("no database at all")
    told = rapport(tmp_path, "init", "--if-missing")
    assert told.returncode == 2
    assert "is damaged" in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1


def test_a_store_of_a_newer_version_is_refused(tmp_path):
    rapport(tmp_path, "init")
    ledger = open_ledger(tmp_path)
    with ledger.database.write() as connection:
        connection.execute("UPDATE ledger_meta SET value = '999' WHERE name = 'schema'")
    ledger.close()
    told = rapport(tmp_path, "init", "--if-missing")
    assert told.returncode == 2
    assert "newer version of Rapport" in told.stderr


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    told = rapport(tmp_path / "file" / "store", "init")
    assert told.returncode == 2
    assert len(told.stderr.strip().splitlines()) == 1
