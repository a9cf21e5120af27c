"""The Net Promoter Score as a measure; its formula is tested with the methods."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.measures.api import compute

from .handmade import handmade


def answers(*scores: float, **fields: object) -> list[tuple[str, str, dict[str, object]]]:
    """One answer for each score, all in January 2025."""
    return [
        ("2025-01-10T10:00", "survey.answered", {"scale": "nps", "score": float(s), **fields})
        for s in scores
    ]


def test_score_is_promoters_less_detractors_in_points() -> None:
    # 20 promoters, 10 passives, 10 detractors of 40: 100 * (20 - 10) / 40.
    [figure] = compute(handmade(*answers(*[10] * 20, *[8] * 10, *[0] * 10)), "nps")
    assert (figure.value, figure.n, figure.unit) == (25.0, 40, "points")
    assert figure.extra["promoter_share"] == 0.5


def test_interval_is_that_of_rocks_2016(shared: Path) -> None:
    [figure] = compute(handmade(*answers(*[10] * 15, *[7] * 14, *[3] * 7)), "nps")
    cases = json.loads((shared / "reference" / "nps.json").read_text())["cases"]
    [case] = [case for case in cases if case["id"] == "nps_wald_7_14_15"]
    assert figure.low == pytest.approx(100 * case["expected"]["adjusted_wald_3T"]["lo"], abs=1e-4)


def test_answers_on_other_scales_and_outside_do_not_count() -> None:
    others = answers(5, 5, scale="csat5") + answers(11, -1)
    [figure] = compute(handmade(*answers(*[9] * 30), *others), "nps")
    assert (figure.value, figure.n) == (100.0, 30)


def test_programmes_never_mix() -> None:
    snapshot = handmade(
        *answers(*[10] * 30, programme="yearly"), *answers(*[0] * 30, programme="delivery")
    )
    found = compute(snapshot, "nps")
    assert [(f.programme, f.value) for f in found] == [("delivery", -100.0), ("yearly", 100.0)]


def test_programmes_mix_when_asked() -> None:
    snapshot = handmade(
        *answers(*[10] * 30, programme="yearly"), *answers(*[0] * 30, programme="delivery")
    )
    [figure] = compute(snapshot, "nps", mix=True)
    assert (figure.programme, figure.value) == (None, 0.0)


def test_a_competitors_answers_are_kept_apart() -> None:
    snapshot = handmade(*answers(*[10] * 30), *answers(*[0] * 30, brand="Acme"))
    found = compute(snapshot, "nps")
    assert [(f.by["brand"], f.value) for f in found] == [("Acme", -100.0), (None, 100.0)]


def test_too_few_answers_give_no_value_but_say_how_many() -> None:
    [figure] = compute(handmade(*answers(*[10] * 7)), "nps")
    assert (figure.value, figure.low, figure.n) == (None, None, 7)
    assert figure.note == "Too few answers to say (7 of 30)."


def test_weights_count_an_answer_as_often() -> None:
    # A promoter of weight 3 against a detractor of weight 1: 100 * (3 - 1) / 4.
    snapshot = handmade(
        *answers(*[10] * 20, properties={"w": 3}), *answers(*[0] * 20, properties={"w": 1})
    )
    [figure] = compute(snapshot, "nps", weight="properties.w")
    assert (figure.value, figure.n) == (50.0, 40)
    # Kish: (20 * 3 + 20)^2 / (20 * 9 + 20).
    assert figure.extra["effective_n"] == 32.0


def test_unusable_weights_are_left_out_and_counted() -> None:
    good = answers(*[10] * 30, properties={"w": 1})
    bad = answers(0, properties={"w": -1}) + answers(0, properties={"w": "many"}) + answers(0)
    [figure] = compute(handmade(*good, *bad), "nps", weight="properties.w")
    assert (figure.value, figure.n) == (100.0, 30)
    assert figure.note == "Left out without a usable weight: 3."


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 10), st.sampled_from("ab")), min_size=1, max_size=60))
def test_it_equals_plain_counting(given_answers: list[tuple[int, str]]) -> None:
    events = [event for s, c in given_answers for event in answers(s, channel=c)]
    found = compute(handmade(*events), "nps", by=["channel"], parameters={"minimum_n": 1})
    for figure in found:
        scores = [s for s, channel in given_answers if channel == figure.by["channel"]]
        kinds = Counter("p" if s >= 9 else "d" if s <= 6 else "-" for s in scores)
        assert figure.value is not None
        assert abs(figure.value - 100 * (kinds["p"] - kinds["d"]) / len(scores)) < 1e-9
