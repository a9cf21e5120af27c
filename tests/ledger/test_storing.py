"""Deduplicate and store: received = stored + duplicate + rejected, whole rows, once only."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.ledger import storing
from rapport.ledger.api import (
    Ledger,
    Place,
    Reason,
    create_ledger,
    open_ledger,
    rejections,
    seal,
    status,
    undo,
)

from .conftest import WAYS
from .rows import Row, ask, batch, count, faults, place, purchases, table

# A source row in the property: its key, and for each of its parts the content, None for invalid.
Sent = tuple[str, dict[str, str | None]]
_rows = st.tuples(
    st.sampled_from("jkl"),
    st.dictionaries(
        st.sampled_from(["", "1", "2"]), st.sampled_from(["x", "x", "y", None]), min_size=1
    ),
)
_batches = st.lists(st.lists(_rows, max_size=7), min_size=1, max_size=3)
_numbers = itertools.count()


@pytest.fixture(scope="module")
def shared_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """One ledger for all examples of a property; each has a source of its own."""
    made = create_ledger(tmp_path_factory.mktemp("ledger"))
    yield made
    assert faults(made) == []
    made.close()


def _expected(known: dict[str, str], row: Sent) -> str:
    """What becomes of a row after the rows before it, by the book: one after another."""
    key, parts = row
    if None in parts.values():
        return "rejected"
    found = {key + part: str(text) for part, text in parts.items()}
    if any(known.get(name, text) != text for name, text in found.items()):
        return "rejected"
    new = found.keys() - known.keys()
    known.update(found)
    return "stored" if new else "duplicate"


def _drafts(row: Sent, source: str) -> list[Row]:
    key, parts = row
    return [
        {"source": source, "key": key, "part": part, "text": text, "thread": key + part}
        | ({"kind": None} if text is None else {})
        for part, text in parts.items()
    ]


@pytest.mark.parametrize("size", WAYS.values(), ids=WAYS)
@given(batches=_batches)
@settings(max_examples=20, deadline=None)
def test_what_is_received_is_stored_duplicate_or_rejected(
    shared_ledger: Ledger, size: int, batches: list[list[Sent]]
) -> None:
    source, known = f"source {next(_numbers)}", dict[str, str]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storing, "BULK_INTERACTIONS", size)
        patch.setattr(storing, "_TAKEN_AT_ONCE", 2)
        for sent in batches:
            expected = [_expected(known, row) for row in sent]
            made = batch(*(_drafts(row, source) for row in sent))
            receipt = shared_ledger.take(made, Place(None, 0, source))
            told = (receipt.received, receipt.stored, receipt.duplicate, receipt.rejected)
            fates = [expected.count(fate) for fate in ("stored", "duplicate", "rejected")]
            assert told == (len(sent), *fates)
    stored = ask(shared_ledger, f"SELECT thread, text FROM interactions WHERE source = '{source}'")
    assert sorted(stored) == sorted(known.items())


def test_both_ways_store_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for name, size in WAYS.items():
        monkeypatch.setattr(storing, "BULK_INTERACTIONS", size)
        ledger = create_ledger(tmp_path / name)
        ledger.load([purchases("a", "b", score=5, scale="csat5"), purchases("b", "c")], "shop")
        columns = "* EXCLUDE (batch, received_at)"
        seen.append(ask(ledger, f"SELECT {columns} FROM interactions ORDER BY id"))
        assert bool(status(ledger).files) == (name == "lake")
        ledger.close()
    assert seen[0] == seen[1]
    assert len(seen[0]) == 3


def test_a_row_with_one_changed_part_leaves_nothing_behind(ledger: Ledger, way: str) -> None:
    ledger.take(batch({"text": "before"}), place(ledger))
    changed = batch([{"text": "after"}, {"text": "new part"}])
    assert ledger.take(changed, place(ledger, 1)).rejected == 1
    assert faults(ledger) == []
    mended = batch([{"text": "before"}, {"text": "new part"}])
    assert ledger.take(mended, place(ledger, 2)).interactions == 1


def test_a_row_with_one_invalid_part_leaves_nothing_behind(ledger: Ledger, way: str) -> None:
    receipt = ledger.take(batch([{}, {"kind": "no.such"}], {"customer": "Ben"}), place(ledger))
    assert (receipt.stored, receipt.rejected) == (1, 1)
    assert ask(ledger, "SELECT customer FROM interactions") == [("Ben",)]
    assert faults(ledger) == []


def test_a_repeated_row_is_stored_when_the_first_one_is_refused(ledger: Ledger, way: str) -> None:
    ledger.take(batch({"text": "before"}), place(ledger))
    shared: Row = {"key": "j"}
    receipt = ledger.take(
        batch([{"text": "after"}, {**shared, "part": ""}], shared), place(ledger, 1)
    )
    assert (receipt.stored, receipt.duplicate, receipt.rejected) == (1, 0, 1)
    assert faults(ledger) == []


def test_copies_of_a_known_row_are_known_wherever_a_slice_of_ids_ends(
    ledger: Ledger, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "_TAKEN_AT_ONCE", 1)
    ledger.take(batch({}), place(ledger))
    receipt = ledger.take(batch({"key": "k0"}, {"key": "k0"}), place(ledger, 1))
    assert (receipt.stored, receipt.duplicate) == (0, 2)
    assert (count(ledger), faults(ledger)) == (1, [])


def test_the_same_identity_with_other_content_is_told_as_changed(ledger: Ledger, way: str) -> None:
    ledger.take(batch({"text": "good"}), place(ledger))
    where = place(ledger, 1)
    ledger.take(batch({"text": "bad"}), where)
    assert where.import_id is not None
    (told,) = rejections(ledger.database, where.import_id)
    assert (told.reason, told.line, told.raw) == (Reason.CHANGED, 2, "raw 0")
    assert ask(ledger, "SELECT text FROM interactions") == [("good",)]


def test_ids_are_known_after_sealing_and_after_reopening(ledger: Ledger, way: str) -> None:
    ledger.load([purchases("a", "b")], "shop")
    seal(ledger)
    ledger.close()
    again = open_ledger(ledger.home)
    assert again.load([purchases("a", "b", "c")], "shop").duplicate == 2
    again.close()


def test_ids_are_forgotten_when_their_import_is_undone(ledger: Ledger, way: str) -> None:
    where = place(ledger)
    ledger.take(batch({}, {}), where)
    assert where.import_id is not None
    undo(ledger, where.import_id)
    assert ledger.take(batch({}, {}), place(ledger, file="again.csv")).stored == 2


def test_the_same_key_of_another_source_is_another_interaction(ledger: Ledger, way: str) -> None:
    # 64 characters: as long as a content's hash, which is unique without its source.
    keys = ("a", "f" * 64, "not hexadecimal, and yet of the length that a hash as text has: 64")
    assert len(keys[-1]) > 64
    for source in ("shop", "web"):
        assert ledger.load([purchases(*keys, keys[-1][:64])], source).stored == 4


def test_rows_without_a_key_are_told_by_content_and_occurrence(ledger: Ledger, way: str) -> None:
    ana, ben = {"customer": "Ana"}, {"customer": "Ben"}
    rows = table(
        {"kind": "visit.made", "occurred_at": at, **who}
        for who, at in [(ana, None), (ana, None), (ben, None)]
    ).drop_columns(["occurred_at"])
    rows = rows.append_column("occurred_at", purchases("a", "b", "c")["occurred_at"])
    assert ledger.load([rows], "shop").stored == 3
    assert ledger.load([rows], "shop").duplicate == 3


def test_a_key_may_be_declared_for_some_rows_only(ledger: Ledger) -> None:
    visit = {"kind": "visit.made", "occurred_at": purchases("a")["occurred_at"][0].as_py()}
    rows = table([{"key": "a", **visit}, {"key": None, **visit}, {"key": None, **visit}])
    assert ledger.load([rows], "shop").stored == 3


def test_a_large_table_is_loaded_in_slices_and_counted_as_one(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapport.ledger.store._LOAD_ROWS", 2)
    same = purchases("a", "b", "c", "d", "e").drop_columns(["key"])
    assert ledger.load([same], "shop").stored == 5, "five equal rows of one table are five"
    assert ledger.load([same], "shop").duplicate == 5


def test_a_batch_that_stands_already_is_not_counted_again(ledger: Ledger, way: str) -> None:
    first = ledger.take(batch({}, {}), place(ledger))
    assert ledger.take(batch({}, {}), place(ledger)) == first
    assert status(ledger).receipt == first


def test_an_empty_batch_is_a_batch(ledger: Ledger) -> None:
    assert ledger.take(batch(), place(ledger)).received == 0
    assert count(ledger) == 0
