"""The page about the demo tells every fact as the file of facts does."""

from pathlib import Path

import pytest

from rapport.demo.facts import FACTS, Fact

PAGE = Path(__file__).parents[2] / "docs" / "demo.md"


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_the_page_tells_the_fact(fact: Fact) -> None:
    row = next(line for line in PAGE.read_text("utf-8").splitlines() if fact.sentence in line)
    assert fact.where in row
    assert row.endswith(f"| {fact.measure} | {fact.before:g} | {fact.after:g} |")
    assert fact.since == 0 or f"{fact.begins():%B %Y}" in row
