"""A full disk; the full size is run by hand."""

from pathlib import Path

import pytest

from acceptance._narrow import NotPermittedError, narrow

from .proving import figures, proved


def test_a_full_disk_is_told_and_room_alone_mends_it(tmp_path: Path) -> None:
    try:
        with narrow(tmp_path / "disk"):
            pass
    except NotPermittedError as error:
        pytest.skip(f"no file system may be mounted here: {error}")
    assert figures(proved("diskfull"))["times the disk was filled"] == "5"
