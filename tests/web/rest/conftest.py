"""A demo company that the tests of the API may change."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.served import serve

from .shop import Shop, make_tokens


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("api") / "store"
    words = [sys.executable, "-m", "rapport", "--home", str(home), "demo", "--customers", "150"]
    subprocess.run(words, check=True, capture_output=True)
    tokens = make_tokens(home)
    running = serve(home, _log(tmp_path_factory))
    yield Shop(home, running, tokens)
    running.stop()


def _log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # So many that no test meets the limit, which has tests of its own.
    os.environ["RAPPORT_API_PER_MINUTE"] = "1000000"
    return tmp_path_factory.mktemp("served") / "log"
