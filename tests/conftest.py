"""What all tests share, or a visible skip: the folder of real data, a PostgreSQL server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.servers import NoPostgresError, Postgres, postgres
from tests.requirements import needs

SHARED = Path(__file__).parents[2] / "shared"
# Rooms whose files take minutes, the longest first; the others follow as they are found.
_LONG = ("proofs", "web")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: two processes share the tests, and neither shall wait for the other."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    rooms = item.path.relative_to(Path(__file__).parents[1]).parts
    return next((turn for turn, room in enumerate(_LONG) if rooms[:2] == ("tests", room)), 9)


@pytest.fixture
def shared() -> Path:
    """The folder with real data and reference figures beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with real data is not here (a clone alone has none)")
    return SHARED


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL server of the test's own, which it may stop."""
    needs("postgresql")
    try:
        with postgres(tmp_path_factory.mktemp("server")) as found:
            yield found
    except NoPostgresError as error:
        pytest.skip(str(error))
