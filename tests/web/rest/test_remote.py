"""A store that is served elsewhere gives what it gives on its own machine."""

from typing import Any

import pyarrow as pa
import pytest

import rapport
from rapport.kernel.errors import (
    ForbiddenError,
    InputError,
    NotFoundError,
    StoreError,
)
from rapport.measures.api import all_measures
from rapport.web.frames import Figures
from rapport.web.remote import Remote

from .shop import Shop


@pytest.fixture
def there(shop: Shop) -> Remote:
    found: Remote = rapport.connect(shop.served.address + "/", shop.tokens["owner"])
    return found


def assert_same(one: Figures, other: Figures) -> None:
    """Whole answers are equal; sums of the engine's threads may differ in a number's last digit."""
    assert one.arrow().schema == other.arrow().schema
    assert _rounded(one.rows()) == _rounded(other.rows())


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list) else value


def test_every_measure_comes_to_the_same(shop: Shop, there: Remote) -> None:
    here = rapport.open(shop.home)
    for name in all_measures():
        assert_same(there.measure(name), here.measure(name))


@pytest.mark.parametrize(
    "asked",
    [
        {"by": "channel", "every": "month"},
        {"by": ["unit", "customer.language"], "where": ["channel != 'web'", "score >= 0"]},
        {"by": "score", "first_day": "2025-02-01", "last_day": "2026-02-01", "confidence": 0.8},
        {"parameters": {"minimum_n": 1}, "mix": True, "where": "text contains 'ü\"&=%'"},
    ],
)
def test_a_question_is_asked_the_same_way(shop: Shop, there: Remote, asked) -> None:
    here = rapport.open(shop.home)
    for name in ("nps", "volume"):
        assert_same(there.measure(name, **asked), here.measure(name, **asked))


def test_the_list_and_the_explanation_are_the_same(shop: Shop, there: Remote) -> None:
    here = rapport.open(shop.home)
    assert there.measures().arrow().equals(here.measures().arrow())
    assert there.explain("csat", by="channel") == here.explain("csat", by="channel")


@pytest.mark.parametrize("limit", [None, 0, 1, 250])
def test_interactions_are_the_same(shop: Shop, there: Remote, limit, monkeypatch) -> None:
    monkeypatch.setattr("rapport.web.remote._PAGE", 100)
    asked = {"where": "channel = email", "limit": limit}
    here = rapport.open(shop.home).interactions(**asked).arrow()
    assert there.interactions(**asked).arrow().equals(here)


def test_columns_are_chosen_the_same_way(shop: Shop, there: Remote) -> None:
    columns = ["amount", "properties", "occurred_at", "customer.language"]
    here = rapport.open(shop.home).interactions(columns=columns, limit=50).arrow()
    assert there.interactions(columns=columns, limit=50).arrow().equals(here)
    assert pa.types.is_decimal(here.schema.field("amount").type)


@pytest.mark.parametrize(
    ("asked", "kind", "told"),
    [
        (lambda shop: shop.measure("npss"), NotFoundError, "Did you mean nps"),
        (lambda shop: shop.measure("nps", where="a ="), InputError, "There is no field"),
        (lambda shop: shop.measure("nps", by="chanel"), InputError, "Did you mean channel"),
        (lambda shop: shop.interactions(limit=-1), InputError, "negative"),
    ],
)
def test_errors_are_of_the_same_kind(there: Remote, asked, kind, told) -> None:
    with pytest.raises(kind, match=told):
        asked(there)


def test_a_token_that_opens_nothing_is_said_at_once(shop: Shop) -> None:
    with pytest.raises(ForbiddenError, match="token"):
        rapport.connect(shop.served.address, "rapport_api_x")


def test_what_a_token_does_not_open_is_not_there(shop: Shop) -> None:
    there = rapport.connect(shop.served.address, shop.tokens["figures only"])
    with pytest.raises(NotFoundError, match="not for you"):
        there.interactions()


@pytest.mark.parametrize("address", ["cx.example", "file:///etc/passwd", "ftp://x", ""])
def test_what_is_no_address_is_refused(address) -> None:
    with pytest.raises(InputError, match="This is no address"):
        rapport.connect(address, "x")


def test_a_line_break_in_a_token_is_said(shop: Shop) -> None:
    with pytest.raises(InputError, match="line breaks"):
        rapport.connect(shop.served.address, "x\n")


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://[x", "http://127.0.0.1:x"])
def test_where_nobody_answers_it_is_said(address) -> None:
    with pytest.raises((StoreError, InputError)):
        rapport.connect(address, "x")


def test_a_query_of_ones_own_gives_the_same(shop: Shop, there: Remote) -> None:
    query = "SELECT channel, count(*) AS n FROM interactions GROUP BY channel ORDER BY channel"
    assert list(there.sql(query)) == list(rapport.open(shop.home).sql(query))
    with pytest.raises(InputError, match="too many rows"):
        there.sql("SELECT * FROM range(200000)")


def test_a_query_sees_what_its_reader_may_see(shop: Shop) -> None:
    query = "SELECT DISTINCT unit FROM interactions"
    there = rapport.connect(shop.served.address, shop.tokens["of ghent"])
    assert [row["unit"] for row in there.sql(query)] == ["store-ghent"]
    told = shop.call("/api/v1/sql?query=DROP+TABLE+interactions")
    assert told.status == 422
