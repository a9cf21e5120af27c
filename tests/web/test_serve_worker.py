"""The worker may be killed anywhere and goes on where it was."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rapport.kernel.errors import StoreError
from rapport.ledger.api import create_ledger
from rapport.web import serve_worker
from rapport.web.overview import Extent
from rapport.web.stored import StoredFigures


def start(home: Path) -> "subprocess.Popen[str]":
    words = [sys.executable, "-m", "rapport", "--home", str(home), "worker"]
    return subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=dict(os.environ))


def wait_for_figures(home: Path) -> None:
    deadline = time.monotonic() + 60
    while StoredFigures(home).get("extent", Extent) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_killed_worker_is_followed_by_one_that_stores_the_figures(tmp_path):
    create_ledger(tmp_path).close()
    first = start(tmp_path)
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = start(tmp_path)
    wait_for_figures(tmp_path)
    second.terminate()
    assert second.wait(30) == 0


def test_without_a_store_the_worker_says_how_to_make_one(tmp_path):
    worker = start(tmp_path / "none")
    _, told = worker.communicate(timeout=60)
    assert worker.returncode == 2
    assert "Make one with `rapport init`" in told


class _EnoughError(Exception):
    pass


@pytest.mark.django_db
def test_trouble_is_said_once_and_tried_again(tmp_path, monkeypatch):
    tries, said = [], []

    def refuse(*_: object) -> bool:
        tries.append(1)
        raise StoreError("The lake is away")

    def rest(_: float) -> None:
        if len(tries) == 3:
            raise _EnoughError

    monkeypatch.setattr(serve_worker, "refresh", refuse)
    monkeypatch.setattr(serve_worker.time, "sleep", rest)
    with pytest.raises(_EnoughError):
        serve_worker.work(create_ledger(tmp_path), StoredFigures(tmp_path), said.append)
    assert said == ["worker: The lake is away. It is tried again."]
