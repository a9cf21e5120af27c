"""`rapport serve`: starts the web server and the worker, watches over them, stops them all.

Invariants: a child is never left behind. Each is the leader of a process group of its own and
holds the reading end of a pipe whose writing end only the supervisor has, so it hears of the
supervisor's death even after SIGKILL (`serve_child`); at the end every group is killed whole.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

STOP_SECONDS = 4.0
READY_SECONDS = 60.0
WATCH_SECONDS = 0.2
# A child that dies once is started again; one that keeps dying has a reason a person must see.
DEATHS_MAX = 5
DEATHS_WITHIN_SECONDS = 60.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass
class _Child:
    """One program we run: its name for people, how to start it, and its deaths so far."""

    name: str
    module: str
    arguments: tuple[str, ...]
    process: "subprocess.Popen[bytes] | None" = None
    deaths: list[float] = field(default_factory=list)
    start_again_at: float | None = None


class Supervisor:
    """Runs children until asked to stop; `run` gives the exit code.

    Args:
        children: module and arguments by name; each is started as
            `python -m rapport.web.serve_child MODULE ARGUMENT...`.
        environment: what the children find in theirs.
        ready: True once what is served really answers.
        announce: called once, when `ready` first says so.
        say: where a line for people goes.
    """

    def __init__(
        self,
        children: Mapping[str, tuple[str, ...]],
        *,
        environment: Mapping[str, str],
        ready: Callable[[], bool],
        announce: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self._children = [_Child(name, *_split(words)) for name, words in children.items()]
        self._environment = dict(environment)
        self._ready = ready
        self._announce = announce
        self._say = say
        self._stop = threading.Event()

    def run(self) -> int:
        """Start all, watch, stop all; 0 when asked to stop, 1 when a child could not be kept."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        try:
            for child in self._children:
                self._start(child)
            return self._watch()
        finally:
            self._stop_all()

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _start(self, child: _Child) -> None:
        words = [sys.executable, "-m", "rapport.web.serve_child", child.module, *child.arguments]
        child.start_again_at = None
        child.process = subprocess.Popen(  # noqa: S603 - our own Python and modules of ours
            words, stdin=subprocess.PIPE, env=self._environment, start_new_session=True
        )

    def _watch(self) -> int:
        announced = False
        deadline = time.monotonic() + READY_SECONDS
        while not self._stop.wait(WATCH_SECONDS):
            for child in self._children:
                if not self._keep(child, announced):
                    return 1
            if not announced and self._ready():
                announced = True
                self._announce()
            if not announced and time.monotonic() > deadline:
                self._say(f"Nothing answered within {READY_SECONDS:.0f} seconds; stopping.")
                return 1
        return 0

    def _keep(self, child: _Child, announced: bool) -> bool:
        """Start a dead child again, later each time; False when that is no use."""
        now = time.monotonic()
        if child.start_again_at is not None:
            if now >= child.start_again_at:
                self._start(child)
            return True
        if child.process is None or child.process.poll() is None:
            return True
        code = child.process.returncode
        _end_group(child.process, signal.SIGKILL)  # what it may have left behind
        child.deaths = [t for t in child.deaths if now - t < DEATHS_WITHIN_SECONDS] + [now]
        if not announced or len(child.deaths) >= DEATHS_MAX:
            self._say(f"The {child.name} ended by itself ({_told(code)}); stopping everything.")
            return False
        wait = 2.0 ** (len(child.deaths) - 1)
        self._say(f"The {child.name} ended by itself ({_told(code)}); again in {wait:.0f} s.")
        child.start_again_at = now + wait
        return True

    def _stop_all(self) -> None:
        running = [c.process for c in self._children if c.process is not None]
        for process in running:
            _end_group(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        for process in running:
            _end_group(process, signal.SIGKILL)
            process.wait()


def answers(address: str) -> bool:
    """Whether a GET of that address is answered with success within two seconds."""
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - http only
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def environment_for(home: Path, host: str) -> dict[str, str]:
    """The environment of the children: ours, the store they serve and the name they answer to."""
    hosts = [host, *os.environ.get("RAPPORT_HOSTS", "").split(",")]
    return {
        **os.environ,
        "RAPPORT_HOME": str(home),
        "RAPPORT_HOSTS": ",".join(name for name in hosts if name),
        # Where only this computer reaches us, it may make the first account and enter the demo.
        "RAPPORT_LOCAL": "1" if host in _LOOPBACK else "",
        "PYTHONUNBUFFERED": "1",
    }


def _split(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    return words[0], words[1:]


def _end_group(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    # A child leads its own group, so the group's number is the child's.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _told(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
