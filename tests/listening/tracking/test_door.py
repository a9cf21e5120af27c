"""What the door answers, and what the ledger then holds."""

import base64
import gzip
import json
from typing import Any

import pytest

from .conftest import Shop

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
