"""How a customer sees us over time."""

import pytest
from statsmodels.stats.weightstats import DescrStatsW

from rapport.kernel.figures import Figure
from rapport.measures.api import compute

from .handmade import handmade
from .test_first_reply_wait import Event


def scored(day: str, scale: str, score: float, **more: object) -> Event:
    fields = {"customer": "ana", "scale": scale, "score": score, **more}
    return (f"2025-{day}T10:00", "survey.answered", fields)


ANA = (
    scored("01-10", "nps", 10),  # 100
    scored("01-20", "csat5", 3),  # 50
    scored("03-05", "ces7", 1),  # 0
    scored("04-30", "stars5", 5, customer="ben"),
)


def series(*events: Event, **parameters: object) -> list[Figure]:
    return compute(
        handmade(*events),
        "perception",
        every="month",
        where=["customer = ana"],
        parameters=parameters,
    )


def test_each_month_takes_the_scores_of_the_window_before_its_end() -> None:
    # 90 days to 31 March begin on 1 January, to 30 April on 31 January.
    found = [(f.period, f.value, f.n) for f in series(*ANA)]
    assert found == [
        ("2025-01", 75.0, 2),
        ("2025-02", 75.0, 2),
        ("2025-03", 50.0, 3),
        ("2025-04", 0.0, 1),
    ]


def test_months_without_a_score_in_the_window_have_no_figure() -> None:
    later = scored("07-01", "nps", 10, customer="ben")
    assert [f.period for f in series(*ANA, later)][-1] == "2025-05"  # June looks back to 2 April


def test_a_window_of_nothing_takes_each_period_alone() -> None:
    found = [(f.period, f.value, f.n) for f in series(*ANA, window=0)]
    assert found == [("2025-01", 75.0, 2), ("2025-03", 0.0, 1)]


def test_without_periods_it_is_the_perception_now() -> None:
    [figure] = compute(
        handmade(*ANA), "perception", where=["customer = ana"], last_day="2025-04-30"
    )
    assert (figure.value, figure.n) == (0.0, 1)


def test_the_interval_is_t_and_stays_on_the_scale() -> None:
    found = {f.period: f for f in series(*ANA)}["2025-03"]
    low, high = DescrStatsW([100.0, 50.0, 0.0]).tconfint_mean()
    assert (low < 0, high > 100) == (True, True)
    assert (found.low, found.high) == (0.0, 100.0)
    many = [scored(f"01-{day}", "nps", 7 + day % 2) for day in range(10, 20)]
    [month] = series(*many)
    expected = DescrStatsW([70.0, 80.0] * 5).tconfint_mean()
    assert (month.low, month.high) == pytest.approx(expected)


def test_one_score_has_no_interval() -> None:
    [figure] = series(scored("01-10", "percent", 80))
    assert (figure.value, figure.low, figure.high) == (80.0, None, None)


def test_expectations_and_scores_of_others_are_left_out() -> None:
    events = (
        scored("01-10", "csat5", 5),
        scored("01-11", "csat5", 1, item="expectation"),
        scored("01-12", "stars5", 1, brand="Radhaven"),
    )
    assert [(f.by, f.value) for f in series(*events)] == [
        ({"brand": "Radhaven"}, 0.0),
        ({"brand": None}, 100.0),
    ]


def test_a_customer_without_scores_has_no_perception() -> None:
    [figure] = compute(handmade(*ANA), "perception", where=["customer = eva"])
    assert (figure.value, figure.n) == (None, 0)
    assert figure.note == "Too few scores to say (0 of 1)."
