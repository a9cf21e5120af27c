"""Runs work in a process of its own and tells how long it took and how much memory it held.

The starting process must stay small: on Linux a child's peak memory counts that of its parent at
the moment of starting. So nothing here, nor in `__main__`, imports an engine or Arrow.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_MB = 1024**2
# Linux counts ru_maxrss in KiB, macOS in bytes.
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class StepError(Exception):
    """A process ended otherwise than it should; says what it told."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process took: seconds by the clock, peak memory in MB, and what it printed."""

    seconds: float
    memory: float
    told: str


def run(command: Sequence[str], expected: int = 0) -> Ran:
    """Run a command from the checkout's root to its end.

    Raises:
        StepError: it ended with another exit code than the expected one.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        started = time.perf_counter()
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process:
            assert process.stdout is not None
            told = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        if process.returncode != expected:
            errors.seek(0)
            raise StepError(
                f"{' '.join(command)} ended with {process.returncode}: {errors.read().strip()}"
            )
    return Ran(seconds, usage.ru_maxrss * _MAXRSS_UNIT / _MB, told)


def rapport(home: Path, *words: str) -> Ran:
    """Run the command `rapport` on a store."""
    return run([sys.executable, "-m", "rapport", "--home", str(home), *words])


def step(function: str, /, **given: object) -> dict[str, Any]:
    """Run a function (`module:function` of this package) in a fresh process; what it returned.

    The answer has two more entries, of the whole process: `process_seconds`, `process_memory`.
    """
    ran = run([sys.executable, "-m", "bench.step", function, json.dumps(given)])
    answer: dict[str, Any] = json.loads(ran.told.splitlines()[-1])
    return {**answer, "process_seconds": ran.seconds, "process_memory": ran.memory}


def peak_memory() -> float:
    """The most memory that this process held so far, in MB."""
    import resource  # noqa: PLC0415 - not on Windows, where the rest can still be read

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT / _MB


def seconds_of(work: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def medians_in_turn(runs: int, *works: Callable[[], object]) -> list[float]:
    """The median time of each, run in turn so that a busy moment hits all of them alike."""
    times = [[seconds_of(work) for work in works] for _ in range(runs)]
    return [median(column) for column in zip(*times, strict=True)]
