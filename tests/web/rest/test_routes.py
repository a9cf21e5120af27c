"""Every operation with every role: who may not gets what nobody's address gives."""

import re
from typing import Any

import pytest

from rapport.office.api import ROLES
from rapport.web.access import SIGNED_IN
from rapport.web.contract.assembly import urlpatterns, views
from rapport.web.contract.description import described, operations

from .shop import Shop

NEEDS = {
    ("/api/v1" + re.sub(r"{\w+:", "{", address), method.lower()): operation.view_func.need
    for address, view in views()
    for operation in view.operations
    for method in operation.methods
}
SAMPLES = {"name": "nps", "key": "C-000008", "number": "1"}
ROLE_NAMES = sorted(set(ROLES) - {"system"})


def walked() -> list[tuple[str, str, str]]:
    """Method, address with samples, and need of each operation."""
    return [
        (
            method,
            re.sub(r"{(\w+)}", lambda found: SAMPLES[found[1]], address),
            NEEDS[address, method],
        )
        for address, method, _ in operations(described())
    ]


def asked(shop: Shop, role: str | None, method: str, address: str) -> Any:
    send = None if method in ("get", "delete") else {}
    return shop.call(address, role=role, method=method.upper(), send=send)


def test_every_address_of_the_api_is_described() -> None:
    assert len(urlpatterns()) == len(described()["paths"])
    assert {(address, method) for address, method, _ in operations(described())} == NEEDS.keys()


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_a_role_gets_what_the_table_says_and_nothing_else(shop: Shop, role) -> None:
    wrong = []
    for method, address, need in walked():
        if need != SIGNED_IN and need not in ROLES[role]:
            unknown = asked(shop, role, method, "/api/v1/nowhere")
            answer = asked(shop, role, method, address)
            if (answer.status, answer.body) != (404, unknown.body):
                wrong.append(f"{method} {address} does not look like an unknown address")
        elif method == "get":
            status = asked(shop, role, method, address).status
            if status not in (200, 404, 422):
                wrong.append(f"{method} {address} gives {status}")
    assert not wrong


def test_nobody_is_told_to_come_with_a_token(shop: Shop) -> None:
    told = {asked(shop, None, method, address).status for method, address, _ in walked()}
    assert told == {401}
