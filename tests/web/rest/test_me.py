"""One's own account over the API."""

import pytest

from .shop import Shop

MINE = "/api/v1/me/account"


def test_ones_own_account_is_read_and_changed(shop: Shop) -> None:
    was = shop.call(MINE, role="agent").json
    change = {"name": "Ben <b>", "language": "de", "zone": "Asia/Tokyo", "scheme": "dark"}
    told = shop.call(MINE, method="PUT", send=change, role="agent").json
    assert told == {**was, **change} == shop.call(MINE, role="agent").json
    assert shop.call(MINE).json["email"] == "owner@api.example"


@pytest.mark.parametrize("wrong", ["language", "zone", "scheme"])
def test_what_there_is_not_is_told_at_its_field(shop: Shop, wrong) -> None:
    sent = {"name": "Ben", wrong: "klingon"}
    told = shop.call(MINE, method="PUT", send=sent, role="agent")
    assert (told.status, told.json["errors"][0]["field"]) == (422, f"body.{wrong}")


def test_signing_out_ends_sessions_and_no_token(shop: Shop) -> None:
    assert shop.call("/api/v1/me/sign-out", method="POST", role="agent").json == {"done": True}
    assert shop.call(MINE, role="agent").status == 200
