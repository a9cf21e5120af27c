"""A store with a small demo company, and Rapport really serving it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, sync_playwright

from rapport.demo.api import CURRENCY, ZONE, company
from rapport.ledger.api import Settings, create_ledger
from rapport.web.store import ledger
from tests.requirements import needs

from .people import add_people
from .served import Served, serve

CUSTOMERS = 400


FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = needs("chromium")
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two years of a demo company; tests only read it."""
    home = tmp_path_factory.mktemp("demo") / "store"
    ledger = create_ledger(home, Settings("Trapperloo", ZONE, 0, CURRENCY))
    ledger.load(company(CUSTOMERS).interactions(), "demo")
    ledger.close()
    add_people(home)
    return home


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which nothing has happened."""
    home = tmp_path_factory.mktemp("empty") / "store"
    create_ledger(home).close()
    add_people(home)
    return home


@pytest.fixture(scope="session")
def served_demo(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = serve(demo_home, tmp_path_factory.mktemp("served") / "log")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def served_empty(empty_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = serve(empty_home, tmp_path_factory.mktemp("served") / "log")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def served_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small store that tests change, with somebody of each role.

    ana, ben and eva@x.example are owners who sign in by a password. Ana's second factor and Ben's
    keys are tested, so that only Eva's password alone is always enough.
    """
    home = tmp_path_factory.mktemp("own") / "store"
    ledger = create_ledger(home, Settings("Trapperloo", ZONE, 0, CURRENCY))
    ledger.load(company(40).interactions(), "demo")
    ledger.close()
    add_people(home, "ana", "ben", "eva")
    running = serve(home, tmp_path_factory.mktemp("served") / "log")
    yield running
    running.stop()


@pytest.fixture
def bound_store(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty store that the pages of this very process are bound to."""
    home = tmp_path / "bound"
    create_ledger(home, Settings("Trapperloo", ZONE, 0, CURRENCY)).close()
    monkeypatch.setenv("RAPPORT_HOME", str(home))
    settings.HOME = home
    cache.clear()
    yield home
    ledger().close()


@pytest.fixture
def bound_demo(
    demo_home: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The demo company's ledger, that the pages of this very process are bound to."""
    monkeypatch.setenv("RAPPORT_HOME", str(demo_home))
    settings.HOME = demo_home
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "uploads")
    cache.clear()
    return demo_home
