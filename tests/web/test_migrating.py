"""The tables of the rooms are brought up to date a change at a time, each whole or not at all."""

import sys
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest

from rapport.ledger.api import create_ledger

# Dies where a change is made and the note that it was made is about to be written.
KILLED = """
import os, sys
from pathlib import Path
from django.db.migrations.executor import MigrationExecutor
from rapport.web import django_setup

def record(self, migration):
    if migration.app_label == sys.argv[2]:
        os._exit(9)
    whole(self, migration)

whole, MigrationExecutor.record_migration = MigrationExecutor.record_migration, record
django_setup.prepare(Path(sys.argv[1]))
"""


def program(*words: str) -> "CompletedProcess[str]":
    return run([sys.executable, *words], check=False, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("room", ["contenttypes", "office", "privacy"])
def test_a_kill_before_a_change_is_noted_leaves_no_half_of_it(tmp_path: Path, room: str) -> None:
    create_ledger(tmp_path).close()
    assert program("-c", KILLED, str(tmp_path), room).returncode == 9
    told = program("-m", "rapport", "--home", str(tmp_path), "key", "list")
    assert (told.returncode, told.stderr) == (0, "")
