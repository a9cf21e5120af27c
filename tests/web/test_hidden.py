"""Fields that point to people are no fields for whoever may not see those people."""

import re
from urllib.parse import quote

import pytest

from rapport.kernel.errors import InputError
from rapport.office.api import Actor
from rapport.web.hidden import is_hidden, refuse_hidden, rule_for, seen_in_rows

from .served import get, post


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
    with pytest.raises(InputError, match="There is no field named employee"):
        refuse_hidden(reader("analyst"), ["`employee`"])
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


def test_rows_show_their_customers_to_whoever_sees_rows_but_no_employee():
    names = ("customer", "employee", "text")
    assert seen_in_rows(reader("analyst"), names) == ("customer", "text")
    assert seen_in_rows(reader("manager"), names) == names


def test_no_segment_is_made_of_who_met_an_employee():
    rule = "count >= 1 where employee = 'E-071'"
    assert str(rule_for(reader("manager"), rule)) == f"all of\n{rule}"
    with pytest.raises(InputError, match="There is no field named employee"):
        rule_for(reader("analyst"), rule)


# Ways that lead to who of our own people took part; each shows a manager some keys of theirs.
SQL = "SELECT * FROM interactions WHERE kind = 'order.delivered' LIMIT 9"
API = "/api/v1/interactions?where=kind+%3D+order.delivered&limit=5"
WAYS = [
    "/measure/explore?col=employee&period=all",
    "/measure/explore?by=employee&period=all",
    "/measure/explore/download?col=employee&period=28d&as=csv",
    f"/measure/sql?q={quote(SQL)}",
    f"/measure/sql/download?as=csv&q={quote(SQL)}",
    f"/measure/sql/download?as=csv&q={quote('SELECT i.Employee FROM interactions i LIMIT 50')}",
    "/measure/measures/volume/split?by=employee",
    "/measure/measures/volume/download?by=employee&as=csv",
    API,
    f"{API}&columns=employee",
    f"/api/v1/sql?query={quote(SQL)}",
    "/api/v1/measures/volume/figures?by=employee",
    "/api/v1/measures/volume/rows?by=employee",
]
SOMEBODY = re.compile(r"\bE-\d{3}\b")


@pytest.mark.parametrize("way", WAYS)
def test_only_who_leads_employees_sees_which_of_them_took_part(served_demo, way):
    assert SOMEBODY.search(get(served_demo.address + way, "manager")[2])
    status, _, body = get(served_demo.address + way, "analyst")
    assert status in (200, 400, 422)
    assert not SOMEBODY.search(body)


@pytest.mark.parametrize(
    "path",
    [
        "/measure/explore?",
        "/measure/measures/volume?",
        "/api/v1/interactions?limit=1&",
        "/api/v1/measures/volume/figures?",
        "/api/v1/customers/C-000008/timeline?limit=1&",
    ],
)
def test_nobody_else_filters_by_an_employee(served_demo, path):
    address = f"{served_demo.address}{path}where=employee+%3D+%27E-071%27"
    assert "There is no field named employee" in get(address, "analyst")[2]
    assert "There is no field named employee" not in get(address, "manager")[2]


def test_lists_of_fields_leave_out_what_cannot_be_asked(served_demo):
    page, words = f"{served_demo.address}/measure/sql", f"{served_demo.address}/api/v1/vocabulary"
    assert "unit, kind" in get(page, "analyst")[2]
    assert "unit, employee, kind" in get(page, "manager")[2]
    assert "Not for your role, so not there: employee." in get(page, "analyst")[2]
    assert '"employee"' not in get(words, "analyst")[2]
    assert '"employee"' in get(words, "manager")[2]
    assert 'value="employee"' not in get(f"{served_demo.address}/measure/explore", "analyst")[2]


def test_a_timeline_tells_who_served_to_those_who_lead_them(served_demo):
    address = f"{served_demo.address}/api/v1/customers/C-000008/timeline"
    assert '"employee"' in get(address, "team lead")[2]
    for role in ("analyst", "agent", "privacy officer"):
        status, _, body = get(address, role)
        assert (status, '"employee"' in body) == (200, False)


def test_a_count_of_who_met_an_employee_is_refused(served_demo):
    rule = {"by": "text", "text": "count >= 1 where employee = 'E-071'"}
    address = f"{served_demo.address}/know/segments/count"
    assert "There is no field named employee" in post(address, rule, "analyst")[2]
    assert "now." in post(address, rule, "manager")[2]
