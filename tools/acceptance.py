"""`make acceptance`: walks the way of a newcomer in a clone of its own, with the real programs.

Clones the last commit beside, runs `make run` there twice (set-up, demo, page, Ctrl-C; then again
with the data kept) and says each step with its seconds. What is not committed is not tried.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[1]
T = TypeVar("T")
START_SECONDS = 1200.0
STOP_SECONDS = 10.0


def main() -> int:
    """0 when every step went as it should; otherwise an AssertionError says which did not."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "a clone"
        _told("clone", lambda: _git_clone(clone))
        first = _told("make run: set-up, demo, first page", lambda: _run(clone))
        second = _told("make run again: first page", lambda: _run(clone))
        assert first == second, f"the data were not kept: {first} became {second}"
    sys.stderr.write("A newcomer gets through.\n")
    return 0


def _told(step: str, act: Callable[[], T]) -> T:
    began = time.monotonic()
    result = act()
    sys.stderr.write(f"{time.monotonic() - began:7.1f} s  {step}\n")
    return result


def _git_clone(clone: Path) -> None:
    words = ["git", "clone", "--quiet", str(ROOT), str(clone)]
    subprocess.run(words, check=True)  # noqa: S603 - our own words


def _run(clone: Path) -> str:
    """Start, look at the page, stop as a terminal does; the sentence that counts interactions."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
    log = clone / "make-run.log"
    with log.open("w") as file:
        words = ["make", "run", f"PORT={port}"]
        make = subprocess.Popen(  # noqa: S603 - our own words
            words, cwd=clone, stderr=file, stdout=file, start_new_session=True
        )
    try:
        page = _first_page(make, log, f"http://127.0.0.1:{port}")
    finally:
        # Ctrl-C reaches make and all it started that is still in its group.
        os.killpg(make.pid, signal.SIGINT)
        make.wait(STOP_SECONDS)
    with socket.create_server(("127.0.0.1", port)):
        pass  # the port is free again, so nothing that served it is left
    return next(line for line in page.splitlines() if " in all; " in line)


def _first_page(make: "subprocess.Popen[bytes]", log: Path, address: str) -> str:
    deadline = time.monotonic() + START_SECONDS
    while f"Rapport is at {address}" not in log.read_text():
        assert make.poll() is None, f"make run ended:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"nothing was served:\n{log.read_text()}"
        time.sleep(0.2)
    with urllib.request.urlopen(address, timeout=300) as answer:  # noqa: S310 - http only
        page: str = answer.read().decode()
    assert "How customers experience us" in page
    return page


if __name__ == "__main__":
    sys.exit(main())
