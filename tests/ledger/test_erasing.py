"""Erasing a person's rows: what stays, what goes, and that it stays gone."""

from typing import Any

import pyarrow as pa
import pytest

from rapport.ledger.api import (
    ANONYMISE,
    DELETE,
    SUPPRESSED_CUSTOMER,
    SUPPRESSED_EMPLOYEE,
    Accounts,
    Ledger,
    Reason,
    Settings,
    Subject,
    create_ledger,
    erase,
    forget_in_imports,
    forget_rejected,
    import_history,
    rejections,
    rename_employee,
    seal,
    undo,
)
from rapport.ledger.erasure.forgetting import mentions

from .rows import ask, at, batch, count, faults, place, purchases, table

ANA = Subject(customers=("Ana", "email:ana@x.example"))
TOKEN = "erased:0"
NO_ACCOUNTS = Accounts()


def forget_ana(ledger: Ledger, how: str = ANONYMISE, accounts: Accounts = NO_ACCOUNTS) -> int:
    ledger.suppression.add_names(SUPPRESSED_CUSTOMER, ANA.customers, how)
    return erase(ledger, ANA, how, TOKEN, accounts)


def test_what_happened_stays_and_who_it_was_goes(ledger: Ledger) -> None:
    told = {"score": 9.0, "scale": "nps", "channel": "web", "text": "I am Ana", "thread": "T1"}
    ledger.load([purchases("a", properties='{"mail": "ana@x.example"}', **told)], "shop")
    ledger.load([purchases("b", customer="Ben", channel="web")], "shop")
    assert forget_ana(ledger) == 1
    query = (
        "SELECT customer, kind, channel, score, day, occurred_at, text, properties, thread <> 'T1' "
        "FROM interactions WHERE customer <> 'Ben'"
    )
    stays = (TOKEN, "order.completed", "web", 9.0, 20_148, at("2025-03-01"), None, None, True)
    assert ask(ledger, query) == [stays]
    assert faults(ledger) == []


def test_deleting_takes_the_rows_out(ledger: Ledger) -> None:
    ledger.load([purchases("a", "b"), purchases("c", customer="Ben")], "shop")
    assert forget_ana(ledger, DELETE) == 2
    assert ask(ledger, "SELECT customer FROM interactions") == [("Ben",)]
    assert faults(ledger) == []


def test_erasing_again_finds_nothing(ledger: Ledger) -> None:
    ledger.load([purchases("a")], "shop")
    assert (forget_ana(ledger), forget_ana(ledger)) == (1, 0)


def test_an_address_is_found_in_capitals_too_and_a_key_is_not(ledger: Ledger) -> None:
    names = ["email:ANA@x.example", "ANA", "Ana"]
    ledger.load([purchases(str(n), customer=name) for n, name in enumerate(names)], "shop")
    assert forget_ana(ledger) == 2
    assert ask(ledger, "SELECT customer FROM interactions WHERE customer <> 'erased:0'") == [
        ("ANA",)
    ]


def test_a_threads_answers_without_a_name_go_with_it(ledger: Ledger) -> None:
    answer = {"customer": None, "text": "Dear Ana", "kind": "message.sent"}
    ledger.load([purchases("a", thread="T1"), purchases("b", thread="T1", **answer)], "desk")
    assert forget_ana(ledger) == 2
    found = ask(ledger, "SELECT count(DISTINCT thread), count(thread), count(text) FROM stored")
    assert found == [(1, 2, 0)]


def test_a_thread_of_several_people_is_not_ours_to_take(ledger: Ledger) -> None:
    rows = [purchases("a", thread="T1"), purchases("b", thread="T1", customer="Ben")]
    ledger.load([*rows, purchases("c", thread="T1", customer=None, text="to both")], "desk")
    assert forget_ana(ledger) == 1
    assert ask(ledger, "SELECT count(*) FROM stored WHERE thread = 'T1'") == [(2,)]


def test_times_within_a_thread_stay_and_the_time_of_day_goes(ledger: Ledger) -> None:
    moments = ["2025-03-01T09:13:22", "2025-03-01T09:43:22", "2025-03-02T08:00:00"]
    rows = [purchases(m, thread="T1", occurred_at=at(m)) for m in moments]
    ledger.load(rows, "desk")
    before = ask(ledger, "SELECT t - min(t) OVER () AS since, day FROM stored ORDER BY t")
    forget_ana(ledger)
    assert ask(ledger, "SELECT t - min(t) OVER () AS since, day FROM stored ORDER BY t") == before
    earliest = "SELECT min(t % 86400000000) FROM stored"
    assert ask(ledger, earliest) == [(0,)]


@pytest.mark.parametrize(
    ("zone", "moment", "begins"),
    [
        ("Europe/Berlin", "2025-03-30T21:00:00", "2025-03-29T23:00:00"),
        ("America/New_York", "2025-11-02T12:00:00", "2025-11-02T04:00:00"),
        # The clock jumped from midnight to one: the day began at one.
        ("America/Santiago", "2025-09-07T12:00:00", "2025-09-07T04:00:00"),
        ("Asia/Kathmandu", "2025-06-01T00:00:00", "2025-05-31T18:15:00"),
    ],
)
def test_a_moment_goes_back_to_where_its_day_begins(
    tmp_path: Any, zone: str, moment: str, begins: str
) -> None:
    ledger = create_ledger(tmp_path / "home", Settings(zone=zone))
    ledger.load([purchases("a", occurred_at=at(moment))], "shop")
    (day,) = ask(ledger, "SELECT day FROM stored")
    forget_ana(ledger)
    assert ask(ledger, "SELECT occurred_at, day FROM stored") == [(at(begins), *day)]
    ledger.close()


def test_what_only_the_person_has_goes_and_what_others_share_stays(ledger: Ledger) -> None:
    ledger.load([purchases("a", product="violin 1721", touchpoint="till")], "shop")
    ledger.load([purchases("b", customer="Ben", product="cup", touchpoint="till")], "shop")
    forget_ana(ledger)
    found = ask(ledger, "SELECT product, touchpoint FROM stored WHERE customer = 'erased:0'")
    assert found == [(None, "till")]


def test_an_account_goes_with_its_only_customer(ledger: Ledger) -> None:
    rows = [purchases("a", account="alone"), purchases("b", account="company")]
    rows += [purchases("c", account="home"), purchases("d", account="sleeping")]
    others = [purchases(n, customer="Ben", account=n) for n in ("company", "home")]
    ledger.load([*rows, *others], "shop")
    known = Accounts(gone=frozenset({"home"}), kept=frozenset({"sleeping"}))
    forget_ana(ledger, accounts=known)
    found = ask(ledger, "SELECT account FROM stored WHERE customer = 'erased:0' ORDER BY account")
    assert found == [("company",), (TOKEN,), (TOKEN,), ("sleeping",)]


def test_late_rows_stay_out_and_nothing_of_them_is_kept(ledger: Ledger, way: str) -> None:
    ledger.load([purchases("a")], "shop")
    forget_ana(ledger)
    where = place(ledger)
    rows = batch({"key": "late"}, {"key": "mail", "customer": "email:Ana@X.example"}, {})
    rows = batch({"key": "late"}, {"customer": "email:Ana@X.example"}, {"customer": "Ben"})
    receipt = ledger.take(rows, where)
    assert (receipt.stored, receipt.rejected) == (1, 2)
    assert where.import_id is not None
    told = list(rejections(ledger.database, where.import_id))
    assert {(one.reason, one.raw, one.got) for one in told} == {(Reason.ERASED, "{}", "")}
    assert faults(ledger) == []


def test_the_same_rows_again_stay_out_even_without_a_name(ledger: Ledger) -> None:
    answer = purchases("a", customer=None, thread="T1", kind="survey.answered")
    ledger.load([answer, purchases("b", customer=None, thread="T2")], "survey")
    assert erase(ledger, Subject(threads=("T1",)), DELETE, TOKEN, NO_ACCOUNTS) == 1
    assert ledger.load([answer], "survey").rejected == 1
    assert count(ledger) == 1


def test_an_interaction_is_erased_by_its_id(ledger: Ledger) -> None:
    ledger.load([purchases("a", "b", customer=None, text="me")], "survey")
    ((wanted,),) = ask(ledger, "SELECT lower(hex(id)) FROM stored LIMIT 1")
    assert erase(ledger, Subject(ids=(str(wanted),)), ANONYMISE, TOKEN, NO_ACCOUNTS) == 1
    assert ask(ledger, "SELECT count(text), count(*) FROM stored") == [(1, 2)]
    assert faults(ledger) == []


def test_a_revising_row_of_somebody_erased_stays_out(ledger: Ledger) -> None:
    ledger.take(batch({}, {"customer": "Ben"}), place(ledger))
    forget_ana(ledger)
    revised = batch({"text": "new"}, {"customer": "Ben", "text": "new"})
    receipt = ledger.take(revised, place(ledger, file="revised", revises=True))
    assert (receipt.stored, receipt.rejected) == (1, 1)
    assert faults(ledger) == []


def test_what_was_said_before_a_revising_goes_too(ledger: Ledger) -> None:
    ledger.take(batch({"text": "old"}, {"customer": "Ben", "text": "old"}), place(ledger))
    where = place(ledger, file="revised", revises=True)
    ledger.take(batch({"text": "new"}, {"customer": "Ben", "text": "new"}), where)
    forget_ana(ledger)
    assert ledger.database.value("SELECT count(*) FROM ledger_revised") == 1
    assert where.import_id is not None
    undo(ledger, where.import_id)
    assert ask(ledger, "SELECT customer, text FROM stored") == [("Ben", "old")]
    assert faults(ledger) == []


def test_an_import_can_be_undone_after_an_erasure(ledger: Ledger, way: str) -> None:
    where = place(ledger)
    ledger.take(batch({}, {"customer": "Ben"}), where)
    forget_ana(ledger)
    assert where.import_id is not None
    assert undo(ledger, where.import_id) == 2
    assert (count(ledger), faults(ledger)) == (0, [])


def test_an_employee_becomes_a_token_and_rows_stay_known(ledger: Ledger) -> None:
    rows = purchases("a", employee="Ben")
    ledger.load([rows], "shop")
    ledger.suppression.add_names(SUPPRESSED_EMPLOYEE, ["Ben"], ANONYMISE)
    assert rename_employee(ledger, ["Ben"], TOKEN) == 1
    late = ledger.load([rows, purchases("b", employee="Ben")], "shop")
    assert (late.duplicate, late.stored) == (1, 1)
    found = ask(ledger, "SELECT employee, customer FROM stored ORDER BY employee")
    assert found == [(TOKEN, "Ana"), (None, "Ana")]
    assert faults(ledger) == []


def test_rejected_rows_that_name_the_person_are_emptied(ledger: Ledger) -> None:
    where = place(ledger)
    bad = batch({"kind": "no.such"}, {"kind": "no.such"})
    raws = ['{"who": "Ana"}', '{"who": "Anastasia"}']
    ledger.take(type(bad)(bad.drafts, (), 2, 0, lambda rows: [raws[row] for row in rows]), where)
    assert forget_rejected(ledger.database, ["Ana"]) == 1
    assert where.import_id is not None
    assert [one.raw for one in rejections(ledger.database, where.import_id)] == ["{}", raws[1]]


def test_names_of_files_that_name_the_person_are_rewritten(ledger: Ledger) -> None:
    place(ledger, file="chat with ana@x.example.csv")
    assert forget_in_imports(ledger.database, ["ana@x.example"]) == 1
    assert [one.file for one in import_history(ledger.database)] == ["chat with [erased].csv"]


def test_a_short_name_is_found_as_a_whole_cell_only() -> None:
    named = mentions(["7", "Zoë@x.example"])
    assert named('{"customer": "7", "amount": "17"}')
    assert not named('{"amount": "17"}')
    assert named('{"text": "write to zo\\u00eb@x.example"}')


def test_an_empty_ledger_has_nothing_to_erase(ledger: Ledger) -> None:
    assert forget_ana(ledger) == 0


def test_rows_in_the_journal_are_erased_too(ledger: Ledger) -> None:
    ledger.load([purchases("a")], "shop")
    seal(ledger)
    ledger.load([purchases("b")], "shop")
    assert forget_ana(ledger) == 2
    assert ask(ledger, "SELECT DISTINCT customer FROM stored") == [(TOKEN,)]


def test_months_and_weeks_count_as_before(ledger: Ledger) -> None:
    days = [at(f"2025-{month:02}-{day:02}T23:30") for month in (1, 2, 3) for day in (1, 15, 28)]
    rows: list[dict[str, Any]] = [
        {"key": str(n), "kind": "order.completed", "occurred_at": day, "customer": "Ana"}
        for n, day in enumerate(days)
    ]
    ledger.load([table(rows)], "shop")
    query = "SELECT month, week, day, count(*) FROM stored GROUP BY ALL ORDER BY ALL"
    before = ask(ledger, query)
    forget_ana(ledger)
    assert ask(ledger, query) == before
    with ledger.read() as snapshot:
        assert isinstance(snapshot.sql("SELECT * FROM stored"), pa.Table)
