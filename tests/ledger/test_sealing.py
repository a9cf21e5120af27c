"""Sealing moves, undoing takes out: never more, never less, while others write and read."""

import threading
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from rapport.kernel.errors import InputError, NotFoundError
from rapport.ledger.api import (
    Ledger,
    Receipt,
    create_ledger,
    find_import,
    record_people,
    rejections,
    seal,
    status,
    undo,
)

from .rows import ask, batch, faults, place, purchases


def _imported(ledger: Ledger, file: str, *keys: str) -> int:
    where = place(ledger, file=file)
    ledger.take(batch(*({"key": key, "customer": file} for key in keys)), where)
    assert where.import_id is not None
    return where.import_id


def test_sealing_moves_the_journal_into_the_lake(ledger: Ledger) -> None:
    ledger.load([purchases("a", "b"), purchases("c")], "shop")
    before = ask(ledger, "SELECT * FROM interactions ORDER BY id")
    moved = seal(ledger)
    assert (moved.batches, moved.interactions) == (2, 3)
    assert (status(ledger).journal, status(ledger).lake) == (0, 3)
    assert ask(ledger, "SELECT * FROM interactions ORDER BY id") == before


def test_an_empty_journal_leaves_the_lake_as_it_is(ledger: Ledger) -> None:
    before = ledger.lake_version()
    assert seal(ledger).batches == 0
    assert ledger.lake_version() == before


def test_a_large_journal_is_sealed_in_portions(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapport.ledger.sealing._SEAL_BYTES", 1)
    ledger.load([purchases("a"), purchases("b"), purchases("c")], "shop")
    assert seal(ledger).batches == 3
    assert (status(ledger).files, faults(ledger)) == (3, [])


def test_a_door_that_is_never_still_does_not_keep_a_seal_from_its_end(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, arrivals = ledger.lake.commit, iter("bcdefghij")

    def commit_while_one_arrives(*words: Any, **named: Any) -> int:
        # Ten in all, so that a seal which waits for stillness ends here too, and is told.
        for key in islice(arrivals, 1):
            ledger.load([purchases(key)], "shop")
        return commit(*words, **named)

    monkeypatch.setattr(ledger.lake, "commit", commit_while_one_arrives)
    ledger.load([purchases("a")], "shop")
    assert seal(ledger).batches == 1
    assert (status(ledger).journal, status(ledger).lake) == (1, 1)
    assert faults(ledger) == []


def test_undoing_takes_out_its_import_and_nothing_else(ledger: Ledger, way: str) -> None:
    first, second = _imported(ledger, "first", "a", "b"), _imported(ledger, "second", "b", "c")
    seal(ledger)
    late = _imported(ledger, "late", "d")
    assert undo(ledger, first) == 2
    assert ask(ledger, "SELECT customer FROM interactions ORDER BY 1") == [("late",), ("second",)]
    assert find_import(ledger.database, first).state == "undone"
    assert find_import(ledger.database, second).receipt.stored == 1
    assert undo(ledger, late) == 1
    assert faults(ledger) == []


def test_undoing_divides_a_data_file_that_holds_others_too(ledger: Ledger) -> None:
    first = _imported(ledger, "first", "a", "b")
    _imported(ledger, "second", "c")
    seal(ledger)
    assert status(ledger).files == 1, "both imports lie in one file"
    undo(ledger, first)
    assert ask(ledger, "SELECT customer FROM interactions") == [("second",)]
    assert (status(ledger).files, status(ledger).ids, faults(ledger)) == (1, 1, [])


def test_an_import_is_undone_once(ledger: Ledger) -> None:
    first = _imported(ledger, "first", "a")
    undo(ledger, first)
    with pytest.raises(InputError, match="undone before"):
        undo(ledger, first)


def test_only_an_import_can_be_undone(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError, match="no import 7"):
        undo(ledger, 7)


def test_the_rejected_rows_of_an_undone_import_go_too(ledger: Ledger) -> None:
    where = place(ledger)
    ledger.take(batch({}, {"kind": None}), where)
    assert len(list(rejections(ledger.database, where.import_id or 0))) == 1
    undo(ledger, where.import_id or 0)
    assert list(rejections(ledger.database, where.import_id or 0)) == []


def test_people_are_counted_with_their_import(ledger: Ledger) -> None:
    where = place(ledger, file="people.csv")
    received = Receipt(read=3, received=3, stored=2, rejected=1)
    record_people(ledger.database, where, received, ())
    assert where.import_id is not None
    assert find_import(ledger.database, where.import_id).receipt == received
    assert status(ledger).receipt == received
    assert undo(ledger, where.import_id) == 0
    assert status(ledger).receipt == Receipt()


def test_nothing_is_twice_or_missing_while_sealing_goes_on(tmp_path: Path) -> None:
    ledger, done, sealed = create_ledger(tmp_path), threading.Event(), []

    def keep_sealing() -> None:
        while not done.is_set():
            sealed.append(seal(ledger).batches)

    sealer = threading.Thread(target=keep_sealing)
    sealer.start()
    try:
        for number in range(25):
            ledger.load([purchases(f"{number}")], "shop")
            found = ask(ledger, "SELECT count(*), count(DISTINCT id) FROM interactions")
            assert found == [(number + 1, number + 1)]
    finally:
        done.set()
        sealer.join()
    assert sum(sealed) > 1, "the sealer came in between"
    assert faults(ledger) == []
    ledger.close()
