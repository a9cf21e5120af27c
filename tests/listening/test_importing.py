"""Files under a mapping end in the ledger: stored, known already, or rejected with a reason."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rapport.kernel.errors import BusyError, InputError, MappingError
from rapport.ledger.api import Reason
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
    elsewhere = {Reason.CHANGED, Reason.ERASED, Reason.UNKNOWN_REFERENCE}
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
    name = f"import-{digest_of(path, parse_mapping(ANSWERS))[:16]}"
    busy = store.ledger.hold(name)
    with busy, pytest.raises(BusyError, match="being imported"):
        store.take(path, ANSWERS)


def test_another_file_can_be_imported_meanwhile(store: Store) -> None:
    path = store.file(GOOD)
    name = f"import-{digest_of(path, parse_mapping(ANSWERS))[:16]}"
    with store.ledger.hold(name):
        other = store.take(GOOD.replace("ana", "fay"), ANSWERS, "other.csv")
    assert other.receipt.stored == 2


def test_undone_means_gone_and_ready_to_come_again(store: Store) -> None:
    report = store.take(GOOD, ANSWERS)
    assert undo_import(store.ledger, report.import_id, actor=OPERATOR) == 2
    assert store.ask("SELECT count(*) FROM interactions") == [(0,)]
    assert store.take(GOOD, ANSWERS).receipt.stored == 2


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


def test_a_trait_that_the_map_does_not_know_is_rejected(store: Store) -> None:
    mapping = (
        'record = "customers"\nsource = "crm"\n[fields]\nkey = "no"\n'
        'trait.sex = { column = "sex", map = { F = "female", M = "male" } }\n'
    )
    report = store.take("no,sex\n7,F\n8,X\n9,\n", mapping)
    (found,) = store.refused(report)
    assert (found.line, found.reason, found.field, found.got) == (
        3,
        Reason.UNKNOWN_VALUE,
        "trait:sex",
        "X",
    )
    assert report.receipt.stored == 2


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
