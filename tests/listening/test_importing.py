"""Files under a mapping end in the ledger: stored, known already, or rejected with a reason."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rapport.kernel.errors import BusyError, InputError, MappingError
from rapport.ledger.api import Reason, hold
from rapport.listening.api import parse_mapping, undo_import, write_rejected
from rapport.listening.importing import digest_of

from .conftest import OPERATOR, Store

ANSWERS = """
source = "answers"
[fields]
customer = "who"
occurred_at = "when"
kind = { value = "survey.answered" }
scale = { value = "nps" }
score = "score"
text = "words"
"""
GOOD = "who,when,score,words\nana,2025-03-01,9,good\nben,2025-03-02,3,slow\n"


def answers(**changed: str) -> str:
    """The mapping of answers with lines of [fields] replaced or added."""
    lines = [line for line in ANSWERS.splitlines() if line.partition(" =")[0] not in changed]
    return "\n".join([*lines, *(f"{name} = {value}" for name, value in changed.items())])


BAD_ROWS = [
    (Reason.MALFORMED, None, "eve,2025-03-03,5\n", ANSWERS),
    (Reason.MISSING, "occurred_at", "eve,,5,x\n", ANSWERS),
    (Reason.NOT_A_NUMBER, "score", "eve,2025-03-03,five,x\n", ANSWERS),
    (Reason.NOT_A_NUMBER, "score", "eve,2025-03-03,nan,x\n", ANSWERS),
    (Reason.NOT_A_TIME, "when", "eve,yesterday,5,x\n", ANSWERS),
    (Reason.NOT_A_TIME, "when", "eve,2025-02-30,5,x\n", ANSWERS),
    (Reason.AMBIGUOUS_TIME, "when", "eve,01/02/2020,5,x\n", ANSWERS),
    (Reason.IMPOSSIBLE_TIME, "when", "eve,2025-03-30 02:30:00,5,x\n", ANSWERS),
    (Reason.IN_THE_FUTURE, "occurred_at", "eve,2999-01-01,5,x\n", ANSWERS),
    (Reason.OUT_OF_RANGE, "score", "eve,2025-03-03,11,x\n", ANSWERS),
    (Reason.OUT_OF_RANGE, "score", "eve,2025-03-03,6.5,x\n", ANSWERS),
    (Reason.OUT_OF_RANGE, "occurred_at", "eve,1812-01-01,5,x\n", ANSWERS),
    (Reason.TOO_LONG, "customer", f"{'e' * 300},2025-03-03,5,x\n", ANSWERS),
    (
        Reason.UNKNOWN_VALUE,
        "score",
        "eve,2025-03-03,bad,x\n",
        answers(score='{ column = "score", map = { 9 = "9", 3 = "3" } }'),
    ),
    (
        Reason.NO_RULE,
        None,
        "eve,2025-03-03,5,x\n",
        ANSWERS + '[[rule]]\nwhen = "who in (ana, ben)"\n',
    ),
]


@pytest.mark.parametrize(
    ("reason", "field", "row", "mapping"), BAD_ROWS, ids=[f"{b[0]} {b[2][:24]}" for b in BAD_ROWS]
)
def test_a_bad_row_is_told_with_line_and_field_and_the_good_ones_are_kept(
    store: Store, reason: Reason, field: str | None, row: str, mapping: str
) -> None:
    report = store.take(GOOD + row, mapping)
    (found,) = store.refused(report)
    assert (found.line, found.reason, found.field) == (4, reason, field)
    assert found.expected
    assert (report.receipt.received, report.receipt.stored) == (3, 2)


def test_every_reason_of_the_closed_list_is_shown_by_a_test() -> None:
    elsewhere = {Reason.CHANGED, Reason.UNKNOWN_REFERENCE}
    assert {bad[0] for bad in BAD_ROWS} | elsewhere == set(Reason)


def test_other_content_under_a_known_id_is_rejected_as_changed(store: Store) -> None:
    mapping = 'id = ["who"]\n' + ANSWERS
    store.take(GOOD, mapping)
    report = store.take(GOOD.replace("good", "great"), mapping, "again.csv")
    (found,) = store.refused(report)
    assert (found.reason, found.line, report.receipt.duplicate) == (Reason.CHANGED, 2, 1)


def test_a_row_without_its_declared_id_is_rejected(store: Store) -> None:
    report = store.take(GOOD + ",2025-03-03,5,x\n", 'id = ["who"]\n' + ANSWERS)
    (found,) = store.refused(report)
    assert (found.reason, found.line, found.field) == (Reason.MISSING, 4, "id")


def test_a_kind_the_mapping_misspells_is_told_before_the_first_row(store: Store) -> None:
    with pytest.raises(MappingError, match=r"survey\.replied"):
        store.take(GOOD, answers(kind='{ value = "survey.replied" }'))


def test_an_unknown_kind_in_a_column_is_told_with_the_way_to_the_vocabulary(store: Store) -> None:
    report = store.take(GOOD, answers(kind='"words"'))
    assert {(r.reason, r.field) for r in store.refused(report)} == {(Reason.UNKNOWN_VALUE, "kind")}


def test_mended_rows_are_imported_under_the_same_mapping(store: Store, tmp_path: Path) -> None:
    report = store.take(GOOD + "eve,2025-03-03,11,x\nfay,soon,4,y\n", ANSWERS)
    mended = tmp_path / "rejected.csv"
    assert write_rejected(store.ledger, report.import_id, mended) == 2
    text = mended.read_text("utf-8").replace(",11,", ",10,").replace("soon", "2025-03-04")
    again = store.take(text, ANSWERS, "mended.csv")
    assert (again.receipt.received, again.receipt.stored) == (2, 2)
    assert store.ask("SELECT customer FROM interactions ORDER BY t") == [
        ("ana",),
        ("ben",),
        ("eve",),
        ("fay",),
    ]


def test_rejected_rows_are_not_written_over_a_file_that_is_there(
    store: Store, tmp_path: Path
) -> None:
    report = store.take(GOOD + "eve,2025-03-03,11,x\n", ANSWERS)
    with pytest.raises(InputError, match="Name another file"):
        write_rejected(store.ledger, report.import_id, tmp_path / "rows.csv")


def test_the_same_file_again_stores_nothing_new(store: Store) -> None:
    store.take(GOOD, ANSWERS)
    receipt = store.take(GOOD, ANSWERS).receipt
    assert (receipt.received, receipt.stored, receipt.duplicate) == (2, 0, 2)


def test_equal_rows_of_one_file_are_all_stored(store: Store) -> None:
    content = GOOD + "ana,2025-03-01,9,good\n"
    first, second = store.take(content, ANSWERS), store.take(content, ANSWERS)
    assert (first.receipt.stored, second.receipt.duplicate) == (3, 3)
    assert store.ask("SELECT count(*) FROM interactions WHERE customer = 'ana'") == [(2,)]


def test_a_missing_column_is_told_with_those_that_are_there(store: Store) -> None:
    with pytest.raises(MappingError, match=r"rating.*There are: who, when, score, words\."):
        store.take(GOOD, answers(score='"rating"'))


def test_nothing_is_noted_of_an_import_that_could_not_begin(store: Store) -> None:
    with pytest.raises(MappingError):
        store.take(GOOD, answers(score='"rating"'))
    assert store.take(GOOD, ANSWERS).receipt.stored == 2


def test_a_file_that_is_being_imported_is_refused(store: Store) -> None:
    path = store.file(GOOD)
    name = f"import-{digest_of(path, parse_mapping(ANSWERS))[:16]}.lock"
    busy = hold(store.ledger.home / "locks" / name)
    with busy, pytest.raises(BusyError, match="being imported"):
        store.take(path, ANSWERS)


def test_another_file_can_be_imported_meanwhile(store: Store) -> None:
    path = store.file(GOOD)
    name = f"import-{digest_of(path, parse_mapping(ANSWERS))[:16]}.lock"
    with hold(store.ledger.home / "locks" / name):
        other = store.take(GOOD.replace("ana", "fay"), ANSWERS, "other.csv")
    assert other.receipt.stored == 2


def test_undone_means_gone_and_ready_to_come_again(store: Store) -> None:
    report = store.take(GOOD, ANSWERS)
    assert undo_import(store.ledger, report.import_id, actor=OPERATOR) == 2
    assert store.ask("SELECT count(*) FROM interactions") == [(0,)]
    assert store.take(GOOD, ANSWERS).receipt.stored == 2


# What a mapping can say


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


# People


PEOPLE = [
    (
        "customers",
        "no,mail,land,news\n7,ana@example.org,DE,yes\n",
        (
            'key = { column = "no", namespace = "shop" }\nidentifier = { email = "mail" }\n'
            'trait = { country = "land" }\nconsent = { newsletter = "news" }\n'
        ),
    ),
    ("employees", "no,name\ne1,Ben\n", 'key = "no"\nname = "name"\n'),
    ("units", "no,name\nu1,Berlin\n", 'key = "no"\nname = "name"\n'),
    ("touchpoints", "no,name\nt1,Till\n", 'key = "no"\ntitle = "name"\n'),
]


@pytest.mark.parametrize(("record", "content", "fields"), PEOPLE, ids=[p[0] for p in PEOPLE])
def test_people_come_in_once_and_can_be_undone(
    store: Store, record: str, content: str, fields: str
) -> None:
    mapping = f'record = "{record}"\nsource = "staff"\n[fields]\n{fields}'
    first, again = store.take(content, mapping), store.take(content, mapping)
    assert (first.receipt.stored, again.receipt.duplicate) == (1, 1)
    assert undo_import(store.ledger, first.import_id, actor=OPERATOR) >= 1
    assert store.take(content, mapping).receipt.stored == 1


def test_people_that_the_mapping_skips_are_counted_and_others_told_by_their_own_row(
    store: Store,
) -> None:
    mapping = 'record = "customers"\nskip = "no = 7"\n[fields]\nkey = "no"\nunit = "unit"\n'
    report = store.take("no,unit\n7,\n8,u9\n", mapping)
    (found,) = store.refused(report)
    assert (found.line, found.raw) == (3, '{"no": "8", "unit": "u9"}')
    assert report.receipt.aside == 1


def test_a_customer_of_an_unknown_unit_is_rejected(store: Store) -> None:
    mapping = 'record = "customers"\nsource = "crm"\n[fields]\nkey = "no"\nunit = "unit"\n'
    report = store.take("no,unit\n7,\n8,u9\n", mapping)
    (found,) = store.refused(report)
    assert (found.line, found.reason, found.field) == (3, Reason.UNKNOWN_REFERENCE, "unit")


# Power cuts


def _rows_enough_for_the_lake(path: Path) -> Path:
    lines = (f"c{n % 999},2025-01-{n % 28 + 1:02d},{n % 11},w{n}\n" for n in range(60_000))
    path.write_text("who,when,score,words\n" + "".join(lines), "utf-8")
    return path


def _rapport(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rapport", "--home", str(home), *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("place", ["bulk.files", "bulk.committed"])
def test_a_killed_import_goes_on_with_the_same_command(tmp_path: Path, place: str) -> None:
    home, file = tmp_path / "store", _rows_enough_for_the_lake(tmp_path / "rows.csv")
    mapping = tmp_path / "answers.toml"
    mapping.write_text(ANSWERS, "utf-8")
    _rapport(home, "init", "--zone", "Europe/Berlin")
    words = ("import", str(file), "--as", str(mapping))
    assert _rapport(home, *words, FAILPOINT=f"{place}:1").returncode == -signal.SIGKILL
    again = _rapport(home, *words)
    assert again.returncode == 0, again.stderr
    assert "Import 1: received 60,000 = stored 60,000" in again.stdout
    assert "duplicate 60,000" in _rapport(home, *words).stdout
    assert _rapport(home, "ledger", "verify").returncode == 0
