"""Satisfaction as the share of good answers."""

import pytest
from statsmodels.stats.proportion import proportion_confint

from rapport.measures.api import compute

from .handmade import handmade


def answers(
    scale: str, *scores: float, **fields: object
) -> list[tuple[str, str, dict[str, object]]]:
    return [
        ("2025-01-10T10:00", "survey.answered", {"scale": scale, "score": float(s), **fields})
        for s in scores
    ]


def test_it_is_the_share_of_the_two_best_boxes() -> None:
    # 4 and 5 are good: 7 of 10.
    [figure] = compute(handmade(*answers("csat5", 5, 5, 5, 4, 4, 4, 4, 3, 2, 1)), "csat")
    assert (figure.value, figure.n, figure.unit) == (0.7, 10, "share")


def test_interval_is_that_of_statsmodels_wilson() -> None:
    [figure] = compute(handmade(*answers("csat5", *[5] * 70, *[1] * 30)), "csat")
    low, high = proportion_confint(70, 100, method="wilson")
    assert figure.low is not None
    assert figure.high is not None
    assert abs(figure.low - low) + abs(figure.high - high) < 1e-12


def test_another_scale_has_another_top_box() -> None:
    # On seven points 6 and 7 are good.
    snapshot = handmade(*answers("csat7", 7, 6, 5, 5), *answers("csat5", 1, 1, 1))
    [figure] = compute(snapshot, "csat", parameters={"scale": "csat7", "minimum_n": 1})
    assert (figure.value, figure.n) == (0.5, 4)


def test_stars_of_reviews_count_with_their_own_scale() -> None:
    review = ("2025-01-10T10:00", "review.posted", {"scale": "stars5", "score": 4.5})
    [figure] = compute(handmade(review), "csat", parameters={"scale": "stars5", "minimum_n": 1})
    assert figure.value == 1.0


def test_weights_move_the_share() -> None:
    snapshot = handmade(
        *answers("csat5", 5, properties={"w": 3}), *answers("csat5", 1, properties={"w": 1})
    )
    [figure] = compute(snapshot, "csat", weight="properties.w", parameters={"minimum_n": 1})
    assert (figure.value, figure.n) == (pytest.approx(0.75), 2)
