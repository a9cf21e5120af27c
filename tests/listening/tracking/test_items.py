"""Items one by one: what becomes a field, what is refused and why, and that neighbours pass."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rapport.listening.tracking.items import DEPTH, ITEM_BYTES

from .conftest import Shop, rows_of

GOOD = {"type": "track", "event": "Good", "messageId": "good"}


def refused(shop: Shop, item: bytes) -> dict[str, Any]:
    """How an item is refused between two neighbours, which are stored."""
    good = [json.dumps({**GOOD, "messageId": f"good{n}"}).encode() for n in (0, 2)]
    answer = shop.post(b'{"batch": [%b, %b, %b]}' % (good[0], item, good[1]))
    assert (answer.status, answer.told["received"], answer.told["stored"]) == (200, 3, 2)
    (told,) = answer.told["rejected"]
    assert told["index"] == 1
    return dict(told)


def only(shop: Shop, item: dict[str, Any], **head: object) -> dict[str, Any]:
    """The one row of an item."""
    answer = shop.send(item, **head)
    assert answer.told["rejected"] == []
    (row,) = shop.rows()
    return row


BAD: dict[str, tuple[bytes, str, str | None]] = {
    "a lone surrogate": (rb'{"type": "track", "event": "\ud800"}', "malformed", None),
    "NaN": (b'{"type": "track", "properties": {"a": NaN}}', "malformed", None),
    "Infinity": (b'{"type": "track", "properties": {"a": Infinity}}', "malformed", None),
    "bytes that are no UTF-8": (b'{"type": "track", "event": "\xff"}', "malformed", None),
    "no UTF-8 within": (b'{"type": "page", "properties": {"a": "\xff"}}', "malformed", None),
    "depth": (b'{"properties": ' + b"[" * 100 + b"]" * 100 + b"}", "malformed", None),
    "abysmal depth": (b'{"properties": ' + b"[" * 9_999 + b"]" * 9_999 + b"}", "malformed", None),
    "no object": (b"[1, 2, {}]", "malformed", None),
    "null": (b"null", "malformed", None),
    "half an item": (b'{"type": }', "malformed", None),
    "no type": (b"{}", "missing", "type"),
    "an unknown type": (b'{"type": "delete"}', "unknown_value", "type"),
    "an unknown kind": (b'{"kind": "no.such"}', "unknown_value", "kind"),
    "a score as text": (b'{"kind": "survey.answered", "score": "9"}', "malformed", "score"),
    "a score off its scale": (
        *(b'{"kind": "survey.answered", "score": 11, "scale": "nps"}', "out_of_range", "score"),
    ),
    "a score without a scale": (b'{"kind": "survey.answered", "score": 9}', "missing", "scale"),
    "a number too large": (
        *(b'{"kind": "survey.answered", "score": 1e999, "scale": "nps"}', "malformed", "score"),
    ),
    "an amount of nothing": (
        *(b'{"kind": "order.completed", "amount": "NaN"}', "out_of_range", "amount"),
    ),
    "an amount of 400 digits": (
        b'{"kind": "order.completed", "amount": ' + b"9" * 400 + b"}", "out_of_range", "amount",
    ),
    "an amount in hundredths of a hundredth of a cent": (
        *(b'{"kind": "order.completed", "amount": 0.00001}', "out_of_range", "amount"),
    ),
    "money of no land": (b'{"kind": "order.completed", "amount": 1}', "missing", "currency"),
    "a customer too long": (
        b'{"type": "track", "event": "E", "userId": "' + b"a" * 256 + b'"}', "too_long", "customer",
    ),
    "a key of 400 digits": (
        b'{"type": "track", "event": "E", "userId": ' + b"9" * 400 + b"}", "too_long", "customer",
    ),
    "a key that is true": (b'{"type": "track", "userId": true}', "malformed", "userId"),
    "a list as properties": (b'{"type": "page", "properties": []}', "malformed", "properties"),
    "too many bytes": (b'{"type": "page", "text": "' + b"a" * ITEM_BYTES + b'"}', "too_long", None),
    "no time": (b'{"type": "page", "timestamp": "soon"}', "not_a_time", "timestamp"),
    "a time that is a list": (b'{"type": "page", "timestamp": []}', "malformed", "timestamp"),
    "a time before 1900": (
        *(b'{"type": "page", "timestamp": "1899-12-31T00:00:00Z"}', "out_of_range", "occurred_at"),
    ),
    "a time beyond all calendars": (
        *(b'{"type": "page", "timestamp": 1e300}', "not_a_time", "timestamp"),
    ),
    "the future": (b'{"type": "page", "timestamp": "2199-01-01"}', "in_the_future", "occurred_at"),
    "a misspelt field of ours": (
        *(b'{"type": "page", "properties": {"rapport": {"scor": 9}}}', "malformed"),
        "properties.rapport",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_item_is_told_why_and_its_neighbours_are_stored(shop: Shop, name: str) -> None:
    item, reason, field = BAD[name]
    told = refused(shop, item)
    assert (told["reason"], told["field"]) == (reason, field)
    assert told["expected"]


def test_what_is_refused_is_kept_as_it_came(shop: Shop) -> None:
    refused(shop, b'{"type": "track", "event": "\xff"}')
    (body,) = shop.ledger.database.rows("SELECT body FROM ledger_rejected")[0]
    assert rows_of(body)["raw"] == [r'{"type": "track", "event": "\xff"}']


def test_our_fields_may_stand_in_the_item(shop: Shop) -> None:
    row = only(
        shop,
        {
            "kind": "survey.answered",
            "customer": 7,
            "channel": "store",
            "touchpoint": "checkout",
            "thread": "s-1",
            "programme": "till",
            "item": "nps",
            "score": 9,
            "scale": "nps",
            "text": "quick",
            "language": "en",
        },
    )
    told = ("kind", "customer", "channel", "touchpoint", "thread", "item", "score", "text")
    assert [row[name] for name in told] == [
        *("survey.answered", "7", "store", "checkout", "s-1", "nps", 9.0, "quick"),
    ]


def test_our_fields_may_stand_in_the_properties(shop: Shop) -> None:
    """Client libraries hand on properties only; the event's name is kept beside."""
    ours = {"kind": "order.completed", "amount": "12.50", "currency": "EUR", "touchpoint": "shop"}
    item = {"type": "track", "event": "Bought", "userId": "ana", "channel": "server"}
    row = only(shop, {**item, "properties": {"plan": "gold", "rapport": ours}})
    assert (row["kind"], row["amount"], row["currency"]) == (
        "order.completed",
        Decimal("12.5"),
        "EUR",
    )
    assert (row["customer"], row["touchpoint"], row["channel"]) == ("ana", "shop", None)
    kept = json.loads(row["properties"])
    assert (kept["$event"], kept["plan"]) == ("Bought", "gold")


def test_amounts_are_exact(shop: Shop) -> None:
    item = b'{"kind": "order.refunded", "amount": -12345678901234.5678, "currency": "EUR"}'
    body = b'{"batch": [%b]}' % item
    assert shop.post(body).told["stored"] == 1
    assert shop.rows()[0]["amount"] == Decimal("-12345678901234.5678")


def test_what_has_no_field_is_kept_beside_the_properties(shop: Shop) -> None:
    item = {**GOOD, "userId": "ana", "anonymousId": "visitor", "properties": {"a": {"b": [1]}}}
    row = only(shop, {**item, "context": {"locale": "de"}, "traits": None})
    assert json.loads(row["properties"]) == {
        "$context": {"locale": "de"},
        "$anonymous_id": "visitor",
        "a": {"b": [1]},
    }


def test_a_visitor_without_a_name_is_a_customer_too(shop: Shop) -> None:
    assert only(shop, {**GOOD, "anonymousId": "visitor", "userId": None})["customer"] == "visitor"


def test_strange_texts_are_stored_as_they_are(shop: Shop) -> None:
    texts = [
        "a\0b",
        "\u202eright to left",
        "👩‍👩‍👧",
        "e\u0301",
        "</script>",
        "\u2028",
        "' OR 1=1 --",
    ]
    shop.send(*({**GOOD, "messageId": text, "text": text} for text in texts))
    assert sorted(row["text"] for row in shop.rows()) == sorted(texts)


def test_of_two_members_with_one_name_the_last_counts(shop: Shop) -> None:
    shop.post(b'{"batch": [{"type": "track", "event": "A", "event": "B"}]}')
    assert [row["touchpoint"] for row in shop.rows()] == ["B"]


def test_depth_up_to_the_limit_comes_in(shop: Shop) -> None:
    nested: Any = {}
    for _ in range(DEPTH - 3):
        nested = {"a": nested}
    assert only(shop, {**GOOD, "properties": nested})["properties"].count("{") == DEPTH - 2


def test_equal_items_without_an_id_are_told_apart_by_their_place(shop: Shop) -> None:
    item = {"type": "track", "event": "Tick", "timestamp": "2026-01-01T00:00:00Z"}
    assert shop.send(item, item, item).told["stored"] == 3
    again = shop.send(item, item, item, item).told
    assert (again["stored"], again["duplicate"]) == (1, 3)


def test_the_same_id_with_other_content_is_told(shop: Shop) -> None:
    shop.send({**GOOD, "text": "one"})
    answer = shop.send({**GOOD, "text": "two"})
    assert [one["reason"] for one in answer.told["rejected"]] == ["changed"]


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        *("2026-03-01T12:00:00Z", "2026-03-01T13:00:00+01:00", "2026-03-01T12:00:00.000"),
        *("20260301T120000Z", 1_772_366_400, 1_772_366_400_000, 1_772_366_400.0),
        1_772_366_400_000_000,
    ],
)
def test_a_moment_may_be_said_in_many_ways(shop: Shop, said: str | float) -> None:
    assert only(shop, {**GOOD, "timestamp": said})["occurred_at"] == NOON


@pytest.mark.parametrize("ahead", [timedelta(days=3_650), timedelta(hours=-7), timedelta(0)])
def test_a_wrong_clock_is_corrected(shop: Shop, ahead: timedelta) -> None:
    """It happened ten minutes before it was sent, whatever year the client believes in."""
    now = datetime.now(UTC)
    item = {**GOOD, "timestamp": (now + ahead - timedelta(minutes=10)).isoformat()}
    row = only(shop, item, sentAt=(now + ahead).isoformat())
    assert abs(row["occurred_at"] - (now - timedelta(minutes=10))) < timedelta(seconds=30)
    kept = json.loads(row["properties"] or "{}").get("$timestamp")
    assert kept == (item["timestamp"] if ahead else None)


def test_an_item_without_a_moment_happened_when_it_came(shop: Shop) -> None:
    row = only(shop, {**GOOD, "timestamp": None}, sentAt=None)
    assert abs(row["occurred_at"] - datetime.now(UTC)) < timedelta(seconds=30)
