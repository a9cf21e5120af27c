"""A file tried whole says what an import would then say, and stores nothing."""

import pytest

from rapport.kernel.errors import ForbiddenError
from rapport.listening.api import foresee, parse_mapping
from rapport.office.api import Actor

from .conftest import OPERATOR, Store

MAPPING = """
source = "shop"
id = ["no"]
[fields]
occurred_at = "when"
customer = "who"
kind = { value = "order.completed" }
"""
ROWS = "no,when,who\n1,2025-01-01,ana\n2,2025-01-02,ben\n3,never,cem\n"
PEOPLE = 'record = "customers"\n[fields]\nkey = "who"\ntrait = { city = "city" }\n'


def foreseen(store: Store, content: str, mapping: str, name: str = "rows.csv"):
    told = []
    path = store.file(content, name)
    total, rejected = foresee(
        store.ledger,
        path,
        parse_mapping(mapping),
        actor=OPERATOR,
        progress=lambda share, receipt: told.append((share, receipt)),
    )
    assert told[-1] == (1.0, total)
    return total, rejected


def test_it_says_what_the_import_says_then(store):
    total, rejected = foreseen(store, ROWS, MAPPING)
    assert store.ask("SELECT count(*) FROM interactions") == [(0,)]
    report = store.take(ROWS, MAPPING)
    assert total.counts() == report.receipt.counts()
    assert [row.line for row in rejected] == [row.line for row in store.refused(report)] == [4]


def test_what_is_stored_is_a_duplicate_and_what_has_changed_is_rejected(store):
    store.take(ROWS, MAPPING)
    more = "no,when,who\n1,2025-01-01,ana\n2,2025-01-02,eve\n4,2025-01-04,ana\n"
    total, rejected = foreseen(store, more, MAPPING, "more.csv")
    assert (total.stored, total.duplicate, total.rejected) == (1, 1, 1)
    assert rejected[0].reason.value == "changed"
    revised, _ = foreseen(store, more, MAPPING.replace("[fields]", "revises = true\n[fields]"))
    assert (revised.stored, revised.duplicate, revised.rejected) == (2, 1, 0)


def test_people_are_tried_too_and_stay_away(store):
    people = "who,city\nana,Ulm\n,Bonn\n"
    total, rejected = foreseen(store, people, PEOPLE)
    assert (total.stored, total.rejected, len(rejected)) == (1, 1, 1)
    assert store.take(people, PEOPLE).receipt.counts() == total.counts()
    again, _ = foreseen(store, people, PEOPLE)
    assert again.duplicate == 1


def test_who_may_not_import_may_not_try(store):
    nobody = Actor("user:1", frozenset({"employee"}))
    with pytest.raises(ForbiddenError):
        foresee(
            store.ledger,
            store.file(ROWS),
            parse_mapping(MAPPING),
            actor=nobody,
            progress=lambda *_: None,
        )
