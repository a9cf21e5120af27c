"""The real programs on a store: `rapport serve` with its children, commands, clients that send."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from acceptance._book import Log, size_of
from acceptance._writers import Store

_START_SECONDS = 120.0
_AGAIN_SECONDS = 0.05
_PATH = "/v1/batch"
_MAPPING = """
source = "orders"
id = ["order"]

[fields]
customer = "shopper"
product = "shopper"
thread = "order"
occurred_at = "day"
kind = { value = "order.completed" }
text = "version"
"""


def command(store: Store, *words: str) -> list[str]:
    """The words of a `rapport` command on a store."""
    return [sys.executable, "-m", "rapport", "--home", str(store.home), *words]


def rapport(store: Store, *words: str) -> str:
    """Run a `rapport` command to its end; what it printed.

    Raises:
        AssertionError: it ended with another exit code than 0.
    """
    done = subprocess.run(
        command(store, *words),
        env=store.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(words)}: {done.stdout}{done.stderr}"
    return done.stdout


def begun(store: Store, *words: str) -> "subprocess.Popen[bytes]":
    """Start a `rapport` command that will be killed."""
    return subprocess.Popen(
        command(store, *words),
        env=store.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


class Server:
    """`rapport serve` on a store; started again by us where all of it was killed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.port = int(taken.getsockname()[1])
        self.log = store.home.with_name(f"{store.home.name}-served.txt")
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        words = command(self.store, "serve", "--port", str(self.port))
        with self.log.open("ab") as file:
            return subprocess.Popen(words, env=self.store.environment(), stderr=file, stdout=file)

    def kept(self) -> None:
        """Start it where it has ended: by our kill, or because a child died too often."""
        if self._process.poll() is not None:
            self._process = self._start()

    def answers(self) -> bool:
        """Whether it has said that it is served."""
        return f"Rapport is at http://127.0.0.1:{self.port}" in self.log.read_text()

    def must_run(self) -> None:
        """Nothing while it runs.

        Raises:
            AssertionError: it has ended.
        """
        assert self._process.poll() is None, f"the server ended:\n{self.log.read_text()}"

    def processes(self, module: str = "") -> list[psutil.Process]:
        """Its processes, or those of one child: all below the one that names the module."""
        with suppress(psutil.NoSuchProcess):
            below = psutil.Process(self._process.pid).children(recursive=True)
            heads = [one for one in below if _names(one, module)]
            found = {child for head in heads for child in [head, *head.children(recursive=True)]}
            return sorted(found, key=lambda one: one.pid)
        return []

    def kill(self, module: str = "") -> None:
        """SIGKILL for a child with all below it; without a name for everything there is."""
        doomed = self.processes(module)
        if not module:
            self._process.kill()
            self._process.wait()
        for one in doomed:
            with suppress(psutil.NoSuchProcess):
                one.kill()

    def stop(self) -> None:
        """Ctrl-C, and what does not follow it is killed."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


def _names(process: psutil.Process, module: str) -> bool:
    try:
        return not module or module in process.cmdline()
    except psutil.NoSuchProcess:
        return False


class Client(threading.Thread):
    """Sends label after label; again, until it is acknowledged, as SDKs do.

    Attributes:
        told_at: when the last acknowledgement came.
    """

    def __init__(self, port: int, key: str, log: Path, labels: Callable[[], str]) -> None:
        super().__init__(daemon=True)
        self._port, self._key = port, key
        self._log, self._labels = Log(log), labels
        self._connection: http.client.HTTPConnection | None = None
        self._resting, self._rest = threading.Event(), threading.Event()
        self._ended = False
        self.told_at = 0.0
        self.again = 0
        self.trouble: str | None = None

    def run(self) -> None:
        """Send until ended; between two labels it may be asked to rest."""
        while not self._ended:
            if self._rest.is_set():
                self._resting.set()
                time.sleep(_AGAIN_SECONDS)
                continue
            self._resting.clear()
            label = self._labels()
            self._log.write("asked", label, 1)
            if self._until_told(label):
                self._log.write("told", label, 1)
                self.told_at = time.monotonic()
        self._log.close()

    def rest(self) -> None:
        """Return when the label at hand is acknowledged, and send no more for now."""
        self._rest.set()
        deadline = time.monotonic() + _START_SECONDS
        while not self._resting.wait(_AGAIN_SECONDS):
            assert self.is_alive(), "a client has died"
            assert time.monotonic() < deadline, "a client is not answered"

    def go_on(self) -> None:
        """Send again."""
        self._resting.clear()
        self._rest.clear()

    def end(self) -> None:
        """Send no more."""
        self._ended = True
        self.join()

    def _until_told(self, label: str) -> bool:
        body = json.dumps({"batch": items_of(label)}).encode()
        while not self._ended:
            try:
                status, told = self._post(body)
            except (OSError, http.client.HTTPException, ValueError):
                self._drop()
                status, told = 0, {}
            if status == 200:
                return self._is_right(label, told)
            if status in (400, 401, 413):
                self.trouble = f"{label}: {status} {told}"
            self.again += 1
            time.sleep(_AGAIN_SECONDS)
        return False

    def _is_right(self, label: str, told: dict[str, Any]) -> bool:
        size = size_of(label)
        if told["received"] != size or told["stored"] + told["duplicate"] != size:
            self.trouble = f"{label}: {told}"
        return True

    def _post(self, body: bytes) -> tuple[int, dict[str, Any]]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=90)
        head = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        self._connection.request("POST", _PATH, body, head)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def items_of(label: str) -> list[dict[str, str]]:
    """The events of a label at its first version."""
    return [
        {
            "type": "track",
            "event": "bought",
            "messageId": f"{label}/{number}",
            "timestamp": f"2025-0{number % 2 + 1}-03T12:00:00Z",
            "customer": label,
            "product": label,
            "thread": f"{label}/{number}",
            "text": "1",
        }
        for number in range(size_of(label))
    ]


def file_of(label: str, folder: Path) -> tuple[Path, Path]:
    """A CSV of the label's rows at its first version, and the mapping to import it as."""
    file, mapping = folder / f"{label}.csv", folder / "label.toml"
    rows = [f"{label}/{n},{label},2025-0{n % 2 + 1}-03,1" for n in range(size_of(label))]
    file.write_text("\n".join(["order,shopper,day,version", *rows, ""]))
    mapping.write_text(_MAPPING)
    return file, mapping


def end_after(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """SIGKILL for a command after so long; whether it was still at work."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
        return False
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return True


def wait_until(true: Callable[[], bool], keep: Callable[[], None], said: str) -> None:
    """Return when something is true, keeping something else up meanwhile."""
    deadline = time.monotonic() + _START_SECONDS
    while not true():
        assert time.monotonic() < deadline, said
        keep()
        time.sleep(_AGAIN_SECONDS)


def all_told_since(clients: Sequence[Client], moment: float) -> Callable[[], bool]:
    """Whether every client was acknowledged something after a moment."""
    return lambda: all(client.told_at > moment for client in clients)
