"""A file on its way in, over the API: looked at, mapped, mapped like one before."""

from .shop import Shop
from .test_imports import ANSWERS, MAPPING, bring, ended

PEOPLE = b"key,name\nE-1,Ben\n"


def test_a_file_is_looked_at_before_it_is_imported(shop: Shop) -> None:
    path = f"/api/v1/uploads/{bring(shop, ANSWERS).json['id']}"
    shop.call(f"{path}/mapping", method="PUT", send={"mapping": MAPPING})
    told = shop.call(f"{path}/preview").json
    assert told["columns"][1] == {"name": "who", "examples": ["ana", "ben"]}
    assert [row["customer"] for row in told["rows"]] == ["ana"]
    assert [row["got"] for row in told["rejected"]] == ["ten"]


def test_a_mapping_is_proposed_for_rows_of_another_sort(shop: Shop) -> None:
    path = f"/api/v1/uploads/{bring(shop, PEOPLE).json['id']}"
    people = shop.call(f"{path}/proposal", send={"record": "employees"})
    assert 'record = "employees"' in people.json["mapping"]
    assert shop.call(f"{path}/proposal", send={"record": "dogs"}).status == 422


def test_of_two_who_map_a_file_the_second_is_told(shop: Shop) -> None:
    brought = bring(shop, ANSWERS).json
    path, was = f"/api/v1/uploads/{brought['id']}/mapping", brought["mapping"]
    sent = {"mapping": MAPPING, "was": was}
    assert shop.call(path, method="PUT", send=sent).status == 200
    assert shop.call(path, method="PUT", send=sent).status == 409


def test_a_file_is_read_as_one_before_and_reasons_are_counted(shop: Shop) -> None:
    first = bring(shop, ANSWERS.replace(b"ana", b"mia")).json["id"]
    path = f"/api/v1/uploads/{first}"
    shop.call(f"{path}/mapping", method="PUT", send={"mapping": MAPPING})
    shop.call(f"{path}/start", send={})
    number = ended(shop, first)["import_id"]
    [reason] = shop.call(f"/api/v1/imports/{number}/reasons").json["reasons"]
    assert (reason["field"], reason["rows"]) == ("score", 1)
    again = bring(shop, ANSWERS, f"more.csv&like={number}").json
    assert again["mapping"] == MAPPING
    assert bring(shop, ANSWERS, "more.csv&like=999999").status == 404
    shop.call(f"/api/v1/imports/{number}", method="DELETE")
