"""What a mapping can say, on one or a few rows each."""

import pytest

from .conftest import Store
from .test_importing import ANSWERS, GOOD, answers


def one(store: Store, row: str, mapping: str, query: str) -> object:
    """The value of a query after importing one row of the columns a, b and c."""
    base = '[fields]\nkind = { value = "event.happened" }\n'
    top, _, fields = mapping.partition("---\n")
    report = store.take("a,b,c\n" + row + "\n", 'source = "one"\n' + top + base + fields)
    assert report.receipt.stored == 1, store.refused(report)
    return store.ask(f"SELECT {query} FROM interactions")[0][0]


TIMES = [
    ("2025-07-01", '"a"', "2025-06-30 22:00:00"),
    ("2025-07-01T10:00:00Z", '"a"', "2025-07-01 10:00:00"),
    ("2025-07-01 10:00:00 -0800", '"a"', "2025-07-01 18:00:00"),
    ("2025-07-01 10:00", '{ column = "a", zone = "Asia/Tokyo" }', "2025-07-01 01:00:00"),
    ("2025-10-26 02:30:00", '"a"', "2025-10-26 01:30:00"),
    ("01/02/2020", '{ column = "a", format = "%d/%m/%Y" }', "2020-01-31 23:00:00"),
    ("01/02/2020", '{ column = "a", format = "%m/%d/%Y" }', "2020-01-01 23:00:00"),
    ("1577836800", '{ column = "a", format = "epoch_s" }', "2020-01-01 00:00:00"),
    ("1577836800000", '{ column = "a", format = "epoch_ms" }', "2020-01-01 00:00:00"),
    ("1577836800000000", '{ column = "a", format = "epoch_us" }', "2020-01-01 00:00:00"),
    ("7", '{ template = "2025-05-{a}", zone = "UTC" }', "2025-05-07 00:00:00"),
    (
        "3",
        '{ value = "2025-05-31", zone = "UTC", subtract = { column = "a", unit = "months" } }',
        "2025-02-28 00:00:00",
    ),
    (
        "2025-05-01T00:00:00Z,26:00:01.5",
        '{ column = "a", add = { column = "b", unit = "clock" } }',
        "2025-05-02 02:00:01.5",
    ),
    (
        "2025-05-01T00:00:00Z",
        '{ column = "a", add = { number = 90, unit = "minutes" } }',
        "2025-05-01 01:30:00",
    ),
]


@pytest.mark.parametrize(("cell", "value", "utc"), TIMES)
def test_a_time_becomes_a_moment(store: Store, cell: str, value: str, utc: str) -> None:
    row = cell + "," * (2 - cell.count(","))
    found = one(
        store,
        row,
        f"---\noccurred_at = {value}\n",
        f"CAST(timezone('UTC', occurred_at) AS VARCHAR) = '{utc}'",
    )
    assert found is True, store.ask("SELECT CAST(occurred_at AS VARCHAR) FROM interactions")


MONEY = [
    ("12.50", '"a"', "", 12.5),
    ('"1.234,50"', '"a"', '[file]\ndecimal = ","\ndelimiter = ","\n', 1234.5),
    ("€ 12.50", '{ column = "a", strip = "€ " }', "", 12.5),
    ("-3,2.55", '{ product = ["a", "b"] }', "", -7.65),
    ("10,0.5", '{ difference = ["a", "b"] }', "", 9.5),
    ("10,0.5", '{ sum = ["a", "b"] }', "", 10.5),
    ("1250", '{ column = "a", times = 0.01 }', "", 12.5),
]


@pytest.mark.parametrize(("cells", "value", "top", "amount"), MONEY)
def test_an_amount_is_read_and_reckoned(
    store: Store, cells: str, value: str, top: str, amount: float
) -> None:
    row = cells + "," * (2 - (cells.count(",") if not cells.startswith('"') else 0))
    fields = 'occurred_at = { value = "2025-01-01" }\ncurrency = { value = "EUR" }\n'
    found = one(store, row, f"{top}---\n{fields}amount = {value}\n", "CAST(amount AS DOUBLE)")
    assert found == amount


WORDS = [
    ("x,y", '{ template = "{a}/{b}" }', "x/y"),
    (",y", '{ template = "{a}/{b}" }', None),
    (",y", '{ first = ["a", "b"] }', "y"),
    ("Email", '{ column = "a", lower = true }', "email"),
    ("7", '{ column = "a", namespace = "shop" }', "shop:7"),
    ("n/a", '{ column = "a", null = ["n/a"] }', None),
    ("", '{ column = "a", default = "none said" }', "none said"),
    ("1", '{ column = "a", map = { 1 = "web" } }', "web"),
    ("2", '{ column = "a", map = { 1 = "web" }, else = "keep" }', "2"),
    ("2", '{ column = "a", map = { 1 = "web" }, else = "none" }', None),
]


@pytest.mark.parametrize(("cells", "value", "word"), WORDS)
def test_a_word_is_made_as_the_mapping_says(
    store: Store, cells: str, value: str, word: str | None
) -> None:
    row = cells + "," * (2 - cells.count(","))
    fields = 'occurred_at = { value = "2025-01-01" }\n'
    assert one(store, row, f"---\n{fields}touchpoint = {value}\n", "touchpoint") == word


@pytest.mark.parametrize(
    ("cell", "stored", "reason"),
    [('{""n"": 1.50}', '{"n": 1.50}', None), ("[1]", None, "malformed"), ("", None, None)],
)
def test_a_column_of_properties_is_taken_whole(
    store: Store, cell: str, stored: str | None, reason: str | None
) -> None:
    fields = 'occurred_at = { value = "2025-01-01" }\nkind = { value = "event.happened" }\n'
    mapping = f'source = "s"\n[fields]\n{fields}properties = "a"\n'
    report = store.take(f'a,b\n"{cell}",1\n', mapping)
    assert [row.reason for row in store.refused(report)] == ([reason] if reason else [])
    assert store.ask("SELECT properties FROM interactions") == ([] if reason else [(stored,)])


def test_rows_that_the_mapping_skips_are_counted_aside(store: Store) -> None:
    receipt = store.take(GOOD, 'skip = "who = ben"\n' + ANSWERS).receipt
    assert (receipt.read, receipt.received, receipt.aside) == (2, 1, 1)


def test_the_future_can_be_allowed(store: Store) -> None:
    mapping = "future = true\n" + ANSWERS
    assert store.take(GOOD + "eve,2999-01-01,5,x\n", mapping).receipt.stored == 3


def test_otherwise_is_what_no_other_rule_says(store: Store) -> None:
    mapping = """
source = "shop"
[fields]
occurred_at = "day"
[[rule]]
when = "no starts with 'C'"
kind = { value = "order.refunded" }
[[rule]]
when = "otherwise"
kind = { value = "order.completed" }
"""
    store.take("no,day\nC1,2025-01-01\n2,2025-01-02\n", mapping)
    assert store.ask("SELECT kind FROM interactions ORDER BY t") == [
        ("order.refunded",),
        ("order.completed",),
    ]


def test_several_moments_of_a_row_are_several_interactions(store: Store) -> None:
    mapping = """
source = "cases"
[fields]
thread = "no"
[[rule]]
kind = { value = "case.opened" }
occurred_at = "opened"
[[rule]]
when = "closed is not empty"
kind = { value = "case.closed" }
occurred_at = "closed"
"""
    report = store.take("no,opened,closed\n1,2025-01-01,2025-01-05\n2,2025-01-02,\n", mapping)
    assert (report.receipt.stored, report.receipt.interactions) == (2, 3)


def test_each_answered_item_is_an_interaction(store: Store) -> None:
    mapping = """
source = "survey"
[fields]
occurred_at = "day"
kind = { value = "survey.answered" }
scale = { value = "csat5" }
[items]
Q1 = { touchpoint = "desk", null = ["6"] }
Q2 = { scale = "nps" }
[items.Q3]
text = { column = "Q3" }
"""
    report = store.take(
        "day,Q1,Q2,Q3\n2025-01-01,5,10,fine\n2025-01-01,6,,\n2025-01-01,,,\n", mapping
    )
    assert (report.receipt.stored, report.receipt.aside) == (1, 2)
    assert store.ask("SELECT item, scale, score, text FROM interactions ORDER BY item") == [
        ("Q1", "csat5", 5.0, None),
        ("Q2", "nps", 10.0, None),
        ("Q3", "csat5", None, "fine"),
    ]


def test_properties_take_along_what_has_no_field(store: Store) -> None:
    mapping = ANSWERS.replace("[fields]", 'properties = ["*"]\n[fields]')
    store.take("who,when,score,words,city\nana,2025-03-01,9,good,Ulm\n", mapping)
    assert store.ask("SELECT properties FROM interactions") == [('{"city":"Ulm"}',)]


def test_columns_named_as_ours_or_alike_but_for_case_are_told_apart(store: Store) -> None:
    mapping = ANSWERS + '[properties]\nline = "line"\nkey = "key"\nID = "ID"\nid = "id"\n'
    content = "who,when,score,words,row,line,key,fault,ID,id\nana,2025-03-01,9,x,1,2,3,4,5,6\n"
    assert store.take(content, mapping).receipt.stored == 1
    assert store.ask("SELECT properties FROM interactions") == [
        ('{"line":"2","key":"3","ID":"5","id":"6"}',)
    ]


def test_a_rejected_row_keeps_its_columns_as_they_were_named(store: Store) -> None:
    report = store.take(
        "Who,WHEN,line\nana,soon,3\n",
        answers(customer='"Who"', occurred_at='"WHEN"', score='{ value = "1" }', text='"line"'),
    )
    assert store.refused(report)[0].raw == '{"Who": "ana", "WHEN": "soon", "line": "3"}'


SAMPLES = {
    "tsv": "who\twhen\tscore\twords\nana\t2025-03-01\t9\tgood\n",
    "jsonl": '{"who": "ana", "when": "2025-03-01", "score": 9, "words": "good"}\n',
    "xes": (
        '<log><trace><string key="concept:name" value="1"/><event><string key="who" value="ana"/>'
        '<date key="when" value="2025-03-01T00:00:00+01:00"/><int key="score" value="9"/>'
        '<string key="words" value="good"/></event></trace></log>'
    ),
}


@pytest.mark.parametrize("suffix", SAMPLES)
def test_other_formats_say_the_same(store: Store, suffix: str) -> None:
    store.take(SAMPLES[suffix], ANSWERS, f"rows.{suffix}")
    assert store.ask("SELECT customer, score, text FROM interactions") == [("ana", 9.0, "good")]
