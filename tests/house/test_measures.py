"""One measure is one definition, one page and one test file, all of the same name."""

import pytest

from .tree import ROOT, SOURCE

DEFINITIONS = SOURCE / "measures" / "definitions"


def _measures() -> set[str]:
    found = {path.stem for path in DEFINITIONS.glob("*.py") if not path.stem.startswith("_")}
    if not found:
        pytest.skip("there is no definition of a measure yet")
    return found


def test_every_measure_has_its_page() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "measures").glob("*.md")} - {"README"}
    assert _measures() == pages


def test_every_measure_has_its_test() -> None:
    tests = {path.stem.removeprefix("test_") for path in (ROOT / "tests/measures").rglob("*.py")}
    assert not _measures() - tests


@pytest.mark.parametrize("name", ["question", "Source"])
def test_every_page_tells_question_and_source(name: str) -> None:
    silent = [
        measure
        for measure in _measures()
        if name.lower() not in (ROOT / f"docs/measures/{measure}.md").read_text("utf-8").lower()
    ]
    assert not silent
