"""Starts the real `rapport serve` and asks it for pages."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

# Status, headers (names in small letters) and body.
Answer = tuple[int, dict[str, str], str]


@dataclass
class Served:
    """A running `rapport serve`: its address, its process and what it says on standard error."""

    address: str
    process: "subprocess.Popen[str]"
    log: Path

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def serve(home: Path, log: Path, port: int | None = None, *more: str) -> Served:
    """Start `rapport serve` and wait until it says that it is ready, or has ended."""
    port = port or free_port()
    words = [sys.executable, "-m", "rapport", "--home", str(home), "serve", "--port", str(port)]
    words += more
    with log.open("w") as file:
        process = subprocess.Popen(words, stderr=file, text=True, env=dict(os.environ))
    deadline = time.monotonic() + 60
    while "Rapport is at" not in log.read_text() and process.poll() is None:
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return Served(f"http://127.0.0.1:{port}", process, log)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def get(address: str) -> Answer:
    """The answer to a page's address."""
    return _answer(urllib.request.Request(address))


def send_event(served: Served, key: str, name: str, **properties: str) -> Answer:
    """The answer of the door to one event."""
    event = {"type": "track", "event": "E", "messageId": name, "properties": properties}
    request = urllib.request.Request(
        f"{served.address}/v1/batch", json.dumps({"batch": [event]}).encode()
    )
    request.add_header("Authorization", f"Bearer {key}")
    return _answer(request)


def _answer(request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, _small(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, _small(error.headers), error.read().decode()


def _small(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
