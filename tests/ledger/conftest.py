"""An empty ledger."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rapport.ledger import storing
from rapport.ledger.api import Ledger, create_ledger

# Whether a batch takes the journal way or the bulk way depends on its size.
WAYS = {"journal": 20_000, "lake": 1}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger whose reporting zone is UTC."""
    made = create_ledger(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs the test on both ways into the ledger."""
    monkeypatch.setattr(storing, "BULK_INTERACTIONS", WAYS[request.param])
    return str(request.param)


@pytest.fixture
def bulk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called, it makes every batch from then on take the bulk way."""
    return lambda: monkeypatch.setattr(storing, "BULK_INTERACTIONS", 1)
