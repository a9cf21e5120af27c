"""The hand-written SQL of the benchmark is a second opinion on every measure."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from bench.annotated import annotate_texts
from bench.measures import (
    differences,
    measure_names,
    of_figures,
    of_rows,
    peer_bench,
    peer_rows,
    peer_sql,
)
from rapport.demo.api import COMPANY, CURRENCY, ZONE, company
from rapport.ledger.api import Ledger, Settings, create_ledger
from rapport.measures.api import all_measures, compute

from .tangled import tangled


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A small company in lake and journal among tangled rows, guests mapped, texts annotated."""
    made = company(900, seed=3)
    plain = pa.concat_tables(made.interactions())
    last: datetime = pc.max(plain["occurred_at"]).as_py()
    # Two customers under both of their names.
    known = [name for row in made.identity().to_pylist()[:2] for name in row.values()]
    odd = tangled(Random(3), 12_000, last.replace(minute=0, second=0, microsecond=0), known)
    whole = pa.concat_tables([plain, pa.Table.from_pylist(odd, plain.schema)])
    home: Path = tmp_path_factory.mktemp("peers") / "home"
    opened = create_ledger(home, Settings(COMPANY, ZONE, 0, CURRENCY))
    cut = whole.num_rows - 5_000
    assert cut > 20_000, "the first part must be large enough for the lake"
    opened.load([whole.slice(0, cut)], "demo")
    opened.load([whole.slice(cut)], "demo")
    opened.publish("identity", made.identity())
    annotate_texts(opened)
    yield opened
    opened.close()


def test_every_measure_has_a_peer() -> None:
    assert measure_names() == sorted(all_measures())


@pytest.mark.parametrize("name", sorted(all_measures()))
def test_measure_and_hand_written_sql_agree(ledger: Ledger, name: str) -> None:
    with ledger.read() as snapshot:
        figures = compute(
            snapshot, name, by=["channel"], every="month", parameters={"minimum_n": 0}
        )
    peer = of_rows(peer_rows(peer_bench(ledger), peer_sql(name)))
    assert len(peer) > 1
    assert differences(of_figures(figures), peer) == []


def test_a_peer_that_counts_otherwise_is_noticed() -> None:
    ours = {("2026-01", "web"): {"value": 2.0, "n": 3, "low": None, "high": None}}
    peer = {("2026-01", "web"): {"value": 2.0, "n": 4}, ("2026-02", "web"): {"value": 1, "n": 1}}
    told = differences(ours, peer)
    assert len(told) == 2
    assert "only the peer" in told[0]
    assert "n 3, peer 4" in told[1]
