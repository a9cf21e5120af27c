"""Units, employees, touchpoints, notes, people and programs over the API."""

import json
import urllib.request

from tests.web.served import cookies, get

from .shop import Shop


def test_rows_are_put_in_and_told_apart(shop: Shop) -> None:
    rows = [{"key": "lab", "name": "Lab"}, {"key": "lab2", "parent": "nowhere"}]
    first = shop.call("/api/v1/units", method="PUT", send={"rows": rows}).json
    again = shop.call("/api/v1/units", method="PUT", send={"rows": rows[:1]}).json
    assert (first["received"], first["stored"], len(first["rejected"])) == (2, 1, 1)
    assert first["rejected"][0]["field"] == "parent"
    assert (again["stored"], again["duplicate"]) == (0, 1)
    assert {"key": "lab", "name": "Lab", "parent": None} in shop.call("/api/v1/units").json["rows"]


def test_what_is_left_out_stays_as_it_is(shop: Shop) -> None:
    ben = {"key": "E-ben", "name": "Ben", "hired": "2024-03-01"}
    shop.call("/api/v1/employees", method="PUT", send={"rows": [ben]})
    shop.call("/api/v1/employees", method="PUT", send={"rows": [{"key": "E-ben", "role": "chef"}]})
    [found] = [row for row in shop.call("/api/v1/employees").json["rows"] if row["key"] == "E-ben"]
    assert (found["name"], found["role"]) == ("Ben", "chef")


def test_a_unit_is_moved_and_who_has_not_seen_that_is_told(shop: Shop) -> None:
    rows = [{"key": "a/top", "name": "Top"}, {"key": "a/low", "name": "Low"}]
    shop.call("/api/v1/units", method="PUT", send={"rows": rows})
    path, was = "/api/v1/units/a%2Flow", {"name": "Low", "parent": None}
    move = {"name": "Lower", "parent": "a/top", "was": was}
    assert shop.call(path, method="PUT", send=move).json["parent"] == "a/top"
    assert shop.call(path, method="PUT", send=move).status == 409
    assert [one["parent"] for one in shop.call(path).json["history"]] == ["a/top", None]
    circle = {"name": "Top", "parent": "a/low", "was": {"name": "Top", "parent": None}}
    assert shop.call("/api/v1/units/a%2Ftop", method="PUT", send=circle).status == 422


def test_who_sees_one_shop_sees_that_of_the_office(shop: Shop) -> None:
    def seen(path: str, column: str) -> set[str | None]:
        rows = shop.call(f"/api/v1/{path}", role="manager of ghent").json["rows"]
        return {row[column] for row in rows}

    assert seen("units", "key") == seen("employees", "unit") == {"store-ghent"}
    assert seen("touchpoints", "unit") <= {"store-ghent", None}
    assert shop.call("/api/v1/units/hq", role="manager of ghent").status == 404
    page = get(shop.served.address + "/settings/units", "manager")[2]
    assert "store-ghent" in page


def test_who_owns_one_shop_gives_no_more_than_that(shop: Shop) -> None:
    people = shop.call("/api/v1/users", role="owner of ghent").json["users"]
    assert {one["unit"] for one in people} == {"store-ghent"}
    me = next(one for one in people if one["email"] == "owner-of-ghent@api.example")
    path, more = f"/api/v1/users/{me['number']}", {"role": "owner", "unit": None, "name": ""}
    more["version"] = me["version"]
    assert shop.call(path, method="PUT", send=more, role="owner of ghent").status == 404
    whom = {"email": "all@api.example", "role": "owner"}
    assert shop.call("/api/v1/invitations", send=whom, role="owner of ghent").status == 404
    agent = next(
        one["number"]
        for one in shop.call("/api/v1/users").json["users"]
        if one["email"] == "agent@api.example"
    )
    for act in ("sign-out", "password-link"):
        address = f"/api/v1/users/{agent}/{act}"
        assert shop.call(address, method="POST", role="owner of ghent").status == 404


def test_a_day_that_is_none_names_its_place(shop: Shop) -> None:
    rows = [{"key": "a"}, {"key": "b", "hired": "soon"}]
    told = shop.call("/api/v1/employees", method="PUT", send={"rows": rows})
    assert told.status == 422
    assert told.json["errors"][0]["field"] == "body.rows.1.hired"


def test_a_note_is_written_and_taken_away(shop: Shop) -> None:
    note = {"day": "2026-02-01", "text": "Snow <script>", "measure": "nps"}
    made = shop.call("/api/v1/notes", send=note).json
    assert made in shop.call("/api/v1/notes?measure=nps").json["notes"]
    assert shop.call(f"/api/v1/notes/{made['id']}", method="DELETE").status == 200
    assert shop.call(f"/api/v1/notes/{made['id']}", method="DELETE").status == 404
    assert shop.call("/api/v1/notes", send={**note, "measure": "npss"}).status == 404


def test_a_token_made_over_the_api_opens_it_until_it_is_revoked(shop: Shop) -> None:
    sent = {"name": "a child", "scopes": ["see_figures"], "days": 1}
    secret = shop.call("/api/v1/tokens", send=sent).json["secret"]
    mine = {"Authorization": f"Bearer {secret}"}
    assert shop.call("/api/v1/me", role=None, headers=mine).json["scopes"] == ["see_figures"]
    listed = shop.call("/api/v1/tokens").json["tokens"]
    number = next(one["number"] for one in listed if one["name"] == "a child")
    assert secret not in json.dumps(listed)
    assert shop.call(f"/api/v1/tokens/{number}", method="DELETE").status == 200
    assert shop.call("/api/v1/me", role=None, headers=mine).status == 401


def test_who_is_shut_out_is_out_at_once_with_their_tokens(shop: Shop) -> None:
    users = shop.call("/api/v1/users").json["users"]
    lead = next(one for one in users if one["email"] == "team-lead@api.example")
    path = f"/api/v1/users/{lead['number']}/state"
    shut = shop.call(path, method="PUT", send={"version": lead["version"], "is_active": False})
    assert shut.json["is_active"] is False
    assert shop.call("/api/v1/me", role="team lead").status == 401
    again = {"version": lead["version"], "is_active": True}
    assert shop.call(path, method="PUT", send=again).status == 409
    fresh = {"version": shut.json["version"], "is_active": True}
    assert shop.call(path, method="PUT", send=fresh).json["is_active"] is True
    assert shop.call("/api/v1/me", role="team lead").status == 200


def test_somebody_is_signed_out_and_handed_a_link(shop: Shop) -> None:
    users = shop.call("/api/v1/users").json["users"]
    ben = next(one for one in users if one["email"] == "employee@api.example")
    path = f"/api/v1/users/{ben['number']}"
    assert shop.call(path).json == ben
    assert shop.call(f"{path}/sign-out", method="POST").json == {"done": True}
    assert shop.call(f"{path}/second-factor", method="DELETE").json["second_factor"] is False
    link = shop.call(f"{path}/password-link", method="POST").json["link"]
    assert urllib.request.urlopen(link, timeout=60).status == 200
    change = {"role": "employee", "unit": None, "name": "Ben", "version": ben["version"]}
    assert shop.call(path, method="PUT", send=change).json["name"] == "Ben"
    assert shop.call(path, method="PUT", send=change).status == 409


def test_an_invitation_gives_a_link_and_is_withdrawn(shop: Shop) -> None:
    whom = {"email": "eve@api.example", "role": "analyst"}
    told = shop.call("/api/v1/invitations", send=whom).json
    link = told["link"]
    assert told["sent"] is False
    assert urllib.request.urlopen(link, timeout=60).status == 200
    [open_one] = shop.call("/api/v1/invitations").json["invitations"]
    path = f"/api/v1/invitations/{open_one['number']}"
    assert shop.call(path, method="DELETE").status == 200
    assert shop.call("/api/v1/invitations").json["invitations"] == []


def test_a_tracking_key_is_made_and_revoked(shop: Shop) -> None:
    secret = shop.call("/api/v1/tracking-keys", send={"name": "a/till"}).json["secret"]
    assert secret.startswith("rapport_")
    event = {"batch": [{"event": "Order Completed"}]}
    shop.call("/v1/batch", send=event, role=None, headers={"Authorization": f"Bearer {secret}"})
    rejected = shop.call("/api/v1/tracking-keys/a%2Ftill/rejected").json["rows"]
    assert [bool(one["raw"]) for one in rejected] == [True]
    assert shop.call("/api/v1/tracking-keys/none/rejected").status == 404
    assert shop.call("/api/v1/tracking-keys/a%2Ftill", method="DELETE").status == 200
    [key] = [k for k in shop.call("/api/v1/tracking-keys").json["keys"] if k["name"] == "a/till"]
    assert key["revoked_at"] is not None


def test_a_session_changes_nothing_without_the_token_against_foreign_forms(shop: Shop) -> None:
    jar = {one["name"]: one["value"] for one in cookies(shop.served.address, "owner")}
    session = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
    note = {"day": "2026-02-01", "text": "by a session"}
    refused = shop.call("/api/v1/notes", send=note, role=None, headers=session)
    assert (refused.status, refused.json["type"]) == (403, "/api/#foreign-form")
    sent = {**session, "X-CSRFToken": jar["rapport_csrf"]}
    assert shop.call("/api/v1/notes", send=note, role=None, headers=sent).status == 200
