"""Starts the real `rapport serve` and asks it for pages."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path


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


def get(address: str) -> tuple[int, dict[str, str], str]:
    """Status, headers (names in small letters) and body."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()
