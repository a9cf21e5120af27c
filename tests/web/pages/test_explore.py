"""The ledger as a table: every address gives an answer that can be understood."""

from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.served import get
from tests.web.test_accessibility import browser, opened  # noqa: F401 - a fixture

HERE = "/measure/explore"


@pytest.mark.parametrize("width", [320, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_table(browser, served_demo, scheme, width):  # noqa: F811
    address = f"{served_demo.address}{HERE}?by=channel&where=nowhere+%3D+1"
    page, complaints = opened(browser, address, scheme, width)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


def test_an_unknown_field_is_told_with_those_there_are(served_demo):
    status, _, body = get(f"{served_demo.address}{HERE}?where=nowhere+%3D+1&col=lost&by=gone")
    assert status == 200
    assert "nowhere" in body
    assert "There is no field lost, gone" in body
    assert "touchpoint" in body


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "' or 1=1 --", "\u202e", "🙂", "%00"]
)
def test_any_words_in_the_address_are_only_words(served_demo, words):
    given = quote(words, safe="%")
    for name in ("where", "col", "by", "before", "channel"):
        status, _, body = get(f"{served_demo.address}{HERE}?{name}={given}")
        assert status in (200, 400), name
        assert "<script>alert(1)" not in body


def test_the_rows_are_taken_along_as_csv(served_demo):
    address = f"{served_demo.address}{HERE}/download?period=28d&col=kind&col=channel"
    status, headers, body = get(address + "&as=csv")
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert body.splitlines()[0] == "kind,channel"
    assert get(address + "&as=exe")[0] == 400


@pytest.mark.parametrize("role", ["agent", "employee", "team lead"])
def test_who_may_not_see_rows_finds_no_page(served_demo, role):
    assert get(served_demo.address + HERE, role)[0] == 404
    assert get(served_demo.address + HERE + "/download", role)[0] == 404
