"""Demo companies that the tests of the API may change."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.web.served import serve

from .shop import Shop, make_tokens


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with _served(tmp_path_factory.mktemp("api"), 150) as found:
        yield found


@pytest.fixture(scope="module")
def small_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One that nobody else asks, to be tried with anything."""
    with _served(tmp_path_factory.mktemp("small"), 20) as found:
        yield found


@contextmanager
def _served(folder: Path, customers: int) -> Iterator[Shop]:
    home = folder / "store"
    words = [sys.executable, "-m", "rapport", "--home", str(home)]
    subprocess.run([*words, "demo", "--customers", str(customers)], check=True, capture_output=True)
    tokens = make_tokens(home)
    with pytest.MonkeyPatch.context() as patch:
        # So many that no test meets the limit, which has tests of its own.
        patch.setenv("RAPPORT_API_PER_MINUTE", "1000000")
        running = serve(home, folder / "log")
    yield Shop(home, running, tokens)
    running.stop()
