"""PostgreSQL goes away under a running server: all that runs says so, waits, and goes on."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from acceptance.servers import NoPostgresError, Postgres, postgres
from rapport.ledger.api import create_ledger
from rapport.web.overview import Extent
from rapport.web.stored import StoredFigures
from tests.requirements import needs

from .served import Served, get, serve

# Longer than the worker rests between two looks.
AWAY_SECONDS = 12.0


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    needs("postgresql")
    try:
        with postgres(tmp_path_factory.mktemp("server")) as found:
            yield found
    except NoPostgresError as error:
        pytest.skip(str(error))


def send(served: Served, key: str, name: str) -> tuple[int, dict[str, str]]:
    """Status and headers of the door's answer to one event."""
    body = json.dumps({"batch": [{"type": "track", "event": "E", "messageId": name}]}).encode()
    request = urllib.request.Request(f"{served.address}/v1/batch", body)
    request.add_header("Authorization", f"Bearer {key}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}


def test_door_pages_and_worker_outlive_it(
    database: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.url("away"))
    home = tmp_path / "store"
    create_ledger(home).close()
    words = [sys.executable, "-m", "rapport", "--home", str(home), "key", "add", "shop"]
    key = subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()
    served = serve(home, tmp_path / "log")
    try:
        assert send(served, key, "before")[0] == 200
        assert get(f"{served.address}/measure/overview")[0] == 200
        programs = {child.pid for child in psutil.Process(served.process.pid).children()}
        database.stop("immediate")
        status, headers = send(served, key, "meanwhile")
        assert (status, "retry-after" in headers) == (503, True)
        assert get(f"{served.address}/measure/overview")[0] == 200, "figures are stored beside it"
        time.sleep(AWAY_SECONDS)
        database.start()
        assert send(served, key, "meanwhile")[0] == 200
        assert send(served, key, "after")[0] == 200
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
