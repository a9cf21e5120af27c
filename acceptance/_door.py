"""Events sent to the tracking door of a server whose calls are written down."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from acceptance._strace import Call, watched
from tests.web.served import free_port

_READY_SECONDS = 120


def is_acknowledgement(call: Call) -> bool:
    """Whether a call sends the head of the answer that events are stored."""
    if call.name not in ("writev", "sendto") or "socket:" not in "".join(call.handles):
        return False
    return call.body.startswith(b"HTTP/1.1 200") and b"application/json" in call.body


def make(home: Path) -> str:
    """A store with a tracking key; the key."""
    command = [sys.executable, "-m", "rapport", "--home", str(home)]
    subprocess.run([*command, "init"], check=True, capture_output=True)
    done = subprocess.run([*command, "key", "add", "shop"], check=True, capture_output=True)
    return done.stdout.decode().strip()


def send(home: Path, key: str, log: Path, events: int) -> None:
    """Serve the store, its calls written to a log, and send events one after another."""
    port = free_port()
    words = [sys.executable, "-m", "rapport", "--home", str(home), "serve", "--port", str(port)]
    said = log.with_suffix(".said")
    with said.open("w") as file:
        server = subprocess.Popen(watched(log, words), stderr=file, start_new_session=True)
    try:
        _await(said)
        for number in range(events):
            assert _post(port, key, number) == 200, said.read_text()
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(60)


def _await(said: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while "Rapport is at" not in said.read_text():
        assert time.monotonic() < deadline, said.read_text()
        time.sleep(0.1)


def _post(port: int, key: str, number: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    event = {"type": "track", "event": "E", "messageId": str(number)}
    head = {"Authorization": f"Bearer {key}"}
    connection.request("POST", "/v1/batch", json.dumps({"batch": [event]}), head)
    status = connection.getresponse().status
    connection.close()
    return status
