"""One measure is one definition, one page and one test file, all of the same name."""

import pytest

from rapport.measures.api import all_measures

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


def test_every_page_asks_the_question_of_its_definition() -> None:
    pages = {
        path.stem: " ".join(path.read_text("utf-8").split())
        for path in (ROOT / "docs" / "measures").glob("*.md")
    }
    silent = [
        name
        for name, measure in all_measures().items()
        if measure.question not in pages.get(name, "") or "source" not in pages[name].lower()
    ]
    assert not silent, "a page repeats the question and names the source"
