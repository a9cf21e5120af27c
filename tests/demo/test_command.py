"""`rapport demo` loads the company, and once only."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _demo(home: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "rapport", "--home", str(home), "demo", "--customers", "60"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_makes_the_store_and_stores_nothing_twice(tmp_path: Path) -> None:
    first, again = _demo(tmp_path), _demo(tmp_path)
    received = first.split()[1]
    assert first == f"received {received} = stored {received} + duplicate 0 + rejected 0\n"
    assert again == f"received {received} = stored 0 + duplicate {received} + rejected 0\n"
