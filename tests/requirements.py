"""What some tests need from outside: absent it skips visibly; under CI=true it fails."""

import os
import shutil

import pytest

about_sqlite = pytest.mark.skipif(
    bool(os.environ.get("DATABASE_URL")),
    reason="is about the SQLite file",
)

_PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "java": ("java",),
    "node": ("node",),
    "postgresql": ("psql",),
    "strace": ("strace",),
}


def needs(tool: str) -> str:
    """The path of a program, or a skip that names it (a failure under CI=true)."""
    for name in _PROGRAMS[tool]:
        found = shutil.which(name)
        if found:
            return found
    reason = f"{tool} is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; .ci/run installs it, so that no test is left out")
    pytest.skip(reason)
