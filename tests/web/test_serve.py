"""The supervisor starts, watches and stops real processes; nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SLEEPER = """
import os, subprocess, sys, time
from pathlib import Path
def main(arguments):
    grandchild = subprocess.Popen(["sleep", "600"])
    with Path(arguments[0]).open("a") as file:
        file.write(f"{os.getpid()} {grandchild.pid}\\n")
    if arguments[1:] == ["stubborn"]:
        import signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if arguments[1:] == ["dies"]:
        return 3
    time.sleep(600)
"""
SUPERVISE = """
import os, sys
from pathlib import Path
from rapport.web.serve import Supervisor
told = Path(sys.argv[1])
code = Supervisor(
    {"one": ("sleeper", str(told / "one"), *sys.argv[2:]), "two": ("sleeper", str(told / "two"))},
    environment=os.environ,
    ready=lambda: (told / "one").exists() and (told / "two").exists(),
    announce=lambda: print("ready", flush=True),
    say=lambda line: print(line, flush=True),
).run()
sys.exit(code)
"""


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    started = []

    def start(*arguments: str) -> "subprocess.Popen[str]":
        path = os.pathsep.join([str(tmp_path), *sys.path])
        process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISE, str(tmp_path), *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def pids(tmp_path: Path) -> list[int]:
    words = (tmp_path / "one").read_text() + (tmp_path / "two").read_text()
    return [int(word) for word in words.split()]


def runs(pid: int) -> bool:
    """A dead process that nobody has waited for (a zombie) does not run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, "did not happen within 30 seconds"
        time.sleep(0.05)


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_children_and_grandchildren(supervise, tmp_path, number):
    process = supervise()
    assert said(process) == "ready"
    process.send_signal(number)
    assert process.wait(30) == 0
    assert len(pids(tmp_path)) == 4
    # Grandchildren are killed, not waited for.
    wait_until(lambda: not [pid for pid in pids(tmp_path) if runs(pid)])


def test_a_child_that_ignores_the_signal_is_killed(supervise, tmp_path):
    process = supervise("stubborn")
    assert said(process) == "ready"
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert not [pid for pid in pids(tmp_path) if runs(pid)]


def test_children_follow_a_supervisor_that_was_killed(supervise, tmp_path):
    process = supervise()
    assert said(process) == "ready"
    process.kill()
    wait_until(lambda: not [pid for pid in pids(tmp_path) if runs(pid)])


def test_a_child_that_was_killed_is_started_again_without_its_leftovers(supervise, tmp_path):
    process = supervise()
    assert said(process) == "ready"
    child, grandchild = (int(word) for word in (tmp_path / "one").read_text().split())
    os.kill(child, signal.SIGKILL)
    assert said(process) == "The one ended by itself (signal SIGKILL); again in 1 s."
    wait_until(lambda: len((tmp_path / "one").read_text().split()) == 4)
    assert not runs(grandchild)


def test_a_child_that_cannot_start_stops_everything(supervise, tmp_path):
    process = supervise("dies")
    output, _ = process.communicate(timeout=30)
    # Whether it was ready in between is a matter of timing; that it ends is not.
    assert "The one ended by itself (exit code 3)" in output
    assert process.returncode == 1
    assert not [pid for pid in pids(tmp_path) if runs(pid)]
