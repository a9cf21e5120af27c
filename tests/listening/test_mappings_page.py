"""The examples of docs/mappings.md do what the page says."""

import re
from pathlib import Path

import pytest

from rapport.kernel.scales import SCALES
from rapport.ledger.api import MAPPED_FIELDS, known_kinds
from rapport.listening.api import parse_mapping

from .conftest import Store

PAGE = (Path(__file__).parents[2] / "docs" / "mappings.md").read_text("utf-8")
PAIRS = re.findall(r"```(csv|jsonl)\n(.*?)```\s+```toml\n(.*?)```", PAGE, re.DOTALL)
MAPPINGS = [t for t in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if "source =" in t]


@pytest.mark.parametrize(("suffix", "content", "mapping"), PAIRS)
def test_an_example_imports_without_a_rejection(
    store: Store, suffix: str, content: str, mapping: str
) -> None:
    receipt = store.take(content, mapping, f"rows.{suffix}").receipt
    assert receipt.stored > 0
    assert receipt.rejected == 0


def test_the_survey_gives_as_many_interactions_as_the_page_says(store: Store) -> None:
    ((_, content, mapping),) = [pair for pair in PAIRS if "visitors-2025" in pair[2]]
    receipt = store.take(content, mapping).receipt
    assert (receipt.interactions, receipt.aside) == (4, 1)


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_every_mapping_of_the_page_can_be_read(mapping: str) -> None:
    assert parse_mapping(mapping).source


def test_the_page_names_every_field_kind_and_scale() -> None:
    words = {*MAPPED_FIELDS, *known_kinds(), *SCALES}
    assert not [word for word in words if f"`{word}`" not in PAGE]
