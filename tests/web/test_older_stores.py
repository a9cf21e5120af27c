"""A store of every version that was given away opens in this one, and means what it meant."""

import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from rapport.ledger.api import (
    Ledger,
    import_history,
    open_ledger,
    seal,
    status,
    undo,
    upkeep_steps,
    verify,
)
from tests.fixtures.stores.contents import contents

FOLDER = Path(__file__).parents[1] / "fixtures" / "stores"
STORES = sorted(path.name.removesuffix(".tar.gz") for path in FOLDER.glob("*.tar.gz"))


def run(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "rapport", "--home", str(home), *words]
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def unpacked(name: str, folder: Path) -> Path:
    """The store as it was left."""
    home = folder / name
    with tarfile.open(FOLDER / f"{name}.tar.gz") as archive:
        archive.extractall(home, filter="data")
    return home


@pytest.fixture(params=STORES)
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return unpacked(request.param, tmp_path)


@pytest.fixture
def opened(older: Path) -> Path:
    """The store after a command of this version that needs all of its tables."""
    done = run(older, "import", "--list")
    assert (done.returncode, done.stderr) == (0, "")
    return older


def meaning(home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{home.name}.json").read_text("utf-8"))
    return found


def faults(ledger: Ledger) -> list[str]:
    return [f"{proof.name}: {proof.found}" for proof in verify(ledger) if not proof.holds]


def test_there_is_a_store_to_open() -> None:
    assert "0.1.0-first" in STORES


def test_it_means_what_it_meant(opened: Path) -> None:
    assert json.loads(json.dumps(contents(opened))) == meaning(opened)


def test_its_tables_are_those_of_a_new_store(opened: Path, tmp_path: Path) -> None:
    assert run(tmp_path / "new", "init").returncode == 0
    assert structure(opened) == structure(tmp_path / "new")


def structure(home: Path) -> tuple[object, ...]:
    """Tables with their columns and references, and the names of indexes."""
    ledger = open_ledger(home)
    indexes = ledger.database.rows("SELECT name FROM sqlite_master WHERE type = 'index'")
    found = ({table.name: table for table in ledger.database.tables()}, sorted(indexes))
    ledger.close()
    return found


def test_it_goes_on_as_if_this_version_had_made_it(opened: Path) -> None:
    ledger = open_ledger(opened)
    assert faults(ledger) == []
    seal(ledger)
    for step in upkeep_steps(ledger):
        step()
    assert (status(ledger).journal, status(ledger).replaced, faults(ledger)) == (0, 0, [])
    revising = next(i.id for i in import_history(ledger.database) if "next night" in i.file)
    undo(ledger, revising)
    with ledger.read() as snapshot:
        query = "SELECT sum(amount) AS paid FROM interactions WHERE source = 'desk'"
        paid = snapshot.sql(query).to_pylist()[0]["paid"]
    assert paid == sum(10 * n + 0.5 for n in range(40)), "as the first night's export says"
    assert faults(ledger) == []
    ledger.close()


@pytest.mark.parametrize(
    "newer",
    [
        "UPDATE ledger_meta SET value = '99' WHERE name = 'schema'",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('office', '0999_later', '')",
    ],
    ids=["the ledger's tables", "tables of another room"],
)
def test_a_store_of_a_newer_version_is_refused_and_left_alone(older: Path, newer: str) -> None:
    with sqlite3.connect(older / "rapport.sqlite3") as connection:
        connection.execute(newer)
    connection.close()
    before = (older / "rapport.sqlite3").read_bytes()
    refused = run(older, "import", "--list")
    assert refused.returncode == 2
    assert "was made by a newer version of Rapport" in refused.stderr
    assert (older / "rapport.sqlite3").read_bytes() == before
