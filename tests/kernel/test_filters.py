"""The filter language: what people can type, and what they are told when it cannot be read."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from rapport.kernel.filters import (
    Expression,
    Field,
    FieldType,
    FilterTextError,
    Vocabulary,
    all_of,
    fields,
    parse,
    to_predicate,
    to_sql,
)
from rapport.kernel.filters.tree import And, Comparison, Not, Or

from .random_filters import VOCABULARY, trees

WORDS = Vocabulary(
    {
        "channel": FieldType.TEXT,
        "customer": FieldType.TEXT,
        "kind": FieldType.TEXT,
        "text": FieldType.TEXT,
        "score": FieldType.NUMBER,
        "occurred_at": FieldType.MOMENT,
        "day": FieldType.DAY,
        "automated": FieldType.FLAG,
    },
    frozenset({"properties", "customer"}),
)


def read(text: str) -> Expression:
    return parse(text, WORDS)


def refused(text: str) -> FilterTextError:
    with pytest.raises(FilterTextError) as caught:
        read(text)
    return caught.value


def keeps(text: str, /, **row: Any) -> bool:
    return to_predicate(read(text), zone=ZoneInfo("Europe/Berlin"))(row)


def sql(text: str, dialect: str = "duckdb") -> str:
    return to_sql(read(text), lambda field: exp.column(field.name)).sql(dialect)


# Reading and writing


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("channel=email", "channel = 'email'"),
        ("channel != e-mail", "channel != 'e-mail'"),
        ("channel <> 'a'", "channel != 'a'"),
        ("kind = survey.answered", "kind = 'survey.answered'"),
        ("score>=+9.50 AND Not score>10", "score >= 9.5 and not score > 10"),
        ('channel IN (email, "it\'s")', "channel in ('email', 'it''s')"),
        ("channel not in ('a')", "channel not in ('a')"),
        ("not channel in ('a')", "channel not in ('a')"),
        ("text is not empty", "text is not empty"),
        ("text not contains 'x'", "not text contains 'x'"),
        ("text starts with 'x' or text ends with y", "text starts with 'x' or text ends with 'y'"),
        ("score between 7 and 8 and score<9", "score between 7 and 8 and score < 9"),
        ("automated", "automated = true"),
        ("not automated", "automated != true"),
        ("(score=1 or score=2) and (score=3)", "(score = 1 or score = 2) and score = 3"),
        ("score=1 or score=2 and score=3", "score = 1 or score = 2 and score = 3"),
        ("occurred_at<2025-01-31T10:00", "occurred_at < 2025-01-31T10:00:00"),
        ("occurred_at<'2025-01-31T10:00Z'", "occurred_at < 2025-01-31T10:00:00Z"),
        ("occurred_at<2025-01-31T10:00+01:00", "occurred_at < 2025-01-31T10:00:00+01:00"),
        ("day = '2025-01-31'", "day = 2025-01-31"),
        ("properties.`utm source` = -0", "properties.`utm source` = 0"),
        ("customer.segment = gold", "customer.segment = 'gold'"),
    ],
)
def test_what_people_type_has_one_canonical_text(written: str, canonical: str) -> None:
    assert str(read(written)) == canonical
    assert read(canonical) == read(written)


@settings(max_examples=150, deadline=None)
@given(tree=trees())
def test_the_canonical_text_parses_back_to_the_same_tree(tree: Expression) -> None:
    assert parse(str(tree), VOCABULARY) == tree


def test_and_binds_closer_than_or_and_not_closest() -> None:
    one, two, three = (
        Comparison(Field(("score",), FieldType.NUMBER), "=", Decimal(n)) for n in (1, 2, 3)
    )
    assert read("score = 1 or not score = 2 and score = 3") == Or((one, And((Not(two), three))))


def test_columns_of_a_file_are_named_in_backquotes() -> None:
    columns = Vocabulary.of_columns(["Invoice No", "a`b", "in", "net.price"])
    tree = parse(
        "`Invoice No` = 'x' and `a``b` = y and `In` = 1 or net.price > 2",
        Vocabulary.of_columns([*columns.types, "In"]),
    )
    assert {field.name for field in fields(tree)} == {"Invoice No", "a`b", "In", "net.price"}
    row = {"Invoice No": "x", "a`b": "y", "In": "1.0", "net.price": "1"}
    assert to_predicate(tree)(row)


def test_several_filters_are_joined_by_and() -> None:
    both = all_of([read("score = 1 or score = 2"), read("channel = email")])
    assert str(both) == "(score = 1 or score = 2) and channel = 'email'"
    assert all_of([]) is None


# What is refused, and how


@pytest.mark.parametrize(
    ("written", "position", "says"),
    [
        ("", 0, "The filter is empty"),
        ("chanel = email", 0, "Did you mean channel?"),
        ("propertis.country = x", 0, "Did you mean properties.country or"),
        ("channel conatins 'x'", 8, "Did you mean contains?"),
        ("text like 'x%'", 5, "Did you mean contains, starts with or ends with?"),
        ("score = 'abc'", 8, "score holds a number"),
        ("channel = 5", 10, "To compare it as text, write '5'."),
        ("channel = kind", 10, "kind is a field"),
        ("channel = and", 10, "If you mean the text, write 'and'."),
        ("automated > true", 10, "true or false"),
        ("score contains '5'", 6, "Only text can be asked"),
        ("text contains ''", 14, "text is not empty"),
        ("(score > 5", 10, "Got: the end. Expected: )"),
        ("score > 5)", 9, "and, or, or the end"),
        ("score >", 7, "Here a value should stand"),
        ("and score > 5", 0, "Here a field should stand"),
        ("text contains 'abc", 14, "The quote is not closed"),
        ("score = 5x", 8, "neither a field nor a value"),
        ("day = 2025-02-30", 6, "There is no such day"),
        ("day = 2025-01-31T10:00", 6, "a date like 2025-01-31"),
        ("occurred_at = 2025-01-31T10:00+25:00", 14, "There is no such day"),
        ("occurred_at = 0999-01-31", 14, "year must be 1000 or later"),
        ("properties.x in (1, 'a')", 20, "Put all of them in quotes, or none."),
        ("properties.x between 1 and 'a'", 27, "Text and numbers cannot be mixed"),
        ("score = 12345678901234567", 8, "too many digits"),
        ("text = 'a\0'", 9, "U+0000"),
        ("text = '\ud800'", 8, "U+D800"),
    ],
)
def test_an_error_points_at_the_place_and_teaches(written: str, position: int, says: str) -> None:
    error = refused(written)
    assert says in str(error)
    assert error.position == position


def test_a_caret_stands_under_the_place() -> None:
    assert str(refused("score = abc")).splitlines()[1:] == ["  score = abc", "          ^"]


def test_a_caret_in_a_long_filter_shows_only_what_is_near() -> None:
    written = "score = 1 or " * 300 + "scor = 1"
    line, caret = refused(written).place.splitlines()
    assert line[caret.index("^") :] == "scor = 1"
    assert len(line) < 130


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("score = 1 or " * 900, "at most 10,000"),
        ("(" * 51 + "score = 1" + ")" * 51, "nested more than 50 deep"),
        ("not " * 51 + "score = 1", "nested more than 50 deep"),
        (f"score in ({'1,' * 1000}1)", "more than 1,000 values"),
        (" or ".join(["score = 1"] * 401), "more than 400 conditions"),
        (f"occurred_at in ({','.join(['2025-01-31'] * 401)})", "more than 400 conditions"),
    ],
)
def test_filters_have_limits(written: str, says: str) -> None:
    assert says in str(refused(written))


def test_the_limits_themselves_are_allowed() -> None:
    read("(" * 50 + "score = 1" + ")" * 50)
    read(f"score in ({'1,' * 999}1)")
    read(" or ".join(["score = 1"] * 400))


_PIECES = st.one_of(
    st.sampled_from(["channel", "score", "occurred_at", "day", "automated", "customer.x", "`x`"]),
    st.sampled_from(["(", ")", ",", ".", "=", "!=", "<", ">=", "in", "is", "empty", "between"]),
    st.sampled_from(["and", "or", "not", "contains", "starts", "ends", "with", "properties."]),
    st.sampled_from(["5", "-5.5", "1e5", "'a'", '"b"', "2025-01-31", "2025-01-31T10:00Z", "true"]),
    st.sampled_from(["2025-13-45", "9999-12-31T23:59+14:00", "'", '"', "`", "--", ";", "\\"]),
    st.sampled_from(["word", "é", "٣", "\0", "\ud800"]),
)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.lists(_PIECES, max_size=12).map(" ".join))
def test_nothing_but_a_filter_error_ever_comes_of_reading(written: str) -> None:
    try:
        tree = read(written)
    except FilterTextError as caught:
        error = caught
    else:
        assert read(str(tree)) == tree
        to_predicate(tree)({})
        return
    assert 0 <= error.position <= len(written)
    assert str(error)


# What a filter means


def test_a_condition_about_an_absent_value_is_false_and_its_not_is_true() -> None:
    for row in ({}, {"channel": None, "score": None}, {"score": float("nan")}):
        assert not keeps("channel = email or score > 1 or score <= 1", **row)
        assert keeps("channel != email and not score > 1 and score is empty", **row)


def test_contains_has_no_regard_to_case_but_the_others_have() -> None:
    assert keeps("text contains 'GRÜN (1%)'", text="ein grün (1%) Punkt")
    assert not keeps("text starts with 'EIN'", text="ein")
    assert not keeps("channel = 'Email'", channel="email")


def test_a_date_beside_a_moment_is_that_whole_day_in_the_zone() -> None:
    # Berlin is an hour ahead of UTC in January.
    last = datetime(2025, 1, 31, 22, 59, 59, 999_999, tzinfo=UTC)
    next_day = datetime(2025, 1, 31, 23, tzinfo=UTC)
    for asked in ("= 2025-01-31", "<= 2025-01-31", "< 2025-02-01", ">= 2025-01-31"):
        assert keeps(f"occurred_at {asked}", occurred_at=last)
    assert not keeps("occurred_at <= 2025-01-31", occurred_at=next_day)
    assert keeps("occurred_at > 2025-01-31", occurred_at=next_day)
    assert keeps("occurred_at between 2025-02-01 and 2025-02-01", occurred_at=next_day)


def test_a_day_on_which_the_clocks_change_has_23_hours() -> None:
    found = sql("occurred_at = 2025-03-30")
    assert "2025-03-30T00:00:00+00:00" in found
    tree = to_sql(
        read("occurred_at = 2025-03-30"),
        lambda f: exp.column(f.name),
        zone=ZoneInfo("Europe/Berlin"),
    )
    stretch = [literal.name for literal in tree.find_all(exp.Literal)]
    assert sorted(stretch) == ["2025-03-29T23:00:00+00:00", "2025-03-30T22:00:00+00:00"]


def test_the_end_of_the_calendar_can_be_asked_for() -> None:
    assert keeps("occurred_at <= 9999-12-31", occurred_at=datetime(2025, 1, 1, tzinfo=UTC))
    assert keeps("occurred_at < 9999-12-31T23:59-12:00", occurred_at="2025-01-01T00:00:00Z")


def test_under_a_prefix_the_literal_decides_between_text_and_number() -> None:
    assert keeps("properties.size = 7", properties='{"size": "7.0"}')
    assert keeps("properties.size >= 7", properties={"size": 10})
    assert not keeps("properties.size = '7'", properties={"size": "7.0"})
    assert not keeps("properties.size > 1 or properties.size < 1", properties={"size": "large"})
    assert keeps("properties.gift = true", properties={"gift": True})


def test_traits_of_the_customer_and_the_customer_are_told_apart() -> None:
    ana = {"key": "ana", "segment": "gold"}
    assert keeps("customer = ana and customer.segment = gold", customer=ana)
    assert keeps("customer = ana and customer.segment is empty", customer="ana")


def test_a_value_of_the_wrong_type_counts_as_absent() -> None:
    row = {"channel": 5, "score": "9", "day": "soon", "automated": 1, "occurred_at": "soon"}
    assert keeps("channel is empty and score is empty and day is empty", **row)
    assert keeps("automated is empty and occurred_at is empty", **row)
    assert keeps("properties.x is empty", properties="no json")


def test_days_are_integers_in_the_ledger_and_dates_for_people() -> None:
    # Day 20,119 of the ledger: `date -d @$((20119 * 86400)) -u` says 2025-01-31.
    assert keeps("day = 2025-01-31", day=20119)
    assert keeps("day = 2025-01-31", day=date(2025, 1, 31))
    assert sql("day = 2025-01-31") == "day = 20119"


# SQL


def test_what_is_asked_for_stays_plain_so_that_files_can_be_skipped() -> None:
    assert sql("channel = email and score <= 6") == "channel = 'email' AND score <= 6"


def test_only_what_is_denied_speaks_of_absence() -> None:
    assert sql("not (channel = email or score > 6)") == (
        "(channel <> 'email' OR channel IS NULL) AND "
        "(score <= 6 OR score IS NULL OR ISNAN(CAST(score AS DOUBLE)))"
    )


def test_values_cannot_leave_their_quotes() -> None:
    hostile = "x' OR 1=1; --\\"
    tree = parse("text = '" + hostile.replace("'", "''") + "'", WORDS)
    compiled = to_sql(tree, lambda field: exp.column(field.name))
    assert compiled.sql("duckdb") == "text = 'x'' OR 1=1; --\\'"
    assert compiled.sql("spark") == "text = 'x\\' OR 1=1; --\\\\'"


def test_spark_gets_functions_that_it_knows() -> None:
    assert sql("text contains 'a.b'", "spark") == "text RLIKE '[Aa]\\\\.[Bb]'"
    assert sql("text starts with 'a'", "spark") == "STARTSWITH(text, 'a')"
