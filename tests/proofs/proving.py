"""Runs a long proof in its small size, as a person would."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def proved(name: str, *words: str) -> str:
    """Run the proof with a new seed; its report, and a failure that shows how to repeat it."""
    command = [sys.executable, "-m", "acceptance", name, "--quick", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def figures(report: str) -> dict[str, str]:
    """The figures of a report by name."""
    return {line[:44].strip(): line[44:].strip() for line in report.splitlines()}
