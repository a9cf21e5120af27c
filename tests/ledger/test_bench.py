"""The engine's settings hold for every cursor, wherever the machine stands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rapport.kernel.errors import InputError
from rapport.ledger.bench import memory_limit, open_bench

ASK = """
from rapport.ledger.bench import open_bench
bench = open_bench()
for cursor in (bench, bench.cursor()):
    assert str(cursor.execute("SELECT current_setting('TimeZone')").fetchall()) == "[('UTC',)]"
"""


def test_the_zone_of_the_machine_does_not_matter() -> None:
    found = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr


def test_spill_and_memory_are_capped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_MEMORY", "100MiB")
    names = ("memory_limit", "temp_directory", "max_temp_directory_size")
    asked = ", ".join(f"current_setting('{name}')" for name in names)
    (found,) = open_bench(tmp_path).cursor().execute(f"SELECT {asked}").fetchall()
    assert found == ("100.0 MiB", str(tmp_path), "37.2 GiB")


def test_a_memory_that_is_no_size_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_MEMORY", "plenty")
    with pytest.raises(InputError, match="such as 4GB"):
        memory_limit()
