"""The filter bar reads the address, narrows by who asks, and never carries that in an address."""

import datetime as dt

import pytest
from django.test import RequestFactory

from rapport.kernel.errors import InputError
from rapport.office.api import Actor
from rapport.web.choices import Choices
from rapport.web.filterbar import asked, bar, quoted

END = dt.date(2026, 10, 31)


def question(query="", units=None):
    request = RequestFactory().get(f"/measure/overview?{query}")
    request.actor = Actor("user:1", frozenset({"manager"}), units)
    return asked(request)


def test_a_period_counts_back_from_the_end_of_the_data():
    assert question("period=7d").days(END) == (dt.date(2026, 10, 25), END)
    assert question("period=all").days(END) == (None, None)


def test_days_come_before_a_period():
    found = question("period=7d&from=2026-01-01&to=2026-01-31")
    assert found.days(END) == (dt.date(2026, 1, 1), dt.date(2026, 1, 31))


def test_choices_and_expressions_become_conditions():
    found = question("channel=it%27s&where=score+%3C%3D+6")
    assert found.conditions == ["channel = 'it''s'", "score <= 6"]
    assert not found.is_plain


def test_who_sees_some_units_is_narrowed_without_the_address_saying_so():
    found = question("channel=email", frozenset({"b", "a"}))
    assert found.conditions[-1] == "unit in ('a', 'b')"
    assert "unit" not in found.query()
    assert not question("", frozenset({"a"})).is_plain


def test_who_sees_no_unit_sees_nothing():
    assert question("", frozenset()).conditions == ["unit = ''"]


@pytest.mark.django_db
def test_who_sees_some_units_is_offered_those_alone():
    choices = Choices({"unit": ["north", "south"], "channel": ["email"]})

    def offered(units):
        selects = {one.name: one for one in bar(question("", units), choices).selects}
        return [value for value, _ in selects["unit"].options if value]

    assert offered(frozenset({"north"})) == ["north"]
    assert offered(None) == ["north", "south"]


def test_an_expression_that_cannot_be_read_is_left_out_and_told():
    found = question("where=colour+%3D+1&where=score+%3C+3")
    assert found.conditions == ["score < 3"]
    assert "colour" in found.faults["colour = 1"].message


def test_the_query_keeps_all_that_was_asked():
    found = question("period=28d&channel=email&where=score+%3C+3")
    assert question(found.query()) == found
    assert "channel" not in found.query(channel=None)


@pytest.mark.parametrize("query", ["period=soon", "from=2026-13-01"])
def test_what_is_no_period_or_day_is_refused(query):
    with pytest.raises(InputError):
        question(query)


def test_a_quoted_value_is_one_text_whatever_is_in_it():
    for text in ["a'b", "'", "'' or 1 = 1 --", "\u202e", "`x`", '"']:
        assert question(f"channel={text}").faults == {}
        assert quoted(text).startswith("'")
