"""Settings from the environment, each time in a process of their own."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

SAY = """
from pathlib import Path
from rapport.web.django_setup import migrate, prepare
prepare(Path({home!r}))
{then}
"""


def python(home: Path, then: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Set Django up in a new process and run a few lines."""
    outside = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO")}
    outside.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-c", SAY.format(home=str(home), then=then)],
        env=outside | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_connection_is_durable_and_keeps_references(tmp_path: Path) -> None:
    ask = """
from django.db import connection
for name in ("journal_mode", "synchronous", "foreign_keys"):
    print(connection.cursor().execute("PRAGMA " + name).fetchone()[0])
print(connection.transaction_mode)
"""
    assert python(tmp_path, ask).stdout.split() == ["wal", "2", "1", "IMMEDIATE"]


def test_the_ledger_and_django_use_one_library(tmp_path: Path) -> None:
    ask = """
from django.db.backends.sqlite3.base import Database
from rapport.ledger.relational import sqlite
print(Database.sqlite_version_info == sqlite.version, sqlite.version)
"""
    assert python(tmp_path, ask).stdout.startswith("True")


def test_the_signing_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    ask = "from django.conf import settings; print(str(settings.SECRET_KEY))"
    first, second = python(tmp_path, ask).stdout, python(tmp_path, ask).stdout
    assert first == second
    assert len(first) > 60
    assert first.strip() == (tmp_path / "secret.key").read_text()
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_two_stores_have_two_keys(tmp_path: Path) -> None:
    ask = "from django.conf import settings; print(str(settings.SECRET_KEY))"
    homes = [tmp_path / "one", tmp_path / "two"]
    for home in homes:
        home.mkdir()
    assert python(homes[0], ask).stdout != python(homes[1], ask).stdout


def test_an_empty_key_file_is_not_a_key(tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch()
    failed = python(tmp_path, "from django.conf import settings; str(settings.SECRET_KEY)")
    assert "secret.key is empty. Delete it" in failed.stderr


def test_importing_settings_touches_no_file(tmp_path: Path) -> None:
    assert python(tmp_path, "print('done')").stdout == "done\n"
    assert list(tmp_path.iterdir()) == []


def test_another_database_is_refused(tmp_path: Path) -> None:
    failed = python(tmp_path, "", DATABASE_URL="mysql://db/rapport")
    assert "DATABASE_URL names no PostgreSQL" in failed.stderr


def test_one_process_works_on_one_store(tmp_path: Path) -> None:
    failed = python(tmp_path / "one", f"prepare(Path({str(tmp_path / 'two')!r}))")
    assert "One process works on one store" in failed.stderr
    again = python(tmp_path, f"prepare(Path({str(tmp_path)!r})); print('done')")
    assert again.stdout == "done\n"


def test_tables_that_are_missing_are_made(tmp_path: Path) -> None:
    (tmp_path / "rapport.sqlite3").touch()
    ask = "from rapport.customers.api import identity_map; print(identity_map().num_rows)"
    assert python(tmp_path, ask).stdout == "0\n"


def test_a_busy_store_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "rapport.sqlite3").touch()
    ask = f"""
import pyarrow as pa
from django.db import connection
from rapport.ledger.relational.sqlite import library
from rapport.office.api import Actor, put_units
connection.cursor().execute("PRAGMA busy_timeout = 50")
other = library.connect({str(tmp_path / "rapport.sqlite3")!r}, isolation_level=None)
other.execute("BEGIN IMMEDIATE")
put_units(pa.table({{"key": ["berlin"]}}), actor=Actor.operator())
"""
    failed = python(tmp_path, ask).stderr
    assert "BusyError: Somebody else is writing to the store just now. Run it again" in failed


def test_a_store_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    newer = """
migrate()
from django.db import connection
connection.cursor().execute(
    "INSERT INTO django_migrations (app, name, applied)"
    " VALUES ('office', '9999_from_the_future', '2031-01-01')")
migrate()
"""
    failed = python(tmp_path, newer)
    assert "made by a newer version of Rapport" in failed.stderr
    assert "office 9999_from_the_future" in failed.stderr


def test_further_host_names_come_from_the_environment(tmp_path: Path) -> None:
    ask = "from django.conf import settings; print(settings.ALLOWED_HOSTS)"
    told = python(tmp_path, ask, RAPPORT_HOSTS="cx.example, cx2.example,")
    assert told.stdout.strip().endswith("'cx.example', 'cx2.example']")


def test_models_and_migrations_agree(tmp_path: Path) -> None:
    ask = """
from django.core.management import call_command
call_command("makemigrations", check=True, dry_run=True)
"""
    assert python(tmp_path, ask).returncode == 0


@pytest.mark.parametrize("room", ["office", "customers"])
def test_a_door_opens_before_django_is_set_up(room: str) -> None:
    outside = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO")}
    command = [sys.executable, "-c", f"import rapport.{room}.api"]
    assert subprocess.run(command, env=outside, check=False).returncode == 0
