"""Interactions over the API."""

import io

import pyarrow as pa

import rapport

from .shop import Shop

LIST = "/api/v1/interactions"
ARROW = {"Accept": "application/vnd.apache.arrow.stream"}


def test_pages_together_are_all_there_is_and_nothing_twice(shop: Shop) -> None:
    found, cursor = [], ""
    while cursor is not None:
        told = shop.call(f"{LIST}?columns=id&where=channel+%3D+email&limit=97{cursor}").json
        found += [row["id"] for row in told["rows"]]
        cursor = told["next"] and f"&cursor={told['next']}"
    asked = rapport.open(shop.home).interactions("channel = email", ["id"])
    assert found == [row["id"].hex() for row in asked]
    assert len(found) > 97


def test_rows_that_come_meanwhile_shift_nothing(shop: Shop) -> None:
    first = shop.call(f"{LIST}?limit=5").json
    whole = shop.call(f"{LIST}?limit=10").json["rows"]
    second = shop.call(f"{LIST}?limit=5&cursor={first['next']}").json["rows"]
    assert first["rows"] + second == whole


def test_a_cursor_of_other_filters_is_refused(shop: Shop) -> None:
    cursor = shop.call(f"{LIST}?limit=1").json["next"]
    told = shop.call(f"{LIST}?limit=1&where=channel+%3D+web&cursor={cursor}")
    assert told.status == 422
    assert "another question" in told.json["detail"]


def test_other_formats_name_the_next_page_in_a_header(shop: Shop) -> None:
    answer = shop.call(f"{LIST}?limit=5", headers=ARROW)
    assert pa.ipc.open_stream(io.BytesIO(answer.body)).read_all().num_rows == 5
    address = answer.headers["link"].removeprefix("<").partition(">")[0]
    more = shop.call(address, headers=ARROW)
    assert pa.ipc.open_stream(io.BytesIO(more.body)).read_all().num_rows == 5
    assert more.body != answer.body


def test_who_sees_one_shop_gets_its_rows(shop: Shop) -> None:
    told = shop.call(f"{LIST}?limit=1000&columns=unit", role="of ghent").json["rows"]
    assert {row["unit"] for row in told} == {"store-ghent"}


def test_columns_of_customers_and_properties_are_columns(shop: Shop) -> None:
    told = shop.call(f"{LIST}?limit=2&columns=channel&columns=customer.language").json["rows"]
    assert all(list(row) == ["channel", "customer.language"] for row in told)


def test_an_unknown_column_names_the_nearest(shop: Shop) -> None:
    told = shop.call(f"{LIST}?columns=chanel")
    assert (told.status, told.json["hint"]) == (422, "Did you mean channel?")


def test_the_words_of_filters_are_listed(shop: Shop) -> None:
    told = shop.call("/api/v1/vocabulary", role="employee").json
    assert "channel" in {field["name"] for field in told["fields"]}
    assert "survey.answered" in {kind["name"] for kind in told["kinds"]}


def test_interactions_are_counted_by_a_field(shop: Shop) -> None:
    rows = shop.call("/api/v1/interactions/counts?by=channel").json["rows"]
    [total] = shop.call("/api/v1/interactions/counts").json["rows"]
    assert sum(row["interactions"] for row in rows) == total["interactions"]
    [ghent] = shop.call("/api/v1/interactions/counts?by=unit", role="of ghent").json["rows"]
    assert ghent["value"] == "store-ghent"
    assert shop.call("/api/v1/interactions/counts?by=chanel").status == 422
