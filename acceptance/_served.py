"""A store that is served by the real program, and a system that sends events to it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acceptance._writers import Store

START_SECONDS = 120.0
_ANSWER_SECONDS = 60.0
_RAPPORT = (sys.executable, "-m", "rapport")


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends batches to the door with a tracking key."""

    port: int
    key: str

    def send(self, items: Sequence[Mapping[str, Any]], **head: object) -> dict[str, Any]:
        """What the door answered; it must have answered 200."""
        body = json.dumps({"batch": items, **head}).encode()
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_SECONDS)
        try:
            asked.request("POST", "/v1/batch", body, {"Authorization": f"Bearer {self.key}"})
            answer = asked.getresponse()
            told: dict[str, Any] = json.loads(answer.read())
        finally:
            asked.close()
        assert answer.status == http.client.OK, told
        return told


@contextmanager
def served(store: Store, source: str) -> Iterator[Sender]:
    """Serve a store that was made; the sender's key stands for `source`. Stopped as by Ctrl-C."""
    key = _rapport(store, "key", "add", source).strip()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    log = store.home / "serve.log"
    with log.open("w") as told:
        words = [*_RAPPORT, "serve", "--port", str(port)]
        server = subprocess.Popen(
            words, stdout=told, stderr=told, env=store.environment(), start_new_session=True
        )
    try:
        _wait(server, port, log)
        yield Sender(port, key)
    finally:
        os.kill(server.pid, signal.SIGINT)
        server.wait(_ANSWER_SECONDS)


def _rapport(store: Store, *words: str) -> str:
    done = subprocess.run(
        [*_RAPPORT, *words],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=store.environment(),
    )
    return done.stdout


def _wait(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while f"Rapport is at http://127.0.0.1:{port}" not in log.read_text():
        assert server.poll() is None, f"the server ended:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"nothing was served:\n{log.read_text()}"
        time.sleep(0.1)
