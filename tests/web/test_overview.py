"""The first page asks the ledger once and stores what it heard."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from rapport.customers.api import DERIVED
from rapport.ledger.api import Ledger, create_ledger
from rapport.measures.api import all_measures
from rapport.web import overview as page
from rapport.web.cards import card_of
from rapport.web.stored import StoredFigures

LAST = dt.date(2026, 10, 31)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return create_ledger(tmp_path)


@pytest.fixture
def stored(tmp_path: Path) -> StoredFigures:
    return StoredFigures(tmp_path)


def answers(scores: list[int], *, programme: str = "relational", **fields: object) -> pa.Table:
    """One answer a day, the last on the last day of the data."""
    days = [LAST - dt.timedelta(n) for n in range(len(scores))]
    rows = [
        {
            "occurred_at": dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC),
            "kind": "survey.answered",
            "customer": f"c{n}",
            "programme": programme,
            "score": float(score),
            "scale": "nps",
            "item": "recommend",
        }
        | fields
        for n, (day, score) in enumerate(zip(days, scores, strict=True))
    ]
    return pa.Table.from_pylist(rows)


def nps(ledger: Ledger, stored: StoredFigures) -> list[page.Series]:
    found = page.overview(ledger, stored).answers
    return next(answer.series for headline, answer in found if headline.measure == "nps")


def test_every_headline_is_a_measure():
    assert {headline.measure for headline in page.HEADLINES} <= set(all_measures())


def test_an_empty_ledger_has_no_last_day(ledger, stored):
    found = page.overview(ledger, stored)
    assert (found.extent.interactions, found.extent.last_day) == (0, None)


def test_the_large_figure_looks_back_ninety_days_from_the_last_day_of_the_data(ledger, stored):
    ledger.load([answers([10] * 90 + [0] * 90)], "test")
    (series,) = nps(ledger, stored)
    assert (series.now.value, series.now.n) == (100.0, 90)
    assert (series.before.value, series.before.n) == (-100.0, 90)


def test_programmes_have_cards_of_their_own_the_most_asked_first(ledger, stored):
    ledger.load([answers([10] * 40), answers([0] * 60, programme="delivery")], "test")
    found = nps(ledger, stored)
    assert [s.now.programme for s in found] == ["delivery", "relational"]


def test_a_competitors_scores_are_not_ours(ledger, stored):
    ledger.load([answers([10] * 40), answers([0] * 60, brand="Radhaven")], "test")
    (series,) = nps(ledger, stored)
    assert (series.now.value, series.now.n) == (100.0, 40)


def test_too_few_answers_bring_the_sentence_instead_of_a_value(ledger, stored):
    ledger.load([answers([10] * 7)], "test")
    (card,) = card_of(page.Headline("nps", 90), page.Answer(nps(ledger, stored)))
    assert card.value is None
    assert card.note is not None
    assert card.note.startswith("Too few answers to say (7 of ")


def test_stored_figures_are_shown_though_newer_interactions_came(ledger, stored):
    ledger.load([answers([10] * 40)], "test")
    first = nps(ledger, stored)
    ledger.load([answers([0] * 60)], "more")
    assert nps(ledger, stored) == first


def test_the_worker_brings_figures_to_the_state_of_the_ledger_once(ledger, stored):
    ledger.load([answers([10] * 40)], "test")
    page.overview(ledger, stored)
    ledger.load([answers([0] * 60)], "more")
    assert page.refresh(ledger, stored)
    assert nps(ledger, stored)[0].now.n == 100
    assert not page.refresh(ledger, stored)


def test_a_table_made_of_the_ledger_makes_no_figure_old(ledger, stored):
    ledger.load([answers([10] * 40)], "test")
    page.refresh(ledger, stored)
    for name in DERIVED:
        ledger.publish(name, pa.table({"customer": ["c1"]}))
    assert not page.refresh(ledger, stored)


def test_how_far_the_data_reach_is_told_without_a_figure_being_computed(ledger, stored):
    ledger.load([answers([10] * 40)], "test")
    found = page.ground(ledger, stored)
    assert (found.extent.last_day, found.choices.values["channel"]) == (LAST.isoformat(), [])
    assert page.refresh(ledger, stored)


def test_whether_something_came_since_figures_were_counted_is_known(ledger, stored):
    assert page.counted_at(ledger, stored) is None
    ledger.load([answers([10] * 40)], "test")
    page.refresh(ledger, stored)
    at, is_all = page.counted_at(ledger, stored)
    assert is_all
    ledger.load([answers([0] * 60)], "more")
    assert page.counted_at(ledger, stored) == (at, False)


def test_months_end_with_the_last_whole_one(ledger, stored):
    ledger.load([answers([10] * 400)], "test")
    (series,) = nps(ledger, stored)
    assert [f.first_day for f in series.months] == sorted(f.first_day for f in series.months)
    assert (series.months[0].first_day, series.months[-1].last_day) == ("2025-11-01", "2026-10-31")


def test_the_latest_words_are_shown_once_and_never_a_competitors(ledger):
    ledger.load(
        [
            answers([10] * 3, text="It came a day early."),
            answers([1], text="Their shop was closed.", brand="Radhaven"),
        ],
        "test",
    )
    with ledger.read() as snapshot:
        found = page.latest_comments(snapshot, LAST.isoformat())
    assert [(c.text, c.day) for c in found] == [("It came a day early.", "2026-10-31")]


def test_no_words_of_customers_are_stored_beside_the_ledger(ledger, stored, tmp_path):
    ledger.load([answers([10] * 40, text="Ana was wonderful to us.")], "test")
    page.overview(ledger, stored)
    files = list((tmp_path / "figures").iterdir())
    assert files
    assert not [f for f in files if b"Ana" in f.read_bytes()]
