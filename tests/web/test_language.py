"""Every word of the pages is there in German, and a page speaks the reader's language."""

import re
from collections.abc import Iterable

import pytest
from babel.messages.catalog import Catalog, Message

from tests.web.served import Served, get
from tools.messages import LANGUAGES, as_mo, as_po, po, read, untranslated, updated

PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|<[^>]+>")
FIGURE = "/measure/measures/csat_mean?from=2025-11-01&to=2026-10-31"


def entries(language: str) -> list[Message]:
    catalogue = read(language)
    assert isinstance(catalogue, Catalog)
    return [one for one in catalogue if one.id]


def forms(said: str | Iterable[str] | None) -> list[str]:
    """One text, or singular and plural."""
    return [said] if isinstance(said, str) else list(said or ())


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated(language: str) -> None:
    assert len(entries(language)) > 500
    assert untranslated(updated(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_in_what_its_source_fills_in(language: str) -> None:
    # Form by form: "one interaction" fills in nothing, "%(n)s interactions" the number.
    differing = [
        (source, text)
        for one in entries(language)
        for source, text in zip(forms(one.id), forms(one.string), strict=True)
        if placeholders(source) != placeholders(text)
    ]
    assert differing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_what_the_tool_would_write_now(language: str) -> None:
    catalogue = updated(language)
    assert po(language).read_bytes() == as_po(catalogue)
    assert po(language).with_suffix(".mo").read_bytes() == as_mo(catalogue)


def test_a_page_is_german_to_who_asks_for_german(served_demo: Served) -> None:
    _, headers, body = get(served_demo.address + FIGURE, language="de-AT,de;q=0.9,en;q=0.5")
    assert headers["content-language"] == "de"
    assert '<html lang="de"' in body
    assert "Kundenzufriedenheit (Mittelwert)" in body
    assert re.search(r"\d,\d bis \d,\d", body)
    assert "31. Okt. 2026" in body


def test_a_day_of_a_table_is_german_too(served_demo: Served) -> None:
    _, _, body = get(served_demo.address + "/know/customers", language="de")
    assert re.search(r"\d\. (Okt|Sept)\. 2026", body)


def test_moments_and_numbers_of_rows_are_german_too(served_demo: Served) -> None:
    rows = "/measure/explore?where=amount+>+0&show=occurred_at&show=amount"
    _, _, body = get(served_demo.address + rows.replace(">", "%3E"), language="de")
    assert re.search(r"\b\d\d\.\d\d\.2026 \d\d:\d\d:\d\d\b", body)
    assert re.search(r">\d+,\d\d<", body)
    _, _, behind = get(served_demo.address + "/measure/measures/csat_mean/rows", language="de")
    assert re.search(r"\b\d\d\.\d\d\.202\d \d\d:\d\d\b", behind)


def test_a_figure_from_too_few_says_so_in_german(served_demo: Served) -> None:
    few = "/measure/measures/nps?from=2026-10-30&to=2026-10-31"
    _, _, body = get(served_demo.address + few, language="de")
    assert re.search(r"Zu wenige Antworten für eine Aussage \(\d+ von 30\)\.", body)


@pytest.mark.parametrize("language", ["en", "tlh"])
def test_a_page_is_english_to_who_asks_for_english_or_what_we_lack(
    served_demo: Served, language: str
) -> None:
    _, headers, body = get(served_demo.address + FIGURE, language=language)
    assert headers["content-language"] == "en"
    assert '<html lang="en"' in body
    assert "Customer satisfaction (mean)" in body
    assert re.search(r"\d\.\d to \d\.\d", body)
    assert "Oct 2026" in body
