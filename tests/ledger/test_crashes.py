"""kill -9 at every place where it could hurt: nothing lost, nothing twice, run again and done."""

import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import rapport.ledger
from acceptance._stores import copy_store
from rapport.kernel.errors import InputError, StoreError
from rapport.ledger.api import (
    Import,
    Ledger,
    create_ledger,
    import_history,
    open_ledger,
    seal,
    status,
    undo,
)

from .crash import do, nursery
from .rows import ask, batch, count, faults, place

PLACES = {
    "journal": ("journal.written", "journal.committed"),
    "bulk": (
        *("bulk.recorded", "bulk.slice:2", "bulk.ids", "lake.written:2", "bulk.files"),
        *("bulk.counted", "lake.logged", "bulk.committed", "bulk.finished"),
    ),
    "seal": (
        *("seal.recorded", "lake.written", "seal.files", "lake.logged"),
        *("seal.committed", "seal.finished", "seal.swept"),
    ),
    "undo": (
        *("undo.recorded", "lake.written", "undo.files", "lake.logged"),
        *("undo.committed", "undo.finished", "undo.noted"),
    ),
    "revise": (
        *("revise.recorded", "revise.slice:2", "revise.ids", "recover.fenced", "recover.removed"),
        *(
            "revise.abandoned",
            "seal.files",
            "lake.logged",
            "seal.finished",
            "revise.ids:2",
            "revise.kept",
        ),
        *("lake.written:2", "revise.files", "revise.counted", "lake.logged:2"),
        *("revise.committed", "revise.finished"),
    ),
    "unrevise": (
        *("undo.recorded", "lake.written", "undo.files", "lake.logged", "undo.committed"),
        *("undo.finished", "undo.noted"),
    ),
    "compact": ("compact.recorded", "compact.files", "compact.committed", "compact.finished"),
    "vacuum": ("checkpoint.made", "checkpoint.removed", "vacuum.removed"),
    "erase": (
        *("seal.files", "erase.former", "erase.recorded", "erase.file:2", "lake.written:3"),
        *("lake.logged:2", "erase.committed", "erase.finished", "erase.rejected", "erase.imports"),
    ),
    "publish": ("publish.written",),
    # Killed in tests/web/test_backup.py: it takes an archive.
    "restore": ("restore.filled", "restore.moved"),
    "create": ("migrate.statement:2", "migrate.step", "create.migrated", "create.lake"),
}
# From here on a batch stands; a crash before it leaves nothing of the batch.
STANDS = {"journal.committed", "lake.logged", "bulk.committed", "bulk.finished"}
MARCH, MAY = 662, 664
OLD = [(MARCH, None, 5)]
NEW = [(MARCH, "revised", 3), (MARCH, None, 2), (MAY, "revised", 1)]
Kill = Callable[[Path, str, str], None]


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Import 1: sealed with a row of another import into one file, and one row in the journal."""
    home = tmp_path_factory.mktemp("stocked") / "home"
    ledger = create_ledger(home)
    ledger.take(batch({}, {}, {}), place(ledger, file="first"))
    ledger.take(batch({"key": "other"}), place(ledger, file="other"))
    seal(ledger)
    ledger.take(batch({"key": "late"}), place(ledger, 1, file="first"))
    ledger.close()
    return home


@pytest.fixture
def home(stocked: Path, tmp_path: Path) -> Path:
    """A copy of the stocked ledger: 4 interactions of import 1, 1 of another."""
    return copy_store(stocked, tmp_path / "home")


@pytest.fixture(scope="module")
def kill() -> Iterator[Kill]:
    """Does a task on a ledger in a process that dies at a failpoint."""
    with nursery() as order:

        def killed(home: Path, task: str, failpoint: str) -> None:
            assert order(home, task, failpoint)() == -signal.SIGKILL, "it did not pass there"
            assert not home.with_name(f"{task}.told").exists(), "dead before it could say so"

        yield killed


def test_every_failpoint_has_its_crash() -> None:
    source = Path(rapport.ledger.__file__).parent
    text = "".join(path.read_text("utf-8") for path in source.rglob("*.py"))
    tested = {place.partition(":")[0] for places in PLACES.values() for place in places}
    assert tested == set(re.findall(r'\breach\("([a-z.]+)"\)', text))


@pytest.mark.parametrize(
    ("task", "failpoint"), [(task, at) for task in ("journal", "bulk") for at in PLACES[task]]
)
def test_a_killed_import_goes_on_as_if_nothing_had_been(
    home: Path, kill: Kill, task: str, failpoint: str
) -> None:
    kill(home, task, failpoint)
    ledger = open_ledger(home)
    assert count(ledger) in {5, 10}, "the batch is there whole or not at all"
    do(home, task)
    told = _told(ledger, task)
    assert told.state == "done"
    assert (told.receipt.stored, told.receipt.duplicate, told.receipt.rejected) == (5, 0, 1)
    assert (count(ledger), unnamed(ledger), status(ledger).open_writes) == (10, [], 0)
    assert faults(ledger) == []
    ledger.close()


@pytest.mark.parametrize("failpoint", ["bulk.ids", "bulk.files", "lake.logged"])
def test_verify_mends_what_a_crash_left_open(home: Path, kill: Kill, failpoint: str) -> None:
    kill(home, "bulk", failpoint)
    ledger = open_ledger(home)
    assert (status(ledger).open_writes, faults(ledger), status(ledger).open_writes) == (1, [], 0)
    assert count(ledger) == (10 if failpoint in STANDS else 5)
    assert unnamed(ledger) == []
    ledger.close()


@pytest.mark.parametrize("failpoint", PLACES["seal"])
def test_a_killed_seal_loses_nothing_and_doubles_nothing(
    home: Path, kill: Kill, failpoint: str
) -> None:
    kill(home, "seal", failpoint)
    ledger = open_ledger(home)
    assert count(ledger) == 5
    seal(ledger)
    assert (status(ledger).journal, status(ledger).lake, count(ledger)) == (0, 5, 5)
    assert (faults(ledger), unnamed(ledger)) == ([], [])
    ledger.close()


@pytest.mark.parametrize("failpoint", PLACES["undo"])
def test_a_killed_undo_can_be_run_again(home: Path, kill: Kill, failpoint: str) -> None:
    kill(home, "undo", failpoint)
    ledger = open_ledger(home)
    assert count(ledger) in {1, 5}, "all of the import or nothing of it"
    ledger.close()
    if failpoint == "undo.noted":
        with pytest.raises(InputError, match="undone before"):
            do(home, "undo")
    else:
        do(home, "undo")
    ledger = open_ledger(home)
    assert _told(ledger, "first").state == "undone"
    assert ask(ledger, "SELECT count(*) FROM interactions") == [(1,)]
    assert (faults(ledger), unnamed(ledger), status(ledger).open_writes) == ([], [], 0)
    ledger.close()


@pytest.mark.parametrize("failpoint", PLACES["revise"])
def test_a_killed_revising_leaves_the_old_or_the_new_content(
    home: Path, kill: Kill, failpoint: str
) -> None:
    kill(home, "revise", failpoint)
    ledger = open_ledger(home)
    assert texts(ledger) in (OLD, NEW)
    do(home, "revise")
    told = _told(ledger, "revise").receipt
    assert (told.stored, told.duplicate, told.rejected) == (4, 1, 0)
    assert texts(ledger) == NEW
    assert (faults(ledger), unnamed(ledger), status(ledger).open_writes) == ([], [], 0)
    undo(ledger, _told(ledger, "revise").id)
    assert (texts(ledger), faults(ledger)) == (OLD, [])
    ledger.close()


@pytest.mark.parametrize("failpoint", ["revise.kept", "revise.files", "lake.logged:2"])
def test_verify_mends_a_killed_revising(home: Path, kill: Kill, failpoint: str) -> None:
    kill(home, "revise", failpoint)
    ledger = open_ledger(home)
    assert (status(ledger).open_writes, faults(ledger), status(ledger).open_writes) == (1, [], 0)
    assert texts(ledger) == (NEW if failpoint == "lake.logged:2" else OLD)
    kept = ledger.database.value("SELECT count(*) FROM ledger_revised_rows")
    assert kept == (2 if failpoint == "lake.logged:2" else 0), "nothing personal stays behind"
    ledger.close()


@pytest.mark.parametrize("failpoint", PLACES["unrevise"])
def test_a_killed_undo_of_a_revising_brings_back_all_or_nothing(
    home: Path, kill: Kill, failpoint: str
) -> None:
    do(home, "revise")
    kill(home, "unrevise", failpoint)
    ledger = open_ledger(home)
    assert texts(ledger) in (OLD, NEW)
    if failpoint != "undo.noted":
        do(home, "unrevise")
    assert texts(ledger) == OLD
    assert (faults(ledger), unnamed(ledger), status(ledger).open_writes) == ([], [], 0)
    do(home, "revise")
    assert (texts(ledger), faults(ledger)) == (NEW, [])
    ledger.close()


@pytest.mark.parametrize("failpoint", PLACES["erase"])
def test_a_killed_erasure_is_finished_by_running_it_again(
    home: Path, kill: Kill, failpoint: str
) -> None:
    kill(home, "erase", failpoint)
    ledger = open_ledger(home)
    assert count(ledger) == 5
    do(home, "erase")
    assert ask(ledger, "SELECT count(*) FROM interactions WHERE customer = 'Ana'") == [(0,)]
    days = ask(ledger, "SELECT count(DISTINCT customer), count(*), min(day) FROM interactions")
    assert days == [(1, 5, 20_148)]
    assert (faults(ledger), unnamed(ledger), status(ledger).open_writes) == ([], [], 0)
    assert ledger.database.value("SELECT count(*) FROM ledger_erased_row") == 0
    assert ledger.take(batch({}), place(ledger, file="late")).rejected == 1
    ledger.close()


def test_dead_ids_do_not_displace_living_ones(home: Path, kill: Kill) -> None:
    """Undo, killed before its ids are swept; the same rows again, in bulk; then a seal."""
    kill(home, "undo", "undo.noted")
    ledger = open_ledger(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rapport.ledger.storing.BULK_INTERACTIONS", 1)
        ledger.take(batch({"key": "late"}), place(ledger, file="again"))
    seal(ledger)
    assert faults(ledger) == []
    assert ledger.take(batch({"key": "late"}), place(ledger, 1, file="again")).duplicate == 1
    ledger.close()


@pytest.mark.parametrize("way", ["bulk.files", "bulk.committed"])
def test_even_mending_can_be_killed(home: Path, kill: Kill, way: str) -> None:
    kill(home, "bulk", way)
    if way == "bulk.files":
        kill(home, "seal", "recover.removed")
    do(home, "bulk")
    ledger = open_ledger(home)
    assert (count(ledger), faults(ledger), unnamed(ledger)) == (10, [], [])
    ledger.close()


def test_a_batch_that_meets_a_killed_one_waits_for_its_fate(home: Path, kill: Kill) -> None:
    kill(home, "bulk", "bulk.ids")
    do(home, "journal")
    ledger = open_ledger(home)
    assert _told(ledger, "journal").receipt.stored == 5
    assert faults(ledger) == []
    ledger.close()


@pytest.mark.parametrize("failpoint", PLACES["create"])
def test_a_ledger_half_made_is_none_and_can_be_made_again(
    tmp_path: Path, kill: Kill, failpoint: str
) -> None:
    home = tmp_path / "new"
    kill(home, "create", failpoint)
    with pytest.raises(StoreError, match="rapport init"):
        open_ledger(home)
    do(home, "create")
    ledger = open_ledger(home)
    assert (count(ledger), faults(ledger)) == (0, [])
    ledger.close()


@pytest.mark.parametrize("failpoint", PLACES["vacuum"])
def test_a_killed_vacuum_is_done_by_the_next(home: Path, kill: Kill, failpoint: str) -> None:
    do(home, "undo")
    kill(home, "vacuum", failpoint)
    ledger = open_ledger(home)
    assert (count(ledger), faults(ledger)) == (1, [])
    ledger.close()
    do(home, "vacuum")
    ledger = open_ledger(home)
    assert (count(ledger), faults(ledger), status(ledger).replaced) == (1, [], 0)
    assert not (ledger.lake.root / "_checkpoint").exists()
    log = sorted(path.name for path in (ledger.lake.root / "_delta_log").iterdir())
    kinds = [name.partition(".")[2] for name in log]
    assert kinds == ["checkpoint.parquet", "checkpoint.sum", "json"]
    ledger.close()


def test_a_killed_publishing_leaves_the_older_table(home: Path, kill: Kill) -> None:
    do(home, "publish")
    home.with_name("publish.told").unlink()
    kill(home, "publish", "publish.written")
    do(home, "publish")
    ledger = open_ledger(home)
    assert ask(ledger, "SELECT text FROM colours") == [("red",)]
    ledger.close()


def texts(ledger: Ledger) -> list[tuple[object, ...]]:
    """What each interaction says."""
    return ask(ledger, "SELECT month, text, count(*) FROM interactions GROUP BY ALL ORDER BY ALL")


def _told(ledger: Ledger, file: str) -> Import:
    return next(found for found in import_history(ledger.database) if found.file == file)


def unnamed(ledger: Ledger) -> list[str]:
    """Data files that no version of the lake ever named."""
    versions = range(ledger.lake.version() + 1)
    named = {file.path for version in versions for file in ledger.lake.files(version)}
    found = {
        path.relative_to(ledger.lake.root).as_posix() for path in ledger.lake.root.glob("ym=*/*")
    }
    return sorted(found - named)
