"""The ledger as a table: every address gives an answer that can be understood."""

import re
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.served import get, post
from tests.web.test_accessibility import opened

HERE = "/measure/explore"


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1440, "dark")])
def test_axe_finds_nothing_on_the_table(browser, served_demo, scheme, width):
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


SQL = "/measure/sql"


def test_a_question_is_answered_and_taken_along(served_demo):
    query = quote("SELECT channel, count(*) AS n FROM interactions GROUP BY 1 ORDER BY 1")
    status, _, body = get(f"{served_demo.address}{SQL}?q={query}", "analyst")
    assert status == 200
    assert "<bdi>email</bdi>" in body
    _, headers, text = get(f"{served_demo.address}{SQL}/download?q={query}&as=csv", "analyst")
    assert headers["content-type"].startswith("text/csv")
    assert text.splitlines()[0] == "channel,n"


def test_two_columns_of_one_name_are_both_shown(served_demo):
    status, _, body = get(f"{served_demo.address}{SQL}?q={quote('SELECT 41 AS a, 42 AS a')}")
    assert status == 200
    assert "<bdi>41</bdi>" in body
    assert "<bdi>42</bdi>" in body


@pytest.mark.parametrize(
    "query",
    ["DROP TABLE interactions", "SELECT * FROM read_text('/etc/passwd')", "<script>x", "🙂"],
)
def test_what_is_no_question_is_told_beside_it(served_demo, query):
    status, _, body = get(f"{served_demo.address}{SQL}?q={quote(query)}", "analyst")
    assert status == 400
    assert 'role="alert"' in body
    assert "root:" not in body
    assert "<script>x" not in body


@pytest.mark.parametrize("role", ["agent", "employee", "team lead"])
def test_who_is_no_analyst_finds_no_page_for_sql(served_demo, role):
    assert get(served_demo.address + SQL, role)[0] == 404
    assert get(served_demo.address + SQL + "/download?q=SELECT+1", role)[0] == 404


def test_axe_finds_nothing_on_an_answer_to_sql(browser, served_demo):
    address = f"{served_demo.address}{SQL}?q=SELECT+channel,+text+FROM+interactions+LIMIT+9"
    page, complaints = opened(browser, address, "dark", 320)
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert complaints == []


def test_a_view_is_saved_shared_removed_and_never_a_surprise(served_demo):
    address = served_demo.address + HERE
    kept = {"page": "explore", "name": "By <b>kind</b>", "query": "by=lost&where=gone+%3D+1"}
    status, _, body = post(address + "/views", {**kept, "shared": "yes"}, "analyst")
    assert status == 200
    assert "There is no field lost" in body
    assert "There is no field named gone" in body
    assert "<b>kind" not in body
    shared = get(address, "manager")[2]
    number = re.search(r"views/(\d+)/remove", get(address, "owner")[2])
    assert "By &lt;b&gt;kind" in shared
    assert number is not None
    assert post(f"{address}/views/{number[1]}/remove", {"page": "explore"}, "manager")[0] != 200
    assert post(f"{address}/views/{number[1]}/remove", {"page": "explore"}, "owner")[0] == 200
    assert "By &lt;b&gt;kind" not in get(address, "analyst")[2]
