"""The door of a server that really runs: what it acknowledged is there, however it ends."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from rapport.ledger.api import create_ledger, open_ledger
from tests.web.served import Served, free_port, serve

CLIENTS, BATCH = 6, 20


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_ledger(tmp_path / "store").close()
    return tmp_path / "store"


@pytest.fixture
def key(home: Path) -> str:
    words = [sys.executable, "-m", "rapport", "--home", str(home), "key", "add", "shop"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def served(home: Path, tmp_path: Path) -> Iterator[Served]:
    """A server, of two processes where the database takes them."""
    ledger = open_ledger(home)
    more = [] if ledger.database.writers_max else ["--processes", "2"]
    ledger.close()
    running = serve(home, tmp_path / "log", free_port(), *more)
    yield running
    if running.process.poll() is None:
        running.stop()


class Client(threading.Thread):
    """Sends batches over one connection until the server ends; keeps what was acknowledged."""

    def __init__(self, served: Served, key: str, name: str) -> None:
        super().__init__()
        self.port = int(served.address.rpartition(":")[2])
        self.key = key
        self.prefix = name
        self.acknowledged: list[str] = []
        self.first = threading.Event()

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        number = 0
        while True:
            names = [f"{self.prefix}-{number + place}" for place in range(BATCH)]
            items = [{"type": "track", "event": "E", "messageId": name} for name in names]
            head = {"Authorization": f"Bearer {self.key}"}
            try:
                connection.request("POST", "/v1/batch", json.dumps({"batch": items}), head)
                answer = connection.getresponse()
                told = json.loads(answer.read())
            except (OSError, http.client.HTTPException):
                return  # the server is gone
            if answer.status == 200:
                assert told["stored"] == BATCH, told
                self.acknowledged += names
                self.first.set()
            number += BATCH


def sending(served: Served, key: str) -> list[Client]:
    """Clients that have all been acknowledged once at least."""
    clients = [Client(served, key, f"client{number}") for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        assert client.first.wait(60)
    return clients


def stored(home: Path) -> int:
    ledger = open_ledger(home)
    with ledger.read() as snapshot:
        found = snapshot.sql("SELECT count(*) AS n, count(DISTINCT id) AS ids FROM interactions")
    ledger.close()
    told = found.to_pylist()[0]
    assert told["n"] == told["ids"], "something is there twice"
    return int(told["n"])


def ended(clients: list[Client]) -> int:
    """How many events were acknowledged, after all clients have met the end of the server."""
    for client in clients:
        client.join(60)
        assert not client.is_alive()
    return sum(len(client.acknowledged) for client in clients)


def test_what_was_acknowledged_survives_kill_9(home: Path, key: str, served: Served) -> None:
    clients = sending(served, key)
    for process in psutil.Process(served.process.pid).children(recursive=True):
        os.kill(process.pid, signal.SIGKILL)
    served.process.kill()
    served.process.wait(30)
    acknowledged = ended(clients)
    assert acknowledged >= CLIENTS * BATCH
    # What was under way may have been stored too: at most one batch of each client.
    assert acknowledged <= stored(home) <= acknowledged + CLIENTS * BATCH


def test_a_server_that_is_asked_to_stop_answers_what_it_has_begun(
    home: Path, key: str, served: Served
) -> None:
    clients = sending(served, key)
    assert served.stop() == 0
    acknowledged = ended(clients)
    assert stored(home) == acknowledged
    assert "Traceback" not in served.log.read_text()


def test_the_example_of_the_page_works(home: Path, key: str, served: Served) -> None:
    page = Path(__file__).parents[3] / "docs" / "tracking.md"
    (example,) = re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    environment = {**os.environ, "RAPPORT_KEY": key, "RAPPORT_ADDRESS": served.address}
    words = [sys.executable, "-c", example]
    told = subprocess.run(words, check=True, capture_output=True, text=True, env=environment)
    assert "'stored': 1" in told.stdout
    assert stored(home) == 1


def test_what_was_rejected_is_shown_as_it_came(home: Path, key: str, served: Served) -> None:
    port = int(served.address.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    wrong = [json.dumps({"type": "page", "timestamp": f"{year}-01-01"}) for year in (2198, 2199)]
    for item in wrong:
        body = f'{{"batch": [{item}]}}'
        connection.request("POST", "/v1/batch", body, {"Authorization": f"Bearer {key}"})
        assert b"in_the_future" in connection.getresponse().read()
    words = [sys.executable, "-m", "rapport", "--home", str(home), "key", "rejected", "shop"]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    shown = [json.loads(line) for line in told.splitlines()]
    assert [one["item"] for one in shown] == wrong[::-1]
    assert {one["reason"] for one in shown} == {"in_the_future"}


def test_sqlite_is_served_by_one_process_only(home: Path) -> None:
    ledger = open_ledger(home)
    many, most = ledger.database.writers_max is None, ledger.database.writers_max
    ledger.close()
    if many:
        pytest.skip("this store may be served by any number of processes")
    words = [sys.executable, "-m", "rapport", "--home", str(home), "serve", "--processes", "2"]
    told = subprocess.run(words, check=False, capture_output=True, text=True)
    assert told.returncode == 2
    assert f"Expected: --processes {most}." in told.stderr
