"""Walks the way of a newcomer in a clone of its own, with the real programs.

Clones the last commit, runs `make run` there twice (set-up, demo, page, Ctrl-C; then again
with the data kept) and says each step with its seconds. What is not committed is not tried.
"""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from acceptance.tally import Asked, Tally
from tests.web.served import get

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 1200.0
STOP_SECONDS = 10.0


def prove(asked: Asked, tally: Tally) -> None:
    """Clone, run twice, look at the page; the second time nothing is made anew."""
    clone = asked.folder / "a clone"
    _git_clone(clone)
    tally.say("cloned")
    first = _run(clone)
    tally.say("make run: set-up, demo, first page")
    second = _run(clone)
    tally.say("make run again: first page")
    tally.check("the data are kept", first == second, f"{first} became {second}")


def _git_clone(clone: Path) -> None:
    words = ["git", "clone", "--quiet", str(ROOT), str(clone)]
    subprocess.run(words, check=True)


def _run(clone: Path) -> str:
    """Start, be the demo's owner, look, stop as a terminal does; the line that counts."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
    log = clone / "make-run.log"
    with log.open("w") as file:
        words = ["make", "run", f"PORT={port}"]
        make = subprocess.Popen(words, cwd=clone, stderr=file, stdout=file, start_new_session=True)
    try:
        page = _first_page(make, log, f"http://127.0.0.1:{port}")
    finally:
        # Ctrl-C reaches make and all it started that is still in its group.
        os.killpg(make.pid, signal.SIGINT)
        make.wait(STOP_SECONDS)
    with socket.create_server(("127.0.0.1", port)):
        pass  # the port is free again, so nothing that served it is left
    return next(line for line in page.splitlines() if " interactions in all" in line)


def _first_page(make: "subprocess.Popen[bytes]", log: Path, address: str) -> str:
    deadline = time.monotonic() + START_SECONDS
    while f"Rapport is at {address}" not in log.read_text():
        assert make.poll() is None, f"make run ended:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"nothing was served:\n{log.read_text()}"
        time.sleep(0.2)
    status, _, page = get(address, "owner")
    assert (status, "How customers experience us" in page) == (200, True), page[:2000]
    return page
