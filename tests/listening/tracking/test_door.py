"""What the door answers, and what the ledger then holds."""

import base64
import gzip
import json
from typing import Any

import pytest

from rapport.listening.api import add_tracking_key
from rapport.listening.tracking.parcels import BODY_BYTES, ITEMS

from .conftest import OPERATOR, Shop, rows_of

CLICK = {"type": "track", "event": "Clicked", "userId": "ana"}


def test_segments_types_are_interactions(shop: Shop) -> None:
    types = {
        "track": ({"event": "Clicked"}, ("event.happened", "Clicked", None)),
        "page": ({"name": "Prices"}, ("page.viewed", "Prices", "web")),
        "screen": ({"name": "Start"}, ("page.viewed", "Start", "app")),
        "identify": ({"traits": {"plan": "gold"}}, ("customer.identified", None, None)),
        "group": ({"groupId": 7}, ("account.joined", None, None)),
        "alias": ({"previousId": "old"}, ("customer.linked", None, None)),
    }
    answer = shop.send(*({"type": kind, "userId": 12, **more} for kind, (more, _) in types.items()))
    assert answer.status == 200
    assert answer.told == {
        "success": True,
        "received": 6,
        "stored": 6,
        "duplicate": 0,
        "rejected": [],
    }
    rows = shop.rows()
    assert [(r["kind"], r["touchpoint"], r["channel"]) for r in rows] == [
        made for _, made in types.values()
    ]
    assert {(r["source"], r["customer"]) for r in rows} == {("shop", "12")}
    assert [r["account"] for r in rows] == [None] * 4 + ["7", None]


def test_the_same_message_again_is_a_duplicate(shop: Shop) -> None:
    message = {**CLICK, "messageId": "m1", "timestamp": "2026-01-01T12:00:00Z"}
    assert shop.send(message, sentAt="2026-01-01T12:00:01Z").told["stored"] == 1
    again = shop.send(message, message, sentAt="2026-01-01T12:05:00Z").told
    assert (again["received"], again["stored"], again["duplicate"]) == (2, 0, 2)
    assert len(shop.rows()) == 1


def test_other_paths_go_to_the_pages(shop: Shop) -> None:
    assert shop.post(b"", PATH_INFO="/v1/batches").status == 204


@pytest.mark.parametrize("way", ["basic", "bearer", "body"])
def test_a_key_may_be_named_in_three_ways(shop: Shop, way: str) -> None:
    basic = base64.b64encode(f"{shop.key}:".encode()).decode()
    header = {"basic": f"Basic {basic}", "bearer": f"Bearer {shop.key}", "body": ""}[way]
    body: dict[str, Any] = {"batch": [CLICK], **({"writeKey": shop.key} if way == "body" else {})}
    answer = shop.post(json.dumps(body).encode(), HTTP_AUTHORIZATION=header)
    assert (answer.status, answer.told["stored"]) == (200, 1)


def test_zipped_bodies_are_read(shop: Shop) -> None:
    assert shop.zipped(json.dumps({"batch": [CLICK]}).encode()).told["stored"] == 1


def test_what_is_not_zipped_is_refused(shop: Shop) -> None:
    cut = gzip.compress(json.dumps({"batch": [CLICK]}).encode())[:-9]
    answer = shop.post(cut, HTTP_CONTENT_ENCODING="gzip")
    assert (answer.status, answer.told["message"]) == (400, "The body is no gzip")


@pytest.mark.parametrize("header", ["", "Basic", "Basic !", "Bearer", "Bearer nobody", "Digest x"])
def test_without_a_known_key_nothing_comes_in(shop: Shop, header: str) -> None:
    answer = shop.post(b'{"batch": [{"kind": "visit.made"}]}', HTTP_AUTHORIZATION=header)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="tracking"')
    assert "rapport key add" in answer.told["hint"]
    assert shop.rows() == []


def test_two_keys_are_two_sources(shop: Shop) -> None:
    other = add_tracking_key("till", actor=OPERATOR)
    shop.open_again()
    message = {**CLICK, "messageId": "m1"}
    assert shop.send(message).told["stored"] == 1
    body = json.dumps({"batch": [message]}).encode()
    assert shop.post(body, HTTP_AUTHORIZATION=f"Bearer {other}").told["stored"] == 1
    assert {row["source"] for row in shop.rows()} == {"shop", "till"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The request is no JSON"),
        (b"{", "The request is no JSON"),
        (b"[]", "The request is not what the door expects"),
        (b"{}", "The request is not what the door expects"),
        (b'{"batch": 1}', "The request is not what the door expects"),
        (b'{"batch": [{"kind": NaN}', "The request is no JSON"),
        (b'{"batch": [NaN], "sentAt": NaN}', "The request is no JSON"),
        (b'{"batch": [' + b"[" * 100_000, "The request is no JSON"),
    ],
)
def test_a_request_that_cannot_be_read_is_told_why(shop: Shop, body: bytes, message: str) -> None:
    answer = shop.post(body)
    assert (answer.status, answer.told["success"], answer.told["message"]) == (400, False, message)


def test_a_request_that_ends_early_is_refused(shop: Shop) -> None:
    answer = shop.post(b'{"batch": []}', CONTENT_LENGTH="99")
    assert (answer.status, answer.told["message"]) == (400, "The body ended early")
    assert shop.post(b"", CONTENT_LENGTH="-1").status == 400


def test_other_methods_are_told_what_to_use(shop: Shop) -> None:
    answer = shop.post(b"", REQUEST_METHOD="GET")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


def test_an_empty_batch_is_no_error(shop: Shop) -> None:
    assert shop.send().told["received"] == 0


def test_a_body_over_the_limit_is_refused_unread(shop: Shop) -> None:
    answer = shop.post(b"{}", CONTENT_LENGTH=str(BODY_BYTES + 1))
    assert (answer.status, answer.told["expected"]) == (413, f"at most {BODY_BYTES} bytes")
    assert shop.post(b" " * (BODY_BYTES + 1), CONTENT_LENGTH="").status == 413


def test_a_body_at_the_limit_comes_in(shop: Shop) -> None:
    body = json.dumps({"batch": [CLICK]}).encode()
    assert shop.post(body + b" " * (BODY_BYTES - len(body))).told["stored"] == 1


def test_a_gzip_bomb_is_refused_after_its_first_bytes(shop: Shop) -> None:
    bomb = b" " * 400 * 1024**2
    answer = shop.zipped(bomb)
    assert (answer.status, answer.told["message"]) == (413, "The batch is too large")


def test_too_many_items_are_refused(shop: Shop) -> None:
    body = b'{"batch": [' + b"1," * ITEMS + b"1]}"
    assert shop.post(body).status == 413


def test_who_was_erased_does_not_come_back_by_late_events(shop: Shop) -> None:
    shop.ledger.suppression.add_names("customer", ["ana@x.example"], "anonymise")
    late: dict[str, Any] = {**CLICK, "userId": "ana@x.example"}
    hidden = {"type": "track", "properties": {"rapport": {"customer": "ana@x.example", "a": 1}}}
    answer = shop.send(late, hidden, {**CLICK, "userId": "ben"})
    assert [one["reason"] for one in answer.told["rejected"]] == ["erased", "malformed"]
    assert [row["customer"] for row in shop.rows()] == ["ben"]
    bodies = shop.ledger.database.rows("SELECT body FROM ledger_rejected")
    assert bodies
    assert not [raw for (body,) in bodies for raw in rows_of(body)["raw"] if "ana" in raw]


def test_a_deep_item_does_no_harm_where_somebody_was_erased(shop: Shop) -> None:
    shop.ledger.suppression.add_names("customer", ["ana@x.example"], "anonymise")
    deep = b'{"properties": ' + b"[" * 9_999 + b"]" * 9_999 + b"}"
    answer = shop.post(b'{"batch": [%b, %b]}' % (deep, json.dumps(CLICK).encode()))
    assert (answer.status, answer.told["stored"]) == (200, 1)
