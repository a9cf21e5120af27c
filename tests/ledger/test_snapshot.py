"""Reading: journal and lake as one, from one moment, customers mapped to who they are."""

from pathlib import Path

import pyarrow as pa
import pytest

from rapport.kernel.errors import InputError, StoreError
from rapport.ledger.api import Ledger, seal, undo, vacuum
from rapport.ledger.snapshot import needs_customer

from .rows import ask, at, batch, count, place, purchases

WHO = "SELECT DISTINCT customer FROM interactions ORDER BY 1"


def token(ledger: Ledger) -> str:
    """The token of the ledger as it is now."""
    with ledger.read() as snapshot:
        return snapshot.token


def identity(**to: str) -> pa.Table:
    """An identity map."""
    return pa.table({"key": list(to), "customer": list(to.values())})


def test_journal_and_lake_are_read_as_one(ledger: Ledger) -> None:
    ledger.load([purchases("a", occurred_at=at("2024-12-31"))], "shop")
    seal(ledger)
    ledger.load([purchases("b", customer="Ben")], "shop")
    assert ask(ledger, "SELECT customer, month FROM interactions ORDER BY 2") == [
        ("Ana", 659),
        ("Ben", 662),
    ]


def test_an_empty_ledger_answers(ledger: Ledger) -> None:
    assert count(ledger) == 0


def test_a_reader_keeps_its_moment(ledger: Ledger) -> None:
    ledger.load([purchases("a", "b")], "shop")
    with ledger.read() as before:
        seal(ledger)
        ledger.load([purchases("c")], "shop")
        assert before.sql("SELECT count(*) AS n FROM interactions")["n"].to_pylist() == [2]
    assert count(ledger) == 3


def test_a_reader_keeps_its_moment_when_an_import_is_undone(ledger: Ledger) -> None:
    where = place(ledger)
    ledger.take(batch({}, {}), where)
    seal(ledger)
    with ledger.read() as before:
        undo(ledger, where.import_id or 0)
        assert before.sql("SELECT count(*) AS n FROM interactions")["n"].to_pylist() == [2]
    assert count(ledger) == 0


def test_the_same_content_has_the_same_token(ledger: Ledger) -> None:
    ledger.load([purchases("a")], "shop")
    assert token(ledger) == token(ledger)


def test_every_change_of_content_changes_the_token(ledger: Ledger) -> None:
    where, seen = place(ledger), [token(ledger)]
    ledger.take(batch({}), where)
    seen.append(token(ledger))
    ledger.publish("identity", identity(Ana="Ben"))
    seen.append(token(ledger))
    ledger.publish("identity", identity(Ana="Cleo"))
    seen.append(token(ledger))
    undo(ledger, where.import_id or 0)
    seen.append(token(ledger))
    assert len(set(seen)) == 5


def test_the_identity_map_says_who_a_customer_is(ledger: Ledger) -> None:
    ledger.load([purchases("a", "b"), purchases("c", customer="ben@web")], "shop")
    seal(ledger)
    ledger.load([purchases("d", customer=None)], "shop")
    ledger.publish("identity", identity(**{"ben@web": "Ben"}))
    assert ask(ledger, WHO) == [("Ana",), ("Ben",), (None,)]
    ledger.publish("identity", identity())
    assert ask(ledger, WHO) == [("Ana",), ("ben@web",), (None,)]


@pytest.mark.parametrize(
    ("query", "needed"),
    [
        ("SELECT channel, count(*) FROM interactions GROUP BY ALL", False),
        ("SELECT COUNT(*) FILTER (score > 8) FROM interactions", False),
        ("SELECT amount * 2 FROM interactions", False),
        ("SELECT * FROM interactions", True),
        ("SELECT i.* FROM interactions AS i", True),
        ("FROM interactions", True),
        ("SELECT count(DISTINCT Customer) FROM interactions", True),
        ("SELECT COLUMNS(*) FROM interactions", True),
        ("SELECT COLUMNS('cust.*') FROM interactions", True),
        ("SELECT i FROM interactions AS i", True),
        ("SELECT interactions FROM interactions", True),
        ("TABLE interactions", True),
        ("DESCRIBE interactions", True),
        ("SELECT thread FROM interactions NATURAL JOIN moods", True),
        ("PIVOT interactions ON kind USING count(thread)", True),
        ("WITH i AS (SELECT kind FROM interactions) SELECT kind FROM i", False),
    ],
)
def test_the_map_is_joined_only_where_a_customer_is_asked_for(query: str, needed: bool) -> None:
    assert needs_customer(query) == needed


def test_a_query_without_customers_does_not_join_the_map(ledger: Ledger) -> None:
    ledger.load([purchases("a")], "shop")
    ledger.publish("identity", identity(Ana="Ben"))
    with ledger.read() as snapshot:
        for query, joined in (("count(*)", False), ("count(customer)", True)):
            snapshot.sql(f"SELECT {query} FROM interactions")
            plan = snapshot._engine.run(f"EXPLAIN SELECT {query} FROM interactions").to_pylist()
            assert ("HASH_JOIN" in str(plan)) == joined


def test_publishing_replaces_the_older_table(ledger: Ledger) -> None:
    for colour in ("red", "green", "blue"):
        ledger.publish("colours", pa.table({"colour": [colour]}))
    assert ask(ledger, "SELECT colour FROM colours") == [("blue",)]
    vacuum(ledger)
    files = [path.name for path in (ledger.home / "published").iterdir()]
    assert files == ["colours-3.parquet"]
    with ledger.read() as snapshot:
        assert snapshot.published == {"colours"}


@pytest.mark.parametrize("name", ["interactions", "stored", "two words", "1st", ""])
def test_a_published_table_hides_nothing(ledger: Ledger, name: str) -> None:
    with pytest.raises(InputError, match="published table"):
        ledger.publish(name, pa.table({"a": [1]}))


def test_a_table_may_be_handed_in(ledger: Ledger) -> None:
    ledger.load([purchases("a")], "shop")
    query = "SELECT mood FROM interactions JOIN moods USING (customer)"
    with ledger.read() as snapshot:
        moods = pa.table({"customer": ["Ana", "Ben"], "mood": ["good", "bad"]})
        assert snapshot.sql(query, {"moods": moods})["mood"].to_pylist() == ["good"]
        with pytest.raises(InputError):
            snapshot.sql(query)


@pytest.mark.parametrize(
    "query",
    [
        *(
            "SELEC 1",
            "SELECT nothing FROM interactions",
            "SELECT * FROM tables",
            "SELECT 1; SELECT",
        ),
        *(
            "SELECT strptime('x', '%Y')",
            "SELECT regexp_matches('a', '(')",
            "SELECT CAST('x' AS INT)",
        ),
    ],
)
def test_a_query_that_cannot_be_run_is_the_fault_of_the_query(ledger: Ledger, query: str) -> None:
    with ledger.read() as snapshot, pytest.raises(InputError, match="cannot be run"):
        snapshot.sql(query)


def _data_file(ledger: Ledger) -> Path:
    ledger.load([purchases("a", "b", "c")], "shop")
    seal(ledger)
    (found,) = ledger.lake.root.glob("ym=*/*.parquet")
    return found


def test_a_data_file_that_is_gone_is_told(ledger: Ledger) -> None:
    _data_file(ledger).unlink()
    with pytest.raises(StoreError, match="ledger verify"), ledger.read() as snapshot:
        snapshot.sql("SELECT * FROM interactions")


def test_a_data_file_that_goes_while_it_is_read_is_told(ledger: Ledger) -> None:
    file = _data_file(ledger)
    with ledger.read() as snapshot:
        file.unlink()
        with pytest.raises(StoreError, match="ledger verify"):
            snapshot.sql("SELECT * FROM interactions")


def test_a_data_file_cut_short_is_told(ledger: Ledger) -> None:
    file = _data_file(ledger)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(StoreError, match="ledger verify"), ledger.read() as snapshot:
        snapshot.sql("SELECT * FROM interactions")
