"""A mapping is changed field by field, and what a person wrote around it stays."""

import pytest

from rapport.kernel.errors import InputError, MappingError
from rapport.listening.api import Choice, choices, choose, peek, suggest

TEXT = """source = "shop"  # a name
[fields]
# when it was paid
occurred_at = "paid"  # ISO 8601
customer = "who"
kind = { value = "order.completed" }  # money moved
amount = { column = "sum", times = 0.01 }
text = { template = "{a} # {b}" }
[properties]
note = "note"
"""


def said(text: str) -> dict[str, Choice]:
    return {choice.field: choice for choice in choices(text) if choice.said}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("paid,sent,who,sum\n2025-01-02,31.12.2024,ana,100\n2025-01-03,01.01.2025,b,2\n")
    return path


def test_each_field_is_told_with_its_column_or_value_and_the_reason():
    found = said(TEXT)
    assert found["occurred_at"].column == "paid"
    assert found["occurred_at"].reason == "ISO 8601"
    assert found["kind"].value == "order.completed"
    assert found["amount"].column == "sum"
    assert found["text"].is_special


def test_a_chosen_column_takes_the_place_of_the_old_one_and_the_rest_stays(file):
    made = choose(file, TEXT, {"customer": ("sum", "")})
    assert 'customer = "sum"  # chosen by hand' in made
    assert made.replace('"sum"  # chosen by hand', '"who"', 1) == TEXT


def test_what_is_chosen_as_it_was_changes_nothing(file):
    assert choose(file, TEXT, {"customer": ("who", ""), "amount": ("sum", "")}) == TEXT


def test_a_field_is_left_out_and_another_is_added(file):
    made = choose(file, TEXT, {"customer": ("", ""), "channel": ("", 'we"b')})
    assert "customer" not in said(made)
    assert said(made)["channel"].value == 'we"b'
    assert made.index("channel") < made.index("[properties]")


def test_a_chosen_column_of_times_comes_with_its_format(file):
    made = choose(file, TEXT, {"occurred_at": ("sent", "")})
    assert 'occurred_at = { column = "sent", format = "%d.%m.%Y" }' in made


def test_what_makes_no_mapping_is_refused(file):
    with pytest.raises(MappingError, match="nothing says occurred_at"):
        choose(file, TEXT, {"occurred_at": ("", "")})
    with pytest.raises(InputError, match="no column 'nowhere'"):
        choose(file, TEXT, {"occurred_at": ("nowhere", "")})


def test_a_field_that_rules_say_is_not_to_be_chosen():
    text = TEXT.replace('kind = { value = "order.completed" }  # money moved\n', "")
    text += '[[rule]]\nkind = { value = "order.completed" }\n'
    assert "kind" not in {choice.field for choice in choices(text)}


def test_the_fields_of_people_are_those_of_their_record():
    text = 'record = "units"\n[fields]\nkey = "id"\n'
    assert [choice.field for choice in choices(text)] == ["key", "name", "parent"]


def test_every_line_of_a_proposal_can_be_chosen_anew(file):
    proposed = suggest(file).text
    told = {c.field: (c.column, c.value) for c in choices(proposed) if c.said}
    assert choose(file, proposed, told) == proposed


def test_columns_are_shown_with_examples(file):
    first = peek(file)[0]
    assert (first.name, first.examples) == ("paid", ("2025-01-02", "2025-01-03"))
