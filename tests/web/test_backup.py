"""A backup brings the whole store back elsewhere, on either database, or says what is wrong."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance._contents import Digests, answers, digests
from acceptance.servers import postgres
from rapport.kernel.errors import StoreError
from rapport.ledger.api import open_ledger, verify
from rapport.web import archive
from rapport.web.archive import Manifest
from tests.requirements import needs

BUILD = Path(__file__).parents[1] / "fixtures" / "stores" / "build.py"


def run(home: Path, *words: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    """The command on a home; without DATABASE_URL unless it is handed in."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "rapport", "--home", str(home), *map(str, words)]
    return subprocess.run(
        command, env={**env, **environment}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with something of everything, its signing key too."""
    found = tmp_path_factory.mktemp("built") / "home"
    subprocess.run([sys.executable, str(BUILD), str(found)], check=True, capture_output=True)
    (found / "secret.key").write_text("what signs cookies")
    return found


@pytest.fixture(scope="module")
def backup(home: Path) -> Path:
    """A backup of it."""
    path = home.with_name("backup.tar")
    done = run(home, "backup", path)
    assert (done.returncode, done.stderr) == (0, "")
    return path


def contents(home: Path) -> Digests:
    """Digests of all tables but the audit, to which restoring adds a line."""
    found = digests(home)
    del found["office_auditline"]
    return found


def test_what_is_restored_is_what_was_there(home: Path, backup: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    done = run(new, "restore", backup)
    assert done.stdout == f"Restored 114 interactions into {new}.\n"
    assert contents(new) == contents(home)
    assert answers(new) == answers(home)
    assert (new / "secret.key").read_text() == "what signs cookies"
    assert new.stat().st_mode & 0o777 == 0o700


def test_a_restored_store_goes_on_counting_where_it_was(backup: Path, tmp_path: Path) -> None:
    """A number given twice would make the next write look like one that is done."""
    new = tmp_path / "new"
    run(new, "restore", backup)
    assert run(new, "ledger", "seal").stdout == "Sealed 15 interactions of 1 batches.\n"
    assert run(new, "import", "--undo", 11).returncode == 0
    ledger = open_ledger(new)
    assert [finding for finding in verify(ledger) if not finding.holds] == []
    assert ledger.lake.version() == 12
    ledger.close()


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """An empty database on a server of its own."""
    needs("postgresql")
    with postgres(tmp_path / "server") as server:
        yield server.url("restored")


def test_it_goes_from_sqlite_to_postgresql_and_back(
    home: Path, backup: Path, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, back, path = tmp_path / "there", tmp_path / "back", tmp_path / "there.tar"
    assert run(there, "restore", backup, DATABASE_URL=url).returncode == 0
    before, said = contents(home), answers(home)
    with monkeypatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        assert contents(there) == before
        assert answers(there) == said
    assert run(there, "backup", path, DATABASE_URL=url).returncode == 0
    assert run(back, "restore", path).returncode == 0
    assert contents(back) == before


def test_a_schema_that_is_in_use_is_never_restored_into(
    backup: Path, tmp_path: Path, url: str
) -> None:
    environment = {"DATABASE_URL": url, "RAPPORT_SCHEMA": "shop"}
    assert run(tmp_path / "one", "restore", backup, **environment).returncode == 0
    refused = run(tmp_path / "two", "restore", backup, **environment)
    assert refused.returncode == 2
    assert "There are tables in shop" in refused.stderr


def test_a_damaged_backup_makes_no_store(backup: Path, tmp_path: Path) -> None:
    bad = bytearray(backup.read_bytes())
    bad[bad.index(b"PAR1") + 10] ^= 4
    damaged, new = tmp_path / "damaged.tar", tmp_path / "new"
    damaged.write_bytes(bad)
    refused = run(new, "restore", damaged)
    assert refused.returncode == 2
    assert "is damaged. Got: lake/ym=2025-01/" in refused.stderr
    assert not new.exists()


def test_nothing_is_restored_over_something(home: Path, backup: Path) -> None:
    refused = run(home, "restore", backup)
    assert refused.returncode == 2
    assert "is not empty" in refused.stderr


@pytest.mark.parametrize("place", ["restore.filled", "restore.moved:2"])
def test_a_killed_restore_leaves_no_store_and_is_run_again(
    home: Path, backup: Path, tmp_path: Path, place: str
) -> None:
    new = tmp_path / "new"
    assert run(new, "restore", backup, FAILPOINT=place).returncode == -signal.SIGKILL
    with pytest.raises(StoreError, match="There is no store"):
        open_ledger(new)
    assert "was not finished" in run(new, "init").stderr
    assert run(new, "restore", backup).returncode == 0
    assert contents(new) == contents(home)


def test_who_was_erased_after_the_backup_stays_erased(
    home: Path, backup: Path, tmp_path: Path
) -> None:
    since, new, other = tmp_path / "since", tmp_path / "new", tmp_path / "other"
    assert run(since, "restore", backup).returncode == 0
    assert run(since, "customer", "erase", "c2", "--yes").returncode == 0
    done = run(new, "restore", backup, "--erased", since)
    assert (done.returncode, done.stderr) == (0, "")
    for place in (since, new):
        ledger = open_ledger(place)
        with ledger.read() as snapshot:
            query = "SELECT count(*) AS n FROM interactions WHERE customer = 'c2'"
            assert snapshot.sql(query).to_pylist() == [{"n": 0}]
        ledger.close()
    assert "There is no erased.key" in run(other, "restore", backup, "--erased", home).stderr


def test_a_backup_of_a_newer_store_is_refused(home: Path, tmp_path: Path) -> None:
    path, new = tmp_path / "newer.tar", tmp_path / "new"
    with archive.written(path, lambda _: None) as writing:
        writing.finish(
            Manifest(1, "9.9", "2030-01-01", "Shop", 99, [], 0, rows={}, counters={}, members=[])
        )
    refused = run(new, "restore", path)
    assert (refused.returncode, "newer version of Rapport" in refused.stderr) == (2, True)
    assert run(new, "ledger", "status").returncode == 2


def test_a_backup_is_written_into_no_file_that_is_there(home: Path, backup: Path) -> None:
    before = backup.read_bytes()
    refused = run(home, "backup", backup)
    assert (refused.returncode, "already" in refused.stderr) == (2, True)
    assert backup.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_told(home: Path, tmp_path: Path) -> None:
    refused = run(home, "backup", tmp_path / "none" / "backup.tar")
    assert refused.returncode == 2
    assert "cannot be written" in refused.stderr
