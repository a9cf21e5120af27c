"""A store read from a notebook."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

import rapport
from rapport.kernel.errors import InputError
from rapport.ledger.api import create_ledger
from rapport.web.notebook import Rapport


@pytest.fixture
def shop(tmp_path: Path) -> Rapport:
    """Forty answers: thirty promoters by web, ten detractors by phone."""
    ledger = create_ledger(tmp_path)
    size = 40
    table = pa.table(
        {
            "occurred_at": pa.array(
                [datetime(2025, 1, 1, n % 24, n, tzinfo=UTC) for n in range(size)],
                pa.timestamp("us", tz="UTC"),
            ),
            "customer": [f"c{n % 5}" for n in range(size)],
            "kind": ["survey.answered"] * size,
            "scale": ["nps"] * size,
            "score": [10.0] * 30 + [0.0] * 10,
            "channel": ["web"] * 30 + ["phone"] * 10,
            "properties": ['{"seat": "12A"}'] * size,
        }
    )
    ledger.load([table], "test")
    ledger.close()
    opened: Rapport = rapport.open(tmp_path)
    return opened


def test_a_measure_comes_as_a_frame_of_any_kind(shop: Rapport) -> None:
    figures = shop.measure("nps", by="channel", parameters={"minimum_n": 1})
    assert [f.value for f in figures] == [-100.0, 100.0]
    assert figures.arrow()["n"].to_pylist() == [10, 30]
    assert figures.pandas().loc[1, "channel"] == "web"
    assert figures.polars()["value"].to_list() == [-100.0, 100.0]


def test_it_works_inside_a_running_event_loop(shop: Rapport) -> None:
    async def cell() -> float | None:
        [figure] = shop.measure("nps")
        return figure.value

    # 100 * (30 - 10) / 40
    assert asyncio.run(cell()) == 50.0


def test_interactions_are_picked_by_the_filter(shop: Rapport) -> None:
    picked = shop.interactions("channel = phone", columns=["score", "properties.seat"], limit=3)
    assert list(picked) == [{"score": 0.0, "properties.seat": "12A"}] * 3


def test_a_customers_timeline_is_a_frame(shop: Rapport) -> None:
    assert set(shop.customer("c1").arrow()["kind"].to_pylist()) == {"survey.answered"}
    assert len(shop.customer("c1")) == 8
    assert len(shop.customer("nobody")) == 0


def test_a_query_of_ones_own_runs(shop: Rapport) -> None:
    [row] = shop.sql("SELECT count(*) AS n FROM interactions")
    assert row == {"n": 40}


def test_measures_are_listed_with_their_questions(shop: Rapport) -> None:
    listed = {row["name"]: row["question"] for row in shop.measures()}
    assert listed["volume"] == "How many interactions were there?"


def test_explain_shows_the_sql(shop: Rapport) -> None:
    assert "FROM interactions AS i" in shop.explain("nps", by="channel")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_missing_library_is_named_with_how_to_get_it(
    shop: Rapport, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(InputError, match=r"rapport-cx\[notebook\]"):
        getattr(shop.measure("nps"), library)()
