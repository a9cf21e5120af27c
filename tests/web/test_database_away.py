"""PostgreSQL goes away under a running server: all that runs says so, waits, and goes on."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from acceptance.servers import Postgres
from rapport.ledger.api import create_ledger
from rapport.web.overview import Extent
from rapport.web.stored import StoredFigures

from .people import add_people
from .served import get, send_event, serve

# Longer than the worker rests between two looks.
AWAY_SECONDS = 12.0


def test_door_pages_and_worker_outlive_it(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", server.url("away"))
    home = tmp_path / "store"
    create_ledger(home).close()
    add_people(home)
    words = [sys.executable, "-m", "rapport", "--home", str(home), "key", "add", "shop"]
    key = subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()
    served = serve(home, tmp_path / "log")
    try:
        assert send_event(served, key, "before")[0] == 200
        assert get(f"{served.address}/measure/overview")[0] == 200
        programs = {child.pid for child in psutil.Process(served.process.pid).children()}
        server.stop("immediate")
        status, headers, _ = send_event(served, key, "meanwhile")
        assert (status, "retry-after" in headers) == (503, True)
        status, _, body = get(f"{served.address}/measure/overview")
        assert (status, "The database cannot do this now" in body) == (503, True)
        time.sleep(AWAY_SECONDS)
        server.start()
        assert send_event(served, key, "meanwhile")[0] == 200
        assert send_event(served, key, "after")[0] == 200
        wait_for_figures_of(home, 3)
        assert {child.pid for child in psutil.Process(served.process.pid).children()} == programs
    finally:
        assert served.stop() == 0
    log = served.log.read_text()
    assert "Traceback" not in log
    assert "does not answer" in log, "the worker tells it"


def wait_for_figures_of(home: Path, interactions: int) -> None:
    """Until the worker has looked at all of them."""
    deadline = time.monotonic() + 60
    while (found := StoredFigures(home).get("extent", Extent)) is None or (
        found.answer.interactions < interactions
    ):
        assert time.monotonic() < deadline, "the worker does not go on"
        time.sleep(0.2)
