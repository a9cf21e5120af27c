"""What all tests share, or a visible skip: the folder of real data, a PostgreSQL server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.servers import NoPostgresError, Postgres, postgres
from tests.requirements import needs

SHARED = Path(__file__).parents[2] / "shared"


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
