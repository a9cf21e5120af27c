"""What all tests share: the folder of real data, or a visible skip."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder with real data and reference figures beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with real data is not here (a clone alone has none)")
    return SHARED
