"""Imports over the API."""

import time
from typing import Any

from .shop import Answer, Shop

ANSWERS = b"when,who,score\n2026-01-02 10:00:00,ana,9\n2026-01-03 10:00:00,ben,ten\n"
MAPPING = """
source = "api test"
[fields]
occurred_at = "when"
customer = "who"
kind = { value = "survey.answered" }
scale = { value = "nps" }
score = "score"
"""


def bring(shop: Shop, content: bytes, name: str = "answers.csv", **headers: str) -> Answer:
    more = {"Content-Type": "application/octet-stream", **headers}
    return shop.call(f"/api/v1/uploads?name={name}", send=content, headers=more)


def ended(shop: Shop, number: int) -> Any:
    deadline = time.monotonic() + 60
    while True:
        told = shop.call(f"/api/v1/uploads/{number}").json
        if told["state"] not in ("queued", "running"):
            return told
        assert time.monotonic() < deadline, told
        time.sleep(0.3)


def test_a_file_is_brought_mapped_imported_and_undone(shop: Shop) -> None:
    number = bring(shop, ANSWERS).json["id"]
    path = f"/api/v1/uploads/{number}"
    assert shop.call(f"{path}/mapping", method="PUT", send={"mapping": MAPPING}).status == 200
    assert shop.call(f"{path}/start", send={"trial": False}).json["state"] == "queued"
    done = ended(shop, number)
    assert (done["state"], done["receipt"]["stored"], done["receipt"]["rejected"]) == ("done", 1, 1)
    found = f"/api/v1/imports/{done['import_id']}"
    assert shop.call(found).json["receipt"]["received"] == 2
    [row] = shop.call(f"{found}/rejected").json["rows"]
    assert (row["field"], row["got"]) == ("score", "ten")
    table = shop.call(f"{found}/rejected", headers={"Accept": "text/csv"}).body.decode()
    assert table.splitlines()[0].startswith("when,who,score,rapport_line")
    assert shop.call(found, method="DELETE").json == {"done": True}
    assert shop.call(found).json["state"] == "undone"
    assert done["import_id"] in [one["id"] for one in shop.call("/api/v1/imports").json["imports"]]


def test_an_empty_file_is_refused(shop: Shop) -> None:
    assert bring(shop, b"").status == 422


def test_a_file_that_nobody_can_read_leaves_nothing(shop: Shop) -> None:
    before = shop.call("/api/v1/uploads").json
    assert bring(shop, b"PK\x03\x04 no zip", "x.xlsx").status == 422
    assert shop.call("/api/v1/uploads").json == before


def test_a_mapping_that_is_none_is_told(shop: Shop) -> None:
    number = bring(shop, ANSWERS).json["id"]
    path = f"/api/v1/uploads/{number}"
    told = shop.call(f"{path}/mapping", method="PUT", send={"mapping": "source ="})
    assert (told.status, told.json["type"]) == (422, "/api/#mapping")
    assert shop.call(path, method="DELETE").json == {"done": True}
    assert shop.call(path).status == 404


def test_a_file_is_seen_by_who_brought_it_only(shop: Shop) -> None:
    number = bring(shop, ANSWERS).json["id"]
    assert shop.call(f"/api/v1/uploads/{number}", role="analyst").status == 404


def test_another_kind_of_body_is_refused(shop: Shop) -> None:
    assert bring(shop, ANSWERS, **{"Content-Type": "text/csv"}).status == 415


def test_no_number_is_too_large(shop: Shop) -> None:
    assert shop.call(f"/api/v1/imports/{10**30}").status == 422
    assert shop.call("/api/v1/imports/999999").status == 404


def test_the_store_tells_what_it_holds(shop: Shop) -> None:
    told = shop.call("/api/v1/store").json
    receipt = told["receipt"]
    assert receipt["received"] == receipt["stored"] + receipt["duplicate"] + receipt["rejected"]
