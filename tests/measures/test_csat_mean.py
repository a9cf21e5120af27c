"""Satisfaction as a mean."""

import numpy as np
import pytest
from scipy import stats

from rapport.measures.api import compute

from .handmade import handmade


def answers(*scores: float) -> list[tuple[str, str, dict[str, object]]]:
    return [
        ("2025-01-10T10:00", "survey.answered", {"scale": "csat5", "score": float(s), "channel": c})
        for s, c in zip(scores, "ab" * len(scores), strict=False)
    ]


def test_it_is_the_mean_answer() -> None:
    [figure] = compute(handmade(*answers(1, 2, 3, 4, 5)), "csat_mean", parameters={"minimum_n": 1})
    assert (figure.value, figure.n) == (3.0, 5)


def test_interval_is_that_of_scipy_for_the_same_answers() -> None:
    scores = np.random.default_rng(4).integers(1, 6, 200)
    found = compute(handmade(*answers(*scores)), "csat_mean", by=["channel"])
    for figure, part in zip(found, (scores[::2], scores[1::2]), strict=True):
        low, high = stats.t.interval(0.95, len(part) - 1, part.mean(), stats.sem(part))
        assert (figure.low, figure.high) == pytest.approx((low, high), abs=1e-12)


def test_answers_outside_the_scale_do_not_count() -> None:
    [figure] = compute(handmade(*answers(3, 3, 6, 0)), "csat_mean", parameters={"minimum_n": 1})
    assert (figure.value, figure.n) == (3.0, 2)
