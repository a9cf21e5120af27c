"""The page on which people make tokens."""

import re

from tests.web.served import get, post

from .shop import Shop

PAGE = "/settings/tokens"


def test_a_token_is_shown_once_and_opens_what_was_chosen(shop: Shop) -> None:
    address = shop.served.address + PAGE
    get(address)
    fields = {"name": "by hand <b>", "days": "30", "scopes": "see_figures"}
    status, headers, page = post(address, fields)
    [secret] = set(re.findall(r"rapport_api_[\w-]{40,}", page))
    assert (status, "no-store" in headers["cache-control"]) == (200, True)
    assert "by hand &lt;b&gt;" in page
    assert secret not in get(address)[2]
    mine = {"Authorization": f"Bearer {secret}"}
    assert shop.call("/api/v1/me", role=None, headers=mine).json["scopes"] == ["see_figures"]


def test_a_name_that_is_taken_is_told_at_its_field(shop: Shop) -> None:
    address = shop.served.address + PAGE
    get(address)
    fields = {"name": "twice", "days": "", "scopes": "see_figures"}
    post(address, fields)
    page = post(address, fields)[2]
    assert 'class="fault"' in page
    assert not re.search(r"rapport_api_[\w-]{40,}", page)


def test_only_what_opens_an_operation_and_one_may_do_is_offered(shop: Shop) -> None:
    page = get(shop.served.address + PAGE, "employee")[2]
    assert set(re.findall(r'name="scopes" value="(\w+)"', page)) == {
        "see_figures",
        "add_token",
        "revoke_token",
        "save_view",
        "change_own_account",
    }


def test_a_token_is_revoked_on_its_page(shop: Shop) -> None:
    address = shop.served.address + PAGE
    get(address)
    post(address, {"name": "soon gone", "days": "", "scopes": "see_figures"})
    number = max(int(one) for one in re.findall(r"tokens/(\d+)/revoke", get(address)[2]))
    assert "The token is revoked." in post(f"{address}/{number}/revoke", {})[2]
    assert f"tokens/{number}/revoke" not in get(address)[2]
