"""Accounts, segments and the audit over the API."""

from typing import Any

from .shop import Shop


def test_an_account_is_found_with_its_contacts(shop: Shop) -> None:
    [first] = shop.call("/api/v1/accounts?limit=1").json["accounts"]
    told = shop.call(f"/api/v1/accounts/{first['key']}").json
    assert {name: told[name] for name in first} == first
    assert len(told["customers"]) == first["contacts"]
    found = shop.call(f"/api/v1/accounts?q={first['key']}").json["accounts"]
    assert [one["key"] for one in found] == [first["key"]]


def test_an_account_that_is_not_there_is_told(shop: Shop) -> None:
    assert shop.call("/api/v1/accounts/none").status == 404


def test_a_segment_is_tried_made_changed_and_removed(shop: Shop) -> None:
    rule = {"rule": "customer.tier = gold"}
    count = shop.call("/api/v1/segments/count", send=rule).json["customers"]
    assert count > 0
    made = shop.call("/api/v1/segments", send={"name": "Gold & more", **rule}).json
    path = f"/api/v1/segments/{made['key']}"
    change = {"name": "Golden", **rule, "version": made["version"]}
    assert shop.call(path, method="PUT", send=change).json["name"] == "Golden"
    assert shop.call(path, method="PUT", send=change).status == 409
    assert made["key"] in [one["key"] for one in shop.call("/api/v1/segments").json["segments"]]
    assert shop.call(f"{path}/sizes").status == shop.call(f"{path}/customers").status == 200
    assert shop.call(path, method="DELETE").json == {"done": True}
    assert shop.call(path).status == 404


def test_a_rule_that_cannot_be_read_is_told(shop: Shop) -> None:
    told = shop.call("/api/v1/segments/count", send={"rule": "customer.tier ="})
    assert told.status == 422


def test_who_sees_one_shop_is_told_no_size(shop: Shop) -> None:
    rule = {"rule": "customer.tier = gold"}
    told = shop.call("/api/v1/segments/count", send=rule, role="of ghent")
    assert told.json == {"customers": None}


def test_the_audit_comes_page_by_page(shop: Shop) -> None:
    shop.call("/api/v1/notes", send={"day": "2026-03-02", "text": "for the audit"})
    lines: list[Any] = []
    cursor = ""
    while cursor is not None:
        told = shop.call(f"/api/v1/audit?verb=add_note&limit=1{cursor}").json
        lines += told["lines"]
        cursor = told["next"] and f"&cursor={told['next']}"
    numbers = [line["number"] for line in lines]
    assert numbers == sorted(set(numbers), reverse=True)
    assert {line["verb"] for line in lines} == {"add_note"}
    assert shop.call("/api/v1/audit?to=9999-12-31&limit=1").status == 200


def test_only_who_may_sees_the_audit(shop: Shop) -> None:
    assert shop.call("/api/v1/audit", role="analyst").status == 404
