"""Making a segment: rows and text say the same, what is wrong is told, two who change it meet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rapport.customers.api import parse_rule
from rapport.demo.api import CURRENCY, ZONE, company
from rapport.ledger.api import Settings, create_ledger
from rapport.web.pages.segments.rows import Row, rows_in, rows_of, text_of
from tests.web.people import add_people
from tests.web.served import Served, get, post, serve

RULES = (
    "all of\ncount >= 2 within 90 days where kind = 'order.completed'",
    "any of\nlast score <= 6 where scale = 'nps'\nkey = 'a'",
    "all of\ncount >= 1 where kind = 'order.completed' and channel = 'web'",
    "all of\ncount >= 1 where kind = 'order.completed' and channel = 'web' or channel = 'app'",
    "all of\ncustomer.tier in ('gold', 'silver') or account is empty",
)
TYPED = {"by": "rows", "about-0": "count", "operator-0": ">=", "value-0": "1"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small demo company of its own, to be changed."""
    home: Path = tmp_path_factory.mktemp("segments") / "store"
    ledger = create_ledger(home, Settings("Trapperloo", ZONE, 0, CURRENCY))
    ledger.load(company(40).interactions(), "demo")
    ledger.close()
    add_people(home)
    running = serve(home, tmp_path_factory.mktemp("served") / "log")
    yield running
    running.stop()


@pytest.mark.parametrize("rule", RULES)
def test_rows_and_text_say_the_same(rule: str) -> None:
    rows, any_of = rows_of(rule)
    assert parse_rule(text_of(rows, any_of)) == parse_rule(rule)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (Row("trait", "city", "=", "O'Neil"), "customer.city = 'O''Neil'"),
        (Row("trait", "born in", ">=", "1980"), "customer.`born in` >= 1980"),
        (Row("trait", "`; --", "is empty"), "customer.```; --` is empty"),
        (Row("account", operator="contains", value="名前"), "account contains '名前'"),
        (
            Row("count", "", ">=", "2", "90", "", "visit.made"),
            "count >= 2 within 90 days where kind = 'visit.made'",
        ),
    ],
)
def test_what_is_typed_in_a_row_becomes_a_line(row: Row, line: str) -> None:
    assert str(parse_rule(row.line).conditions[0]) == line


def test_rows_without_anything_typed_are_left_out() -> None:
    assert rows_in({**TYPED, "about-1": "count", "operator-1": ">=", "value-1": " "}) == rows_in(
        TYPED
    )


def test_the_count_is_there_before_it_is_saved(served: Served) -> None:
    get(f"{served.address}/know/segments/new")
    address = f"{served.address}/know/segments/count"
    assert "customers fit now" in post(address, TYPED)[2]
    assert "cannot be read" in post(address, {**TYPED, "value-0": "many"})[2]
    told = post(address, {**TYPED, "where-0": "chanel = web"})[2]
    assert "Did you mean channel?" in told
    assert post(address, TYPED, "agent")[0] == 404


@pytest.mark.parametrize(
    "text", ["", "\x00", "<script>", "名前 = '", "count >= 1\n" * 50, "𝕏" * 20_000]
)
def test_what_cannot_be_a_rule_is_kept_and_told(served: Served, text: str) -> None:
    get(f"{served.address}/know/segments/new")
    fields = {"by": "text", "name": "Odd", "text": text, "do": "save"}
    status, _, body = post(f"{served.address}/know/segments/new", fields)
    assert status == 200
    assert 'role="alert"' in body
    assert "<script>" not in body.replace("<script src", "")


def test_a_segment_is_made_changed_by_two_and_removed(served: Served) -> None:
    get(f"{served.address}/know/segments/new")
    fields = {**TYPED, "name": "Everybody", "do": "save"}
    assert "Saved" in post(f"{served.address}/know/segments/new", fields)[2]
    edit = f"{served.address}/know/segments/everybody/edit"
    assert "Saved" in post(edit, {**fields, "name": "All", "seen": "1"})[2]
    told = post(edit, {**fields, "name": "Mine", "seen": "1"})[2]
    assert "Somebody else has changed this segment" in told
    assert 'value="Mine"' in told
    assert "segment = 'everybody'" in get(f"{served.address}/know/segments/everybody")[2]
    assert post(f"{served.address}/know/segments/everybody/remove", {})[0] == 200
    assert get(f"{served.address}/know/segments/everybody")[0] == 404
