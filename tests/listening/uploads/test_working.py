"""The worker imports what people bring; it can be stopped, killed and refused."""

import pytest

from listening.conftest import OPERATOR, Store
from rapport.ledger.api import find_import
from rapport.listening import importing
from rapport.listening.api import (
    find_upload,
    keep_upload,
    start_upload,
    undo_import,
    work_on_uploads,
)
from rapport.listening.uploads import keeping
from rapport.office.api import Actor

MAPPING = 'source = "s"\n[fields]\noccurred_at = "at"\nkind = { value = "order.completed" }\n'
ROWS = "at\n2025-01-01\n2025-01-02\nnever\n"


def bring(store: Store, content: str = ROWS, mapping: str = MAPPING, actor: Actor = OPERATOR):
    path = store.file(content, "arrived")
    return keep_upload(store.ledger, path, "days.csv", actor=actor, mapping=mapping)


def state(store: Store, number: int):
    return find_upload(store.ledger, number, actor=OPERATOR)


def test_what_is_started_is_imported_and_its_file_goes(store):
    number = bring(store)
    assert work_on_uploads(store.ledger) == 0
    start_upload(store.ledger, number, actor=OPERATOR)
    assert work_on_uploads(store.ledger) == 1
    found = state(store, number)
    assert (found.state, found.share) == ("done", 1.0)
    assert (found.receipt.stored, found.receipt.rejected) == (2, 1)
    assert find_import(store.ledger.database, found.import_id).receipt == found.receipt
    assert not found.path.parent.exists()


def test_a_trial_tells_and_stores_nothing(store):
    number = bring(store)
    start_upload(store.ledger, number, actor=OPERATOR, trial=True)
    work_on_uploads(store.ledger)
    found = state(store, number)
    assert (found.state, found.receipt.stored, found.import_id) == ("kept", 2, None)
    assert [(row.line, row.field) for row in found.examples] == [(4, "at")]
    assert store.ask("SELECT count(*) FROM interactions") == [(0,)]


def test_what_cannot_be_imported_says_why_and_can_be_started_again(store):
    number = bring(store, mapping=MAPPING.replace('"at"', '"nowhere"'))
    start_upload(store.ledger, number, actor=OPERATOR)
    work_on_uploads(store.ledger)
    found = state(store, number)
    assert found.state == "failed"
    assert "nowhere" in found.trouble
    assert found.path.exists()


def test_who_lost_the_role_meanwhile_imports_nothing(store):
    guest = Actor("user:7", frozenset({"owner"}))
    number = bring(store, actor=guest)
    start_upload(store.ledger, number, actor=guest)
    work_on_uploads(store.ledger)
    found = find_upload(store.ledger, number, actor=guest)
    assert (found.state, "may not import" in found.trouble) == ("failed", True)


@pytest.fixture
def in_threes(monkeypatch):
    """Batches of three rows."""
    monkeypatch.setattr(importing, "BATCH_ROWS", 3)


LONG = "at\n" + "".join(f"2025-01-0{day}\n" for day in range(1, 10))


def test_a_cancelled_import_stops_between_batches_goes_on_or_is_undone(
    store, in_threes, monkeypatch
):
    number = bring(store, LONG)
    start_upload(store.ledger, number, actor=OPERATOR)
    noted = keeping.note

    def cancelling(which, **values):
        noted(which, **({**values, "state": "cancelling"} if "share" in values else values))

    monkeypatch.setattr("rapport.listening.uploads.working.note", cancelling)
    work_on_uploads(store.ledger)
    monkeypatch.undo()
    monkeypatch.setattr(importing, "BATCH_ROWS", 3)
    found = state(store, number)
    assert found.state == "cancelled"
    assert 0 < store.ask("SELECT count(*) FROM interactions")[0][0] < 9
    assert find_import(store.ledger.database, found.import_id).state == "running"
    start_upload(store.ledger, number, actor=OPERATOR)
    work_on_uploads(store.ledger)
    assert store.ask("SELECT count(*) FROM interactions") == [(9,)]
    assert undo_import(store.ledger, found.import_id, actor=OPERATOR) == 9


def test_what_a_killed_worker_had_begun_goes_on(store, in_threes):
    number = bring(store, LONG)
    start_upload(store.ledger, number, actor=OPERATOR)
    keeping.begin(number)
    assert work_on_uploads(store.ledger) == 1
    assert (state(store, number).state, state(store, number).receipt.stored) == ("done", 9)


def test_one_process_at_a_time_works_on_uploads(store):
    number = bring(store)
    start_upload(store.ledger, number, actor=OPERATOR)
    with store.ledger.hold("uploads"):
        assert work_on_uploads(store.ledger) == 0
    assert work_on_uploads(store.ledger) == 1
