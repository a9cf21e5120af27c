"""A question in SQL is answered; whatever is more than a question is not."""

import duckdb
import pyarrow as pa
import pytest

from rapport.kernel.errors import InputError, RapportError
from rapport.ledger.api import Ledger, Limits, ask_limited, create_ledger, readable
from rapport.ledger.limited.vetting import vetted
from rapport.ledger.limited.words import FUNCTIONS

RELATIONS = ("interactions", "customers")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    made = create_ledger(tmp_path_factory.mktemp("limited") / "store")
    units = ["north", "south", "south", None]
    made.load(
        [
            pa.table(
                {
                    "occurred_at": pa.array([1_700_000_000_000_000] * 4, pa.timestamp("us", "UTC")),
                    "kind": ["page.viewed"] * 4,
                    "customer": ["ana", "ben", "b2", "cem"],
                    "unit": units,
                    "text": ["n", "s", "t", "u"],
                }
            )
        ],
        "test",
    )
    made.publish("identity", pa.table({"key": ["b2"], "customer": ["ben"]}))
    people = {"key": ["ana", "ben", "cem"], "unit": ["north", "south", None]}
    made.publish("customers", pa.table(people))
    activity = {"customer": ["ben", "ben"], "unit": ["north", "south"], "interactions": [9, 2]}
    made.publish("activity", pa.table(activity))
    made.publish("words", pa.table({"customer": ["ben"], "interactions": [11]}))
    made.publish("secret", pa.table({"word": ["x"]}))
    yield made
    made.close()


def rows(ledger: Ledger, query: str, units=None, **limits) -> list[tuple[object, ...]]:
    answer = ask_limited(ledger, query, units, Limits(**limits))
    return [tuple(row.values()) for row in answer.table.to_pylist()]


def test_it_sees_the_ledger_with_the_identity_map(ledger):
    query = "SELECT customer, count(*) AS n FROM interactions GROUP BY ALL ORDER BY ALL"
    assert rows(ledger, query) == [("ana", 1), ("ben", 2), ("cem", 1)]
    assert rows(ledger, "FROM customers SELECT count(*)") == [(3,)]


def test_who_sees_some_units_sees_nothing_else(ledger):
    assert rows(ledger, "SELECT text FROM interactions ORDER BY 1", {"south"}) == [("s",), ("t",)]
    assert rows(ledger, "SELECT key FROM customers", {"south"}) == [("ben",)]
    assert rows(ledger, "SELECT count(*) FROM interactions", frozenset()) == [(0,)]
    assert rows(ledger, "SELECT interactions FROM activity", {"south"}) == [(2,)]
    assert set(readable(ledger, {"south"})) == {"interactions", "customers", "activity"}
    assert set(readable(ledger, None)) >= {"customers", "words", "secret"}
    with pytest.raises(InputError, match="no such relation"):
        rows(ledger, "SELECT * FROM secret", {"south"})


def test_a_hidden_column_is_not_there_in_any_relation(ledger):
    def asked(query: str, units=None) -> pa.Table:
        return ask_limited(ledger, query, units, hidden={"employee", "interactions"}).table

    for units in (None, {"south"}):
        assert "employee" not in asked("SELECT * FROM interactions", units).column_names
        assert asked("SELECT count(*) AS n FROM interactions", units)["n"].to_pylist() in ([4], [2])
    assert asked("FROM activity").column_names == ["customer", "unit"]
    told = readable(ledger, None, {"employee", "interactions"})
    assert not {"employee", "interactions"} & {
        name for columns in told.values() for name in columns
    }
    for wanted in ("employee", "i.employee", '"EMPLOYEE"', "COLUMNS('employee')"):
        with pytest.raises(InputError):
            asked(f"SELECT {wanted} FROM interactions AS i")


@pytest.mark.parametrize(
    "query",
    [
        "WITH a AS (SELECT kind FROM interactions) SELECT count(*) FROM a JOIN a AS b USING (kind)",
        "SELECT i.unit, sum(score) OVER (PARTITION BY unit) FROM interactions i",
        "SELECT * EXCLUDE (id) FROM interactions WHERE text ILIKE '%a%' LIMIT 3;",
        "SELECT date_trunc('month', occurred_at) m, avg(score) FROM interactions GROUP BY 1",
        "SELECT quantile_cont(score, 0.5) FROM interactions HAVING count(*) > 1 UNION ALL SELECT 1",
        "SELECT r.range FROM range(3) AS r",
        "SELECT CASE WHEN score > 3 THEN 'a' ELSE 'b' END FROM interactions",
        "SELECT CAST(score AS DECIMAL(8, 2)), score::INT FROM interactions",
        "SELECT json_extract_string(properties, '$.a'), properties ->> 'b' FROM interactions",
        "SELECT count(*) FILTER (WHERE kind IN ('a')) FROM interactions WHERE NOT (score > 2) -- ;",
        "SELECT strftime(occurred_at, '%Y'), regexp_matches(text, 'a') FROM interactions",
        "SELECT string_agg(kind, ',' ORDER BY t) FROM interactions GROUP BY ALL",
        "SELECT kind FROM interactions WHERE customer IN (SELECT key FROM customers)",
        "SELECT unnest([1, 2]) AS x",
        "SELECT median(score), approx_count_distinct(customer), arg_max(text, t) FROM interactions",
    ],
)
def test_what_analysts_ask_is_answered(ledger, query):
    rows(ledger, query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM READ_CSV_AUTO('/etc/passwd', header = false)",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        'SELECT * FROM "/etc/passwd"',
        "SELECT * FROM read_parquet('lake/*/*.parquet')",
        "SELECT * FROM parquet_scan('x.parquet')",
        "SELECT * FROM glob('/*')",
        "SELECT content FROM read_blob('/etc/passwd')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM sqlite_scan('rapport.sqlite3', 'office_user')",
        "SELECT getenv('HOME')",
        "SELECT \"getenv\"('HOME')",
        "SELECT getvariable('x')",
        "SELECT current_setting('temp_directory')",
        "SELECT sleep_ms(1000)",
        "SELECT write_log('x')",
        "SELECT repeat('x', 1000000000)",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('lake')",
        "SELECT * FROM query_table(['interactions'])",
        "SELECT * FROM json_execute_serialized_sql('{}')",
        "SELECT * FROM duckdb_views()",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM pragma_table_info('interactions')",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM pg_catalog.pg_class",
        "SELECT * FROM duckdb_views",
        "SELECT * FROM lake",
        "SELECT * FROM stored",
        "SELECT * FROM journal_tail",
        "SELECT * FROM identity",
        "SELECT * FROM main.interactions",
        "SELECT * FROM memory.main.interactions",
        "SELECT (SELECT count(*) FROM lake) FROM interactions",
        "WITH lake AS (SELECT 1) SELECT * FROM lake UNION ALL (SELECT * FROM stored)",
        "(WITH stored AS (SELECT 1) SELECT * FROM stored) UNION ALL SELECT * FROM stored",
        "SELECT 1; SELECT 2",
        "SELECT 1; COPY interactions TO '/tmp/x'",
        "COPY (SELECT 1) TO '/tmp/x.csv'",
        "COPY interactions FROM '/etc/passwd'",
        "ATTACH '/tmp/x.db'",
        "ATTACH ':memory:' AS x",
        "DETACH memory",
        "USE memory",
        "PRAGMA database_list",
        "PRAGMA table_info('interactions')",
        "SET memory_limit = '100GB'",
        "RESET memory_limit",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CALL duckdb_views()",
        "CREATE TABLE x AS SELECT 1",
        "CREATE OR REPLACE VIEW interactions AS SELECT 1",
        "CREATE MACRO f() AS 1",
        "DROP VIEW interactions",
        "INSERT INTO customers VALUES ('x')",
        "UPDATE customers SET unit = 'x'",
        "DELETE FROM customers",
        "TRUNCATE customers",
        "ALTER TABLE customers ADD COLUMN x INT",
        "EXPORT DATABASE '/tmp/x'",
        "IMPORT DATABASE '/tmp/x'",
        "CHECKPOINT",
        "VACUUM",
        "EXPLAIN ANALYZE SELECT 1",
        "DESCRIBE interactions",
        "SHOW TABLES",
        "SHOW ALL TABLES",
        "SUMMARIZE interactions",
        "SELECT * FROM (DESCRIBE interactions)",
        "SELECT * FROM (SHOW TABLES)",
        "SELECT * FROM (SUMMARIZE interactions)",
        "PREPARE x AS SELECT 1",
        "EXECUTE x",
        "SELECT ?",
        "SELECT $1",
        "SELECT * INTO x FROM interactions",
        "WITH x AS (INSERT INTO customers VALUES ('x') RETURNING *) SELECT * FROM x",
        "BEGIN",
        "SELECT/**/*/**/FROM/**/read_csv/**/('/etc/passwd')",
        "SELECT * FROM read_csv -- '\n('/etc/passwd')",
        "SELECT * FROM ｒead_csv('/etc/passwd')",
        "SELECT * FROM \u202eread_csv('/etc/passwd')",
        "SELECT * FROM read\u200b_csv('/etc/passwd')",
        "SELECT * FROM\u00a0read_csv('/etc/passwd')",
        "SELECT '/etc/passwd'.read_text()",
        "SELECT 'HOME'.getenv()",
        "SELECT list_aggregate([1], 'getenv')",
        "SELECT * FROM interactions AS i, LATERAL read_csv(i.text)",
        "SELECT * FROM interactions POSITIONAL JOIN lake",
        "PIVOT lake ON unit USING count(*)",
        "FROM lake",
        "TABLE lake",
        "VALUES (getenv('HOME'))",
        "SELECT 'a' || (SELECT content FROM read_text('/etc/passwd'))",
        "",
        "   ;  ",
        "-- nothing",
        "not sql at all",
        "SELECT '" + "x" * 20_000 + "'",
        "SELECT " + "(" * 4_000 + "1" + ")" * 4_000,
        "\x00",
        "SELECT 'unfinished",
    ],
)
def test_whatever_is_more_than_a_question_is_refused(query):
    with pytest.raises(InputError):
        vetted(query, RELATIONS)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY (SELECT 1) TO '{home}/stolen.csv'",
        "ATTACH '{home}/rapport.sqlite3' AS other (TYPE sqlite)",
        "ATTACH '{home}/new.db'",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "INSTALL httpfs",
        "EXPORT DATABASE '{home}/out'",
    ],
)
def test_behind_the_first_wall_stands_a_second(ledger, monkeypatch, query):
    monkeypatch.setattr("rapport.ledger.limited.asking.vetted", lambda text, _relations: text)
    with pytest.raises(RapportError):
        rows(ledger, query.replace("{home}", str(ledger.home)))
    assert not (ledger.home / "stolen.csv").exists()


def test_what_runs_for_ever_is_stopped_and_the_next_is_answered(ledger):
    with pytest.raises(InputError, match="too long and was stopped"):
        rows(
            ledger,
            "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c "
            "WHERE a.range + c.range < -b.range",
            seconds=3.0,
        )
    assert rows(ledger, "SELECT 1") == [(1,)]


def test_what_fills_the_memory_is_refused_and_the_next_is_answered(ledger):
    doubling = "SELECT s || s AS s FROM (" * 34 + "SELECT 'xxxxxxxxxxxxxxxx' AS s" + ")" * 34
    for query in (doubling, "SELECT list(range) FROM range(1000000000)"):
        with pytest.raises(InputError):
            rows(ledger, query, memory_bytes=256 * 1024**2)
    assert rows(ledger, "SELECT 1") == [(1,)]


def test_an_answer_is_cut_at_its_rows_and_bytes(ledger):
    cut = ask_limited(ledger, "SELECT * FROM range(100)", None, Limits(rows=7))
    assert (cut.table.num_rows, cut.is_cut) == (7, True)
    whole = ask_limited(ledger, "SELECT * FROM range(7)", None, Limits(rows=7))
    assert (whole.table.num_rows, whole.is_cut) == (7, False)
    wide = ask_limited(ledger, "SELECT * FROM range(100000)", None, Limits(rows=10**6, bytes=9_000))
    assert wide.is_cut
    assert wide.table.num_rows < 100_000


def test_the_engine_s_word_for_what_is_wrong_is_passed_on(ledger):
    with pytest.raises(InputError) as told:
        rows(ledger, "SELECT nowhere FROM interactions")
    assert "nowhere" in str(told.value)


def test_every_function_that_is_let_through_is_known_and_harmless():
    known = duckdb.sql("SELECT function_name, function_type FROM duckdb_functions()").fetchall()
    kinds = {}
    for name, kind in known:
        kinds.setdefault(name, set()).add(kind)
    grammar = {"coalesce", "extract", "ifnull", "interval", "if", "listagg", "grouping"}
    grammar |= {"initcap", "percentile_cont", "percentile_disc", "width_bucket", "position", "date"}
    assert FUNCTIONS - kinds.keys() <= grammar
    tables = {name for name in FUNCTIONS if kinds.get(name, set()) & {"table", "pragma"}}
    assert tables <= {"range", "generate_series", "unnest"}
