"""Each measure, by channel and month, against SQL written by hand for the same engine and files.

The peers lie in `peers/<measure>.sql`. They read `everything` (the lake's files and the journal's
tail) and, where these matter, `identity` and `annotations`; they give back the figures' keys,
value and n, and where the engine must find them (order statistics) low and high. Both answers are
compared before anything is timed.
"""

import math
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.annotated import annotate_texts
from bench.processes import StepError, medians_in_turn, peak_memory, step
from bench.results import Row, Section, against_peer, count, growth
from bench.store import prepared

if TYPE_CHECKING:
    import duckdb

    from rapport.kernel.figures import Figure
    from rapport.ledger.api import Ledger

PEERS = Path(__file__).with_name("peers")
BY, EVERY = "channel", "month"
MOST_RATIO = 1.5
SAME_ANSWER = "same answer"
MOST_OVER_LINEAR = 1.2
_TOLERANCE = 1e-9
KEYS = (
    *("channel", "programme", "brand", "currency", "recency", "frequency", "monetary"),
    *("age", "model", "version"),
)

Key = tuple[str, ...]
Answer = dict[Key, Mapping[str, Any]]


def measure(home: Path, sizes: Iterable[int], runs: int, names: Iterable[str]) -> Section:
    """Time the measures on stores of these sizes; without names all of them."""
    section = Section("measures")
    wanted = sorted(names) or measure_names()
    stores = [prepared(home, size) for size in sorted(sizes)]
    for name in wanted:
        done = []
        for folder, rows in stores:
            largest = folder == stores[-1][0]
            seconds = _one(section, name, folder, rows, runs, judged=largest)
            done += [] if seconds is None else [(float(rows), seconds)]
        if len(done) > 1:
            section.rows.append(growth(name, done[0], done[-1], MOST_OVER_LINEAR))
    section.remarks.append(
        "Ours is the whole call of `compute(snapshot, name, by=['channel'], every='month')`, "
        "figures with their intervals as Python values. The peer is bench/peers/<measure>.sql on "
        "the same engine, fetched as Python rows, without intervals (but with the order "
        "statistics where there are quantiles). Every value and n agreed to 1e-9 before timing. "
        "Ratios are judged at the largest size. "
        "Memory is the peak of the process when ours had run once."
    )
    return section


def measure_names() -> list[str]:
    """The measures that have a peer; a test sees that all have one."""
    return sorted(path.stem for path in PEERS.glob("*.sql"))


def _one(
    section: Section, name: str, folder: Path, rows: int, runs: int, *, judged: bool
) -> float | None:
    size = count(rows)
    try:
        took = step("measures:time_one", folder=str(folder), name=name, runs=runs)
    except StepError as error:
        section.rows.append(Row(name, size, target=SAME_ANSWER, ok=False))
        section.remarks.append(f"{name} at {size}: {str(error).splitlines()[-1]}")
        return None
    ours, peer, memory = took["ours"], took["peer"], took["memory"]
    # Small stores are there for growth: what a call costs by itself weighs too much in them.
    section.rows.append(
        against_peer(name, size, ours, peer, MOST_RATIO, memory)
        if judged
        else Row(name, size, ours, peer, memory=memory)
    )
    return float(ours)


def time_one(folder: str, name: str, runs: int) -> dict[str, float]:
    """Compare the answers of a measure and its peer, then time both in turn."""
    from rapport.ledger.api import ANNOTATIONS, open_ledger  # noqa: PLC0415
    from rapport.measures.api import all_measures, compute  # noqa: PLC0415

    ledger = open_ledger(Path(folder))
    if ANNOTATIONS in all_measures()[name].reads:
        annotate_texts(ledger)
    with ledger.read() as snapshot:
        ours = partial(compute, snapshot, name, by=[BY], every=EVERY, parameters={"minimum_n": 0})
        figures = ours()
        memory = peak_memory()
        bench = peer_bench(ledger)
        peer = partial(peer_rows, bench, peer_sql(name))
        found = differences(of_figures(figures), of_rows(peer()))
        if found:
            raise StepError(f"{len(found)} figures differ, such as {found[0]}")
        our_seconds, peer_seconds = medians_in_turn(runs, ours, peer)
    return {"ours": our_seconds, "peer": peer_seconds, "memory": memory, "figures": len(figures)}


def peer_sql(name: str) -> str:
    """The hand-written SQL of a measure."""
    return (PEERS / f"{name}.sql").read_text(encoding="utf-8")


def peer_bench(ledger: "Ledger") -> "duckdb.DuckDBPyConnection":
    """The ledger's own engine with the relations that peers read, made without the ledger's views.

    The rooms' insides are used on purpose: a peer must read the very files and tail.
    """
    import pyarrow as pa  # noqa: PLC0415

    from rapport.ledger import frames  # noqa: PLC0415
    from rapport.ledger.schema import EMPTY  # noqa: PLC0415

    bench = ledger.bench.cursor()
    bodies = ledger.database.rows("SELECT body FROM ledger_journal ORDER BY batch")
    told = pa.concat_tables([EMPTY, *(frames.from_bytes(body) for (body,) in bodies)])
    bench.register("told", told)
    # A table of the engine's: DuckDB 1.5 cannot push every join's filter into Arrow.
    bench.execute("CREATE TEMP TABLE tail AS SELECT * FROM told")
    bench.unregister("told")
    lake = ledger.lake
    files = [str(lake.root / file.path) for file in lake.files(ledger.lake_version())]
    # The list is ours and holds no quotes.
    read = f"SELECT * FROM read_parquet({files!r}, hive_partitioning = false) UNION ALL BY NAME "
    bench.execute(f"CREATE TEMP VIEW everything AS {read if files else ''} SELECT * FROM tail")
    for name, file in ledger.database.rows("SELECT name, file FROM ledger_published"):
        path = ledger.home / "published" / file
        bench.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM read_parquet('{path}')")
    return bench


def peer_rows(bench: "duckdb.DuckDBPyConnection", sql: str) -> list[dict[str, Any]]:
    """Run a peer's SQL; its rows by column name."""
    answer = bench.execute(sql)
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def of_figures(figures: "Iterable[Figure]") -> Answer:
    """Our figures by their keys."""
    answer: Answer = {}
    for figure in figures:
        own = {"programme": figure.programme, "currency": _currency(figure), **figure.by}
        key = (figure.first_day[:7], *(_text(own.get(name)) for name in KEYS))
        assert key not in answer, key
        answer[key] = {
            "value": figure.value,
            "n": figure.n,
            "low": figure.low,
            "high": figure.high,
        }
    return answer


def _currency(figure: "Figure") -> str | None:
    """The unit of money is its currency; other units are words in small letters."""
    return figure.unit if len(figure.unit) == len("EUR") and figure.unit.isupper() else None


def of_rows(rows: Iterable[Mapping[str, Any]]) -> Answer:
    """A peer's rows by their keys; `month` counts from 1970-01."""
    answer: Answer = {}
    for row in rows:
        month = f"{1970 + row['month'] // 12:04d}-{row['month'] % 12 + 1:02d}"
        key = (month, *(_text(row.get(name)) for name in KEYS))
        assert key not in answer, key
        answer[key] = row
    return answer


def _text(value: object) -> str:
    return "" if value is None else str(value)


def differences(ours: Answer, peer: Answer) -> list[str]:
    """What the two answers do not agree on, in a line each."""
    found = [f"{key}: only {'ours' if key in ours else 'the peer'}" for key in ours.keys() ^ peer]
    for key in ours.keys() & peer.keys():
        found += [
            f"{key}: {name} {ours[key][name]}, peer {peer[key][name]}"
            for name in ("value", "n", "low", "high")
            if name in peer[key] and not _same(ours[key][name], peer[key][name])
        ]
    return found


def _same(ours: float | None, peer: object) -> bool:
    if ours is None or peer is None:
        return ours is None and peer is None
    return math.isclose(ours, float(str(peer)), rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
