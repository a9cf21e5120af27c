"""Fields that point to people are no fields for whoever may not see those people."""

import pytest

from rapport.kernel.errors import InputError
from rapport.office.api import Actor
from rapport.web.hidden import is_hidden, refuse_hidden

from .served import get


def reader(role: str) -> Actor:
    return Actor("user:1", frozenset({role}))


@pytest.mark.parametrize("field", ["customer", "customer.city", "text", "properties.seat"])
def test_who_sees_figures_only_asks_nothing_about_single_customers(field):
    assert is_hidden(reader("employee"), field)
    assert not is_hidden(reader("agent"), field)
    assert not is_hidden(reader("employee"), "channel")


@pytest.mark.parametrize(
    ("role", "hidden"),
    [("analyst", True), ("agent", True), ("team lead", False), ("manager", False)],
)
def test_figures_of_single_employees_are_for_those_who_lead_them(role, hidden):
    assert is_hidden(reader(role), "employee") is hidden


def test_what_is_hidden_is_told_as_what_is_not_there():
    with pytest.raises(InputError, match="There is no field named employee"):
        refuse_hidden(reader("analyst"), where=["not (score < 3 or employee = 'E-1')"])
    with pytest.raises(InputError, match="There is no field named customer"):
        refuse_hidden(reader("employee"), ["`customer`"])
    refuse_hidden(reader("owner"), ["employee"], ["customer = 'c1'"])


def test_pages_and_api_keep_to_it(served_demo):
    page = f"{served_demo.address}/measure/measures/volume"
    assert get(f"{page}/split?by=customer", "employee")[0] == 400
    assert get(f"{page}/split?by=customer", "analyst")[0] == 200
    body = get(f"{page}?where=customer+%3D+%27c1%27", "employee")[2]
    assert "There is no field named customer" in body
    assert "employee</option>" not in get(page, "analyst")[2]
    api = f"{served_demo.address}/api/v1/measures/volume/figures?by="
    assert [get(api + field, "employee")[0] for field in ("customer", "channel")] == [422, 200]
