"""The journal is copied into the engine once, and every reader sees its own moment of it."""

from rapport.ledger.api import Ledger, Snapshot, seal
from rapport.ledger.bench import open_bench
from rapport.ledger.engines.kept import KeptJournal
from rapport.ledger.moment import moment_of

from .rows import purchases

HOW_MANY = "SELECT count(*) AS n FROM interactions"
TABLES = "SELECT table_name AS t FROM duckdb_tables() WHERE table_name LIKE 'kept_journal%'"


def seen(snapshot: Snapshot) -> int:
    return int(snapshot.sql(HOW_MANY)["n"][0].as_py())


def tables(snapshot: Snapshot) -> list[str]:
    return list(snapshot.sql(TABLES)["t"].to_pylist())


def test_readers_share_one_table_and_see_what_was_there_when_they_came(ledger: Ledger) -> None:
    ledger.load([purchases("a")], "shop")
    with ledger.read() as first:
        ledger.load([purchases("b")], "shop")
        with ledger.read() as second:
            ledger.load([purchases("c")], "shop")
            with ledger.read() as third:
                assert [seen(one) for one in (first, second, third)] == [1, 2, 3]
                assert len(tables(third)) == 1


def test_who_read_before_a_seal_goes_on_reading_what_was_sealed(ledger: Ledger) -> None:
    ledger.load([purchases("a")], "shop")
    with ledger.read() as before:
        seal(ledger)
        ledger.load([purchases("b")], "shop")
        with ledger.read() as after:
            assert (seen(before), seen(after)) == (1, 2)
            assert len(tables(after)) == 2


def test_a_table_goes_with_the_last_of_its_readers(ledger: Ledger) -> None:
    for name in "abc":
        ledger.load([purchases(name)], "shop")
        with ledger.read() as snapshot:
            assert seen(snapshot) == ord(name) - ord("a") + 1
        seal(ledger)
    ledger.load([purchases("d")], "shop")
    with ledger.read() as snapshot:
        assert (seen(snapshot), len(tables(snapshot))) == (4, 1)


def test_a_batch_that_comes_late_with_a_smaller_number_begins_a_table_of_its_own(
    ledger: Ledger,
) -> None:
    for name in "abc":
        ledger.load([purchases(name)], "shop")
    bodies = moment_of(ledger).bodies
    first, second, third = sorted(bodies)
    kept = KeptJournal(open_bench())
    without = kept.take({number: bodies[number] for number in (first, third)})
    whole = kept.take(bodies)
    assert whole.table != without.table
    assert kept.take({first: bodies[first], second: bodies[second]}) is whole
