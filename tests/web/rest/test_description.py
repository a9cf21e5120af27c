"""The description of the API keeps to the API."""

import inspect
import sys

import pytest
from ninja import Schema

from rapport.web.contract.assembly import views
from rapport.web.contract.description import described, operations
from tools import reference

OPERATIONS = list(operations(described()))
NAMES = [f"{method.upper()} {address}" for address, method, _ in OPERATIONS]


def test_the_reference_holds_what_the_program_says() -> None:
    fresh = reference.fresh_openapi()
    assert reference.OPENAPI.read_text("utf-8") == fresh, "run `python -m tools.reference`"


def test_every_operation_is_described_under_a_name_of_its_own() -> None:
    count = sum(len(view.operations) for _, view in views())
    assert len({told["operationId"] for _, _, told in OPERATIONS}) == count == len(OPERATIONS)


def test_no_two_schemas_go_by_one_name() -> None:
    """The library describes them by name alone: of two the second would take the first's place."""
    named: dict[str, set[str]] = {}
    for module in [sys.modules[name] for name in sys.modules if ".web.rest." in name]:
        for name, found in inspect.getmembers(module, inspect.isclass):
            # What is asked in an address is described at its place.
            if issubclass(found, Schema) and not name.startswith(("Asked", "Search")):
                named.setdefault(name, set()).add(found.__module__)
    assert len(named) > 50
    assert {name: those for name, those in named.items() if len(those) > 1} == {}


@pytest.mark.parametrize(("address", "method", "told"), OPERATIONS, ids=NAMES)
def test_an_operation_shows_an_example_of_its_answer_and_of_its_body(address, method, told) -> None:
    bodies = [told.get("requestBody", {}), told["responses"]["200"]]
    json = [
        one for body in bodies for kind, one in body.get("content", {}).items() if "json" in kind
    ]
    assert all("example" in one for one in json), f"{method} {address}"
    assert told["summary"]


@pytest.mark.parametrize(("address", "method", "told"), OPERATIONS, ids=NAMES)
def test_what_is_asked_in_an_address_is_explained(address, method, told) -> None:
    silent = [
        one["name"]
        for one in told["parameters"]
        if one["in"] == "query" and not one.get("description")
    ]
    assert not silent, f"{method} {address}: say what it means"
