"""On what, with what and when it was measured."""

import datetime as dt
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench.processes import ROOT

_LIBRARIES = ("duckdb", "pyarrow", "deltalake", "sqlglot", "numpy")


def stamp(settings: str) -> str:
    """A line that says day, commit, machine, versions and the settings of the run."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return (
        f"{today}, commit {_commit()}; {_cores()} cores of {_processor()}, {_memory()} of memory, "
        f"{platform.system()}; Python {platform.python_version()}, {libraries}; {settings}."
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1024**3:.0f} GB"


def _commit() -> str:
    """The short name of the commit, with a plus where files differ from it."""
    try:
        name = _git("rev-parse", "--short", "HEAD")
        return name + ("+" if _git("status", "--porcelain", "--", "src", "bench") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
