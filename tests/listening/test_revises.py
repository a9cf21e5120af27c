"""A nightly export of the same records, in which some rows have changed."""

import pytest

from rapport.kernel.errors import MappingError
from rapport.listening.api import parse_mapping, undo_import

from .conftest import OPERATOR, Store

TICKETS = """
source = "desk"
id = ["ticket"]
revises = true
[fields]
thread = "ticket"
text = "state"
kind = { value = "case.opened" }
occurred_at = "opened"
[[rule]]
[[rule]]
when = "solved is not empty"
kind = { value = "case.resolved" }
occurred_at = "solved"
"""
HEADER = "ticket,opened,solved,state\n"
MONDAY = HEADER + "T1,2025-03-03,,new\nT2,2025-03-03,,new\n"
TUESDAY = HEADER + "T1,2025-03-03,2025-03-04,solved\nT2,2025-03-03,,new\nT3,2025-03-04,,new\n"


def said(store: Store) -> list[tuple[object, ...]]:
    """What the ledger says of tickets."""
    query = "SELECT thread, kind, text FROM interactions ORDER BY ALL"
    with store.ledger.read() as snapshot:
        return [tuple(row.values()) for row in snapshot.sql(query).to_pylist()]


def test_a_changed_row_replaces_the_stored_one(store: Store) -> None:
    store.take(MONDAY, TICKETS)
    receipt = store.take(TUESDAY, TICKETS, "tuesday.csv").receipt
    assert (receipt.stored, receipt.duplicate, receipt.rejected) == (2, 1, 0)
    assert said(store) == [
        ("T1", "case.opened", "solved"),
        ("T1", "case.resolved", "solved"),
        ("T2", "case.opened", "new"),
        ("T3", "case.opened", "new"),
    ]


def test_undoing_the_newer_export_brings_the_older_back(store: Store) -> None:
    store.take(MONDAY, TICKETS)
    monday = said(store)
    report = store.take(TUESDAY, TICKETS, "tuesday.csv")
    undo_import(store.ledger, report.import_id, actor=OPERATOR)
    assert said(store) == monday
    assert store.take(TUESDAY, TICKETS, "again.csv").receipt.stored == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "which row replaces which.*without an id"),
        ("id = []", "which row replaces which.*without an id"),
        ('id = ["ticket"]\nrecord = "customers"', "for interactions.*Got: customers"),
    ],
)
def test_where_it_makes_no_sense_the_mapping_is_refused(line: str, told: str) -> None:
    with pytest.raises(MappingError, match=told):
        parse_mapping(TICKETS.replace('id = ["ticket"]', line))


def test_revises_is_true_or_false() -> None:
    with pytest.raises(MappingError, match="revises: true or false"):
        parse_mapping(TICKETS.replace("revises = true", 'revises = "yes"'))


def test_what_a_row_no_longer_makes_stays(store: Store) -> None:
    store.take(TUESDAY, TICKETS)
    store.take(HEADER + "T1,2025-03-03,,reopened\n", TICKETS, "wednesday.csv")
    assert said(store)[:2] == [
        ("T1", "case.opened", "reopened"),
        ("T1", "case.resolved", "solved"),
    ]
