"""What the benchmark says of a row, and where it writes it."""

import pytest

from bench.results import Section, against_peer, as_markdown, below, growth, on_screen
from bench.writing import PAGE, with_section

SECTIONS = ("import", "xes", "measures", "timeline", "page", "scale")


def test_a_ratio_above_its_target_is_not_ok() -> None:
    assert against_peer("nps", "10", 1.6, 1.0, 1.5, None).ok is False
    assert against_peer("nps", "10", 1.5, 1.0, 1.5, None).ok is True


def test_growth_is_judged_against_the_growth_of_the_rows() -> None:
    assert growth("nps", (1e6, 0.1), (1e7, 1.2), 1.2).ok
    assert not growth("nps", (1e6, 0.1), (1e7, 1.21), 1.2).ok


def test_a_table_has_a_cell_for_every_head() -> None:
    lines = as_markdown([below("timeline", "10", 0.05, 0.1, peer=0.025)]).splitlines()
    assert lines[2] == "| timeline | 10 | 0.0500 | 0.0250 | 2.00 |  | < 100 ms | ok |  |"
    assert {line.count("|") for line in lines} == {10}


def test_the_screen_shows_what_is_missed() -> None:
    assert "not" in on_screen([below("timeline", "10", 0.2, 0.1)]).splitlines()[1].split()


def test_only_the_named_section_of_the_page_is_renewed() -> None:
    text = (
        "a\n<!-- xes: begin -->\nold\n<!-- xes: end -->\nb\n<!-- page: begin --><!-- page: end -->"
    )
    told = with_section(text, Section("xes", remarks=["new \\1"]), "today")
    assert "old" not in told
    assert "Measured today\n\nnew \\1" in told
    assert told.endswith("b\n<!-- page: begin --><!-- page: end -->")


@pytest.mark.parametrize("name", SECTIONS)
def test_the_page_has_a_place_for_every_section(name: str) -> None:
    assert "today" in with_section(PAGE.read_text("utf-8"), Section(name), "today")
