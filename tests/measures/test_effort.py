"""How easy customers found it."""

from rapport.measures.api import compute

from .handmade import handmade


def answers(*scores: float) -> list[tuple[str, str, dict[str, object]]]:
    return [
        ("2025-01-10T10:00", "survey.answered", {"scale": "ces7", "score": float(s)})
        for s in scores
    ]


def test_it_is_the_mean_and_brings_the_share_of_easy() -> None:
    # Mean of 7, 6, 5, 2 is 5; easy from 5 on: three of four.
    [figure] = compute(handmade(*answers(7, 6, 5, 2)), "effort", parameters={"minimum_n": 1})
    assert (figure.value, figure.extra["easy_share"]) == (5.0, 0.75)


def test_too_few_answers_hide_their_parts_too() -> None:
    [figure] = compute(handmade(*answers(7, 6)), "effort")
    assert (figure.value, dict(figure.extra)) == (None, {})
