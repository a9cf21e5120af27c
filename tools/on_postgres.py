"""Run a command with DATABASE_URL naming a PostgreSQL server of its own.

`python -m tools.on_postgres pytest tests/ledger`: the server lives in a temporary folder, listens
on the loopback only and is gone afterwards. Where there is no PostgreSQL it says so and does
nothing (under CI=true that is a failure).
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from acceptance.servers import NoPostgresError, postgres


def main() -> int:
    """The command's exit code."""
    if len(sys.argv) < 2:
        sys.stderr.write("Say what to run: python -m tools.on_postgres COMMAND ...\n")
        return 2
    try:
        with tempfile.TemporaryDirectory() as folder, postgres(Path(folder)) as server:
            environment = {**os.environ, "DATABASE_URL": server.url("rapport")}
            return subprocess.run(sys.argv[1:], check=False, env=environment).returncode  # noqa: S603
    except NoPostgresError as error:
        sys.stderr.write(f"SKIPPED on PostgreSQL: {error}\n")
        return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
