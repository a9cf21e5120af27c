"""Rows that replace what is stored under their id, and undo that puts the former content back."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.kernel.errors import StoreError
from rapport.ledger import ids, revising
from rapport.ledger.api import (
    Ledger,
    Place,
    Receipt,
    begin_import,
    create_ledger,
    end_import,
    find_import,
    open_ledger,
    seal,
    status,
    undo,
)

from .rows import Row, ask, at, batch, count, faults, place, purchases

_files = itertools.count()


def put(ledger: Ledger, *rows: Row, revises: bool = True) -> tuple[int, Receipt]:
    """Import a file of these rows; the import's number, and what became of them."""
    where = place(ledger, file=f"file {next(_files)}", revises=revises)
    receipt = ledger.take(batch(*rows), where)
    assert where.import_id is not None
    end_import(ledger.database, where.import_id)
    return where.import_id, receipt


def said(ledger: Ledger) -> dict[str, str]:
    """Thread to text of all interactions."""
    rows = ask(ledger, "SELECT thread, text FROM interactions ORDER BY thread")
    assert len(dict(rows)) == len(rows), "nothing is there twice"
    return dict(rows)


def row(key: str, text: str, **more: object) -> Row:
    """A row whose thread is its key."""
    return {"key": key, "thread": key, "text": text, **more}


@pytest.fixture(params=["journal", "lake"])
def stocked(request: pytest.FixtureRequest, ledger: Ledger) -> Ledger:
    """Import 1 brought a, b and c, import 2 d; in the journal, or sealed."""
    put(ledger, row("a", "old"), row("b", "old"), row("c", "old"), revises=False)
    put(ledger, row("d", "old"), revises=False)
    if request.param == "lake":
        seal(ledger)
    return ledger


def test_other_content_replaces_the_old_one(stocked: Ledger) -> None:
    _, receipt = put(stocked, row("a", "new"), row("b", "old"), row("d", "new"), row("e", "new"))
    assert (receipt.received, receipt.stored, receipt.duplicate) == (4, 3, 1)
    assert said(stocked) == {"a": "new", "b": "old", "c": "old", "d": "new", "e": "new"}
    assert find_import(stocked.database, 1).receipt.interactions == 2, "a is no longer its"
    assert faults(stocked) == []


def test_undoing_puts_the_former_content_back(stocked: Ledger) -> None:
    before = ask(stocked, "SELECT * FROM interactions ORDER BY id")
    number, _ = put(stocked, row("a", "new", occurred_at=at("2024-01-01")), row("e", "new"))
    assert undo(stocked, number) == 2
    assert ask(stocked, "SELECT * FROM interactions ORDER BY id") == before
    assert stocked.database.value("SELECT count(*) FROM ledger_revised_rows") == 0
    assert faults(stocked) == []


def test_without_it_other_content_is_still_rejected(stocked: Ledger) -> None:
    _, receipt = put(stocked, row("a", "new"), revises=False)
    assert (receipt.rejected, said(stocked)["a"]) == (1, "old")


def test_the_same_content_again_changes_nothing(stocked: Ledger) -> None:
    seal(stocked)
    before = stocked.lake_version()
    _, receipt = put(stocked, row("a", "old"), row("b", "old"))
    assert (receipt.duplicate, stocked.lake_version()) == (2, before)


def test_of_several_rows_with_one_id_the_last_counts(stocked: Ledger) -> None:
    _, receipt = put(stocked, row("a", "new"), row("e", "1"), row("a", "newer"), row("e", "2"))
    assert (receipt.stored, receipt.duplicate) == (2, 2)
    assert said(stocked) == {"a": "newer", "b": "old", "c": "old", "d": "old", "e": "2"}


def test_a_row_back_at_its_old_content_in_one_file_is_a_duplicate(stocked: Ledger) -> None:
    _, receipt = put(stocked, row("a", "new"), row("a", "old"))
    assert (receipt.stored, receipt.duplicate, said(stocked)["a"]) == (0, 2, "old")


def test_each_part_of_a_row_is_revised_for_itself(ledger: Ledger) -> None:
    def parts(*texts: str) -> list[Row]:
        return [row("t", text, part=str(n), thread=f"t{n}") for n, text in enumerate(texts)]

    where = place(ledger, revises=True)
    ledger.take(batch(parts("opened")), where)
    receipt = ledger.take(batch(parts("opened", "solved")), place(ledger, 1, revises=True))
    assert (receipt.stored, receipt.interactions) == (1, 1)
    receipt = ledger.take(batch(parts("reopened", "solved")), place(ledger, 2, revises=True))
    assert (receipt.stored, receipt.interactions) == (1, 1)
    assert said(ledger) == {"t0": "reopened", "t1": "solved"}


def test_invalid_rows_are_rejected_and_replace_nothing(stocked: Ledger) -> None:
    _, receipt = put(stocked, row("a", "new", kind="no.such"), row("b", "new"))
    assert (receipt.stored, receipt.rejected) == (1, 1)
    assert said(stocked) == {"a": "old", "b": "new", "c": "old", "d": "old"}


def test_undoing_an_older_import_leaves_what_was_revised_since(stocked: Ledger) -> None:
    newer, _ = put(stocked, row("a", "new"))
    assert undo(stocked, 1) == 2
    assert said(stocked) == {"a": "new", "d": "old"}
    assert faults(stocked) == []
    undo(stocked, newer)
    assert said(stocked) == {"d": "old"}, "what it revised had been undone meanwhile"
    assert faults(stocked) == []


def test_undoing_in_the_middle_leads_back_to_the_oldest(stocked: Ledger) -> None:
    middle, _ = put(stocked, row("a", "new"))
    newest, _ = put(stocked, row("a", "newest"))
    undo(stocked, middle)
    assert said(stocked)["a"] == "newest"
    undo(stocked, newest)
    assert said(stocked)["a"] == "old"
    assert put(stocked, row("a", "old"), revises=False)[1].duplicate == 1
    assert faults(stocked) == []


def test_a_revised_row_is_known_by_its_new_content(stocked: Ledger) -> None:
    put(stocked, row("a", "new"))
    stocked.close()
    again = open_ledger(stocked.home)
    _, receipt = put(again, row("a", "new"), row("b", "old"), row("c", "other"), revises=False)
    assert (receipt.duplicate, receipt.rejected) == (2, 1)
    again.close()


def test_a_revising_batch_that_stands_already_is_not_counted_again(stocked: Ledger) -> None:
    rows = batch(row("a", "new"))
    first = stocked.take(rows, place(stocked, file="again", revises=True))
    assert stocked.take(rows, place(stocked, file="again", revises=True)) == first
    assert status(stocked).receipt.stored == 5


def test_files_of_other_months_are_left_as_they_are(ledger: Ledger) -> None:
    put(ledger, row("a", "old"), row("b", "old", occurred_at=at("2024-01-01")))
    before = {file.month: file.path for file in ledger.lake.files(ledger.lake_version())}
    put(ledger, row("a", "new"))
    after = {file.month: file.path for file in ledger.lake.files(ledger.lake_version())}
    assert before["2024-01"] == after["2024-01"]
    assert before["2025-03"] != after["2025-03"]


def test_a_row_that_arrives_while_ids_are_looked_up_is_found(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal's writers do not wait for the lake's lock."""
    take_ids = revising._take_ids

    def overtaken(*arguments: object) -> object:
        monkeypatch.undo()
        put(ledger, row("a", "old"), revises=False)
        return take_ids(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(revising, "_take_ids", overtaken)
    _, receipt = put(ledger, row("a", "new"), row("b", "new"))
    assert (receipt.stored, said(ledger)) == (2, {"a": "new", "b": "new"})
    assert faults(ledger) == []


def test_a_lake_that_lacks_the_old_row_is_told(stocked: Ledger) -> None:
    seal(stocked)
    stocked.database.connection.execute(f"UPDATE {ids.BIG} SET batch = 77")
    with pytest.raises(StoreError, match="does not hold all"):
        put(stocked, row("a", "new"), row("f", "new"))
    assert set(said(stocked)) == set("abcd")


def test_former_content_that_is_gone_is_found(stocked: Ledger) -> None:
    put(stocked, row("a", "new"))
    stocked.database.connection.execute("DELETE FROM ledger_revised_rows")
    assert any("can be put back" in fault for fault in faults(stocked))


def test_the_id_in_the_lake_is_the_one_that_is_kept(ledger: Ledger) -> None:
    ledger.load([purchases("a", "b")], "shop")
    kept = ledger.database.rows(f"SELECT id FROM {ids.RECENT} ORDER BY id")
    assert ask(ledger, "SELECT id FROM interactions ORDER BY id") == kept
    assert count(ledger) == 2


# Imports as (revises, batches of (key, text)); an undo as the number of an import before it.
_batch = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=4)
_import = st.tuples(st.booleans(), st.lists(_batch, min_size=1, max_size=2))
_undo = st.integers(0, 5)
_steps = st.lists(st.one_of(_import, _import, _undo, st.just("seal")), max_size=8)
Layers = dict[str, list[tuple[int, str]]]


@pytest.fixture(scope="module")
def shared_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """One ledger for all examples; each has a source of its own."""
    made = create_ledger(tmp_path_factory.mktemp("ledger"))
    yield made
    made.close()


def _expect(model: Layers, number: int, rows: list[tuple[str, str]], revises: bool) -> None:
    """What an import does to the layers of each key: the newest is what the ledger says."""
    for key, text in dict(rows).items() if revises else rows:
        layers = model.setdefault(key, [])
        if not layers or (revises and layers[-1][1] != text):
            layers.append((number, text))


@given(steps=_steps)
@settings(max_examples=30, deadline=None)
def test_any_sequence_of_imports_and_undos_is_as_with_layers(
    shared_ledger: Ledger, steps: list[object]
) -> None:
    source, model, alive = f"source {next(_files)}", Layers(), list[int]()
    for step in steps:
        if step == "seal":
            seal(shared_ledger)
        elif isinstance(step, int):
            if step < len(alive):
                gone = alive.pop(step)
                undo(shared_ledger, gone)
                for key, layers in model.items():
                    model[key] = [layer for layer in layers if layer[0] != gone]
        else:
            assert isinstance(step, tuple)
            alive.append(_run(shared_ledger, source, model, *step))
    expected = {key: layers[-1][1] for key, layers in model.items() if layers}
    query = f"SELECT thread, text FROM interactions WHERE source = '{source}' ORDER BY thread"
    assert ask(shared_ledger, query) == sorted(expected.items())
    assert faults(shared_ledger) == []


def _run(
    ledger: Ledger, source: str, model: Layers, revises: bool, batches: list[list[tuple[str, str]]]
) -> int:
    number, _ = begin_import(
        ledger.database,
        file="file",
        digest=f"{next(_files)}",
        source=source,
        record="interactions",
        mapping="",
        actor="Ana",
    )
    for position, rows in enumerate(batches):
        drafts = [row(key, text, source=source) for key, text in rows]
        ledger.take(batch(*drafts), Place(number, position, source, revises))
        _expect(model, number, rows, revises)
    end_import(ledger.database, number)
    return number
