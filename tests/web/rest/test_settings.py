"""The organisation's settings over the API: name, calendars, retention, roles, health, views."""

from typing import Any

import pytest

from .shop import Answer, Shop

BREAKS = {"mon": "9:00-12:30, 13:00-17:00"}
DESK = {"name": "Desk 🌞", "zone": "Europe/Berlin", "hours": BREAKS, "version": 0}


def put(shop: Shop, path: str, send: Any, **more: Any) -> Answer:
    return shop.call(f"/api/v1/{path}", method="PUT", send=send, **more)


def test_the_organisation_is_renamed_and_who_has_not_seen_it_is_told(shop: Shop) -> None:
    was = shop.call("/api/v1/organisation").json["organisation"]
    change = {"organisation": "Brandt & <Töchter>", "was": was}
    assert put(shop, "organisation", change).json["organisation"] == "Brandt & <Töchter>"
    assert put(shop, "organisation", change).status == 409
    back = {"organisation": was, "was": "Brandt & <Töchter>"}
    assert put(shop, "organisation", back).json == shop.call("/api/v1/organisation").json
    assert put(shop, "organisation", back, role="analyst").status == 404


def test_a_calendar_is_made_and_changed_by_who_has_seen_it(shop: Shop) -> None:
    days_off = [{"day": "2026-12-25", "name": "Christmas Day"}]
    made = put(shop, "calendars/desk", {**DESK, "days_off": days_off}).json
    assert made["hours"]["mon"] == "09:00-12:30, 13:00-17:00"
    assert (made["days_off"], made["version"]) == (days_off, 1)
    assert put(shop, "calendars/desk", DESK).status == 409
    later = put(shop, "calendars/desk", {**DESK, "name": "Later", "version": 1}).json
    assert shop.call("/api/v1/calendars/desk").json == later
    assert later in shop.call("/api/v1/calendars").json["calendars"]
    assert shop.call("/api/v1/calendars/none").status == 404


@pytest.mark.parametrize(
    "wrong",
    [{"hours": {"mon": "9-5 or so"}}, {"zone": "Europe/Atlantis"}, {"name": " "}, {"name": "a\0"}],
)
def test_a_calendar_that_cannot_be_is_told(shop: Shop, wrong) -> None:
    assert put(shop, "calendars/wrong", {**DESK, **wrong}).status == 422
    assert shop.call("/api/v1/calendars/wrong").status == 404


def test_retention_is_looked_at_first_and_changed_by_who_has_seen_it(shop: Shop) -> None:
    rule = {"kind": "page.viewed", "source": "nobody's 🙂", "months": 1200, "then": "delete"}
    counted = shop.call("/api/v1/retention/count", send=rule)
    assert counted.json == {"interactions": 0}
    was = shop.call("/api/v1/retention").json["rules"]
    changed = put(shop, "retention", {"rules": [*was, rule], "was": was})
    assert changed.json["rules"] == [*was, rule]
    assert put(shop, "retention", {"rules": [], "was": was}).status == 409
    assert put(shop, "retention", {"rules": was, "was": [*was, rule]}).json["rules"] == was


def test_a_rule_about_nothing_or_about_an_unknown_kind_is_told(shop: Shop) -> None:
    assert shop.call("/api/v1/retention/count", send={"months": 3}).status == 422
    was = shop.call("/api/v1/retention").json["rules"]
    unknown = {"rules": [{"kind": "page.veiwed", "months": 3}], "was": was}
    told = put(shop, "retention", unknown)
    assert (told.status, "page.viewed" in told.json["hint"]) == (422, True)


def test_the_table_of_roles_says_who_may_do_what(shop: Shop) -> None:
    table = {one["name"]: one["may"] for one in shop.call("/api/v1/roles").json["roles"]}
    assert "change_settings" in table["owner"]
    assert "change_settings" not in table["manager"]


def test_the_health_of_the_store_balances_and_a_proof_can_be_asked_for(shop: Shop) -> None:
    assert shop.call("/api/v1/store/proof", method="POST").json == {"done": True}
    told = shop.call("/api/v1/store/health").json
    assert told["is_proving"] or told["proof"]["holds"]
    for one in told["sources"]:
        assert one["received"] == one["stored"] + one["duplicate"] + one["rejected"]
    assert shop.call("/api/v1/store/proof", method="POST", role="manager").status == 404


def test_the_chain_of_the_audit_is_computed_anew(shop: Shop) -> None:
    told = shop.call("/api/v1/audit/chain").json
    assert told["broken_at"] is None


def test_a_view_is_saved_for_oneself_or_for_all_and_removed(shop: Shop) -> None:
    mine = {"page": "explore", "name": "Böse <web>", "query": "where=channel+%3D+web"}
    made = shop.call("/api/v1/views", send={**mine, "shared": True}).json
    assert made in shop.call("/api/v1/views?page=explore", role="analyst").json["views"]
    path = f"/api/v1/views/{made['id']}"
    assert shop.call(path, method="DELETE", role="analyst").status == 404
    assert shop.call(path, method="DELETE").json == {"done": True}
    own = shop.call("/api/v1/views", send=mine, role="analyst").json
    assert own not in shop.call("/api/v1/views").json["views"]


@pytest.mark.parametrize("change", [{"name": " "}, {"name": "a\0b"}, {"page": "overview"}])
def test_a_view_that_cannot_be_is_told(shop: Shop, change) -> None:
    view = {"page": "sql", "name": "x", "query": "q=SELECT+1", **change}
    assert shop.call("/api/v1/views", send=view).status == 422


def test_a_view_of_what_one_may_not_see_is_not_there(shop: Shop) -> None:
    assert shop.call("/api/v1/views?page=sql", role="employee").status == 404
