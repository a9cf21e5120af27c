"""Customers over the API."""

import io
import json
import zipfile
from typing import Any
from urllib.error import URLError
from urllib.parse import quote

import pytest

import rapport

from .shop import Shop

KEY = "C-000008"
ANA = f"/api/v1/customers/{KEY}"


def first(shop: Shop, role: str = "owner", **more: Any) -> Any:
    return shop.call(ANA, role=role, **more)


def test_a_customer_is_found_by_key_and_by_address(shop: Shop) -> None:
    told = first(shop).json
    address = told["identifiers"][0]
    assert shop.call(f"/api/v1/customers/{quote(address)}").json == told
    assert told["key"] == KEY


def test_search_finds_who_is_called_so(shop: Shop) -> None:
    found = shop.call(f"/api/v1/customers?q={KEY}").json["customers"]
    assert [one["key"] for one in found] == [KEY]


def test_a_timeline_comes_page_by_page_newest_first(shop: Shop) -> None:
    rows: list[Any] = []
    cursor = ""
    while cursor is not None:
        told = shop.call(f"{ANA}/timeline?limit=7{cursor}").json
        rows += told["rows"]
        cursor = told["next"] and f"&cursor={told['next']}"
    here = rapport.open(shop.home).customer(KEY).arrow()
    assert [row["t"] for row in rows] == here.column("t").to_pylist()


def test_connected_from_elsewhere_a_customer_is_the_same(shop: Shop) -> None:
    there = rapport.connect(shop.served.address, shop.tokens["owner"])
    here = rapport.open(shop.home)
    assert there.customer(KEY).arrow().equals(here.customer(KEY).arrow())
    assert there.customer(KEY, 3).arrow().equals(here.customer(KEY, 3).arrow())


def test_a_timeline_is_filtered(shop: Shop) -> None:
    told = shop.call(f"{ANA}/timeline?where=channel+%3D+web&limit=1000").json["rows"]
    assert {row["channel"] for row in told} <= {"web"}


def test_who_sees_one_shop_sees_of_its_customers_only_what_happened_there(shop: Shop) -> None:
    found = shop.call("/api/v1/customers?limit=200", role="of ghent").json["customers"]
    everybody = shop.call("/api/v1/customers?limit=200").json["customers"]
    assert len(found) < len(everybody)
    for one in found[:5]:
        path = f"/api/v1/customers/{one['key']}/timeline?limit=1000"
        assert {row["unit"] for row in shop.call(path, role="of ghent").json["rows"]} <= {
            "store-ghent"
        }


def test_a_customer_of_others_reads_as_nobody(shop: Shop) -> None:
    ours = {
        one["key"]
        for one in shop.call("/api/v1/customers?limit=200", role="of ghent").json["customers"]
    }
    theirs = next(f"C-{n:06}" for n in range(1, 150) if f"C-{n:06}" not in ours)
    hidden = shop.call(f"/api/v1/customers/{theirs}", role="of ghent")
    unknown = shop.call("/api/v1/customers/nobody-at-all", role="of ghent")
    assert (hidden.status, hidden.body) == (404, unknown.body)


def test_two_are_merged_and_split_again(shop: Shop) -> None:
    number = shop.call("/api/v1/merges", send={"kept": KEY, "merged": "C-000009"}).json["number"]
    assert shop.call("/api/v1/customers/C-000009").json["key"] == KEY
    split = shop.call(f"{ANA}/merges/{number}", method="DELETE")
    assert split.json == {"done": True}
    assert shop.call("/api/v1/customers/C-000009").json["key"] == "C-000009"
    assert shop.call(f"{ANA}/merges/999", method="DELETE").status == 404


def test_a_merge_is_looked_at_first(shop: Shop) -> None:
    path = f"/api/v1/merges/preview?kept={KEY}&merged="
    told = shop.call(f"{path}C-000010").json
    assert (told["kept"]["key"], told["merged"]["key"]) == (KEY, "C-000010")
    assert not told["is_one"]
    for trait in told["traits"]:
        assert trait["counts"] == (trait["kept"] if trait["kept"] is not None else trait["merged"])
    assert shop.call(f"{path}{KEY}").json["is_one"]
    assert shop.call(f"{path}nobody").status == 404


def test_customers_and_accounts_are_put_in_as_a_whole(shop: Shop) -> None:
    account = {"key": "A/neu", "name": "Müller 🏠", "kind": "household"}
    put = {"method": "PUT", "send": {"rows": [account, {"key": "A-x", "kind": "tribe"}]}}
    told = shop.call("/api/v1/accounts", **put).json
    assert (told["stored"], told["rejected"][0]["field"]) == (1, "kind")
    assert shop.call("/api/v1/accounts/A%2Fneu").json["name"] == "Müller 🏠"
    jo = {
        "key": "J-1",
        "account": "A/neu",
        "first_known": "2024-01-02T03:04:05+01:00",
        "identifiers": {"email": "jo@api.example"},
        "traits": {"size": 3, "vip": True, "tier": "gold"},
        "consents": {"newsletter": "granted"},
        "consent_source": "desk",
    }
    al = {"key": "J-2", "traits": {"size": "XL"}, "unit": "nowhere"}
    told = shop.call("/api/v1/customers", method="PUT", send={"rows": [jo, al]}).json
    assert (told["stored"], told["rejected"][0]["field"]) == (1, "unit")
    known = shop.call("/api/v1/customers/email%3Ajo%40api.example").json
    assert (known["key"], known["account"]) == ("J-1", "A/neu")
    assert known["consents"] == {"newsletter": "granted"}
    assert known["traits"] == jo["traits"]
    again = shop.call("/api/v1/customers", method="PUT", send={"rows": [jo]}).json
    assert again["duplicate"] == 1


def test_a_consent_is_taken_down(shop: Shop) -> None:
    consent = {"scope": "calls", "status": "denied", "at": "2026-01-02T03:04:05+01:00"}
    assert shop.call(f"{ANA}/consents", send=consent).status == 200
    assert first(shop).json["consents"]["calls"] == "denied"


def test_how_things_stand_agrees_with_the_timeline(shop: Shop) -> None:
    told = shop.call(f"{ANA}/standing").json
    rows = shop.call(f"{ANA}/timeline?limit=1000").json["rows"]
    assert told["interactions"] == len(rows) == sum(told["kinds"].values())
    scoped = shop.call("/api/v1/customers?limit=1", role="of ghent").json["customers"][0]
    path = f"/api/v1/customers/{scoped['key']}/standing"
    assert (
        shop.call(path, role="of ghent").json["interactions"]
        <= shop.call(path).json["interactions"]
    )


def test_an_erasure_is_counted_before_it_is_done(shop: Shop) -> None:
    records = shop.call(f"{ANA}/erasure-preview").json["records"]
    assert sum(records.values()) > 1
    assert shop.call(f"{ANA}/erasure-preview", role="agent").status == 404


def test_a_moment_without_a_zone_is_refused(shop: Shop) -> None:
    consent = {"scope": "calls", "status": "denied", "at": "2026-01-02T03:04:05"}
    told = shop.call(f"{ANA}/consents", send=consent)
    assert told.status == 422
    assert "zone" in told.json["errors"][0]["message"]


def test_a_copy_holds_what_we_know(shop: Shop) -> None:
    answer = shop.call(f"{ANA}/export", method="POST", role="privacy officer")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.body)) as pack:
        assert KEY in pack.read("customers.jsonl").decode()


def test_who_asks_for_an_erasure_does_not_approve_it(shop: Shop) -> None:
    path = "/api/v1/customers/C-000011/erasure-requests"
    asked = shop.call(path, send={"reason": "She wrote."}, role="agent").json
    assert asked["state"] == "asked"
    approval = f"/api/v1/erasure-requests/{asked['number']}/approval"
    assert shop.call(approval, method="POST", role="agent").status == 404
    assert shop.call(approval, method="POST").json["state"] == "approved"
    refusal = f"/api/v1/erasure-requests/{asked['number']}/refusal"
    assert shop.call(refusal, method="POST").status in (200, 422)


@pytest.mark.parametrize("role", ["employee", "figures only"])
def test_who_sees_figures_only_sees_nobody(shop: Shop, role) -> None:
    assert first(shop, role).status == 404


@pytest.mark.parametrize(
    "key", ["a/b", "../../etc", "%00", "x" * 5000, "Ω≈ç√", "🏳️‍🌈", "' OR 1=1 --", "\u202e", "."]
)
def test_no_key_breaks_an_address(shop: Shop, key) -> None:
    assert shop.call(f"/api/v1/customers/{quote(key, safe='')}").status == 404
    assert shop.call(f"/api/v1/customers/{quote(key, safe='')}/timeline").status == 404


def _refusal(shop: Shop, path: str, body: bytes) -> object:
    try:
        return shop.call(path, send=body).status
    except URLError as error:
        return type(error.reason)


def test_a_body_is_strict(shop: Shop) -> None:
    merge = "/api/v1/merges"
    assert shop.call(merge, send=b"{").status == 400
    assert shop.call(merge, send=b'{"kept": NaN}').status == 400
    assert shop.call(merge, send=b'{"kept": "\\ud800", "merged": "b"}').status == 400
    assert shop.call(merge, send=b"[" * 100_000).status == 400
    assert shop.call(merge, send=b"\xff\xfe").status == 400
    unknown = shop.call(merge, send={"kept": KEY, "merged": "C-000009", "why": "x"})
    assert [one["field"] for one in unknown.json["errors"]] == ["body.why"]
    number = shop.call(merge, send={"kept": 5, "merged": "C-000009"})
    assert number.status == 422
    form = shop.call(
        merge, send=b"a=b", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert form.status == 415
    large = json.dumps({"kept": "x" * 3_000_000, "merged": "b"}).encode()
    # A server that refuses need not read to the end: then the sender may not hear why.
    assert _refusal(shop, merge, large) in (413, BrokenPipeError, ConnectionResetError)
