"""Writes what was measured into docs/benchmarks.md, each section between its own markers."""

import re
from pathlib import Path

from bench.processes import ROOT
from bench.results import Section, as_markdown

PAGE = ROOT / "docs" / "benchmarks.md"


def write(section: Section, stamp: str, page: Path = PAGE) -> None:
    """Replace the section's part of the page; the rest of the page stays as it is."""
    if section.chart is not None:
        page.with_name(f"{section.name}.svg").write_text(section.chart, encoding="utf-8")
    text = page.read_text(encoding="utf-8")
    page.write_text(with_section(text, section, stamp), encoding="utf-8")


def with_section(text: str, section: Section, stamp: str) -> str:
    """The page's text with the section's part renewed.

    Raises:
        ValueError: the page has no markers for it.
    """
    begin, end = f"<!-- {section.name}: begin -->", f"<!-- {section.name}: end -->"
    place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not place.search(text):
        raise ValueError(f"The page has no place for {section.name}: {begin} ... {end}")
    parts = [f"Measured {stamp}"]
    if section.rows:
        parts.append(as_markdown(section.rows))
    parts += section.remarks
    body = "\n\n".join([begin, *parts, end])
    return place.sub(lambda _: body, text)
