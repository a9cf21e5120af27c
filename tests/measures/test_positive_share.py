"""The share of positive interactions, by a definition that can be adjusted."""

import pytest

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Figure
from rapport.kernel.scales import SCALES
from rapport.measures.api import compute
from rapport.measures.definitions.positive_share import ASPECTS

from .handmade import HandmadeSnapshot, handmade
from .test_first_reply_wait import ONE, Event, asks, replies


def said(scale: str, *scores: float, **more: object) -> list[Event]:
    return [
        ("2025-01-10T10:00", "survey.answered", {"scale": scale, "score": float(s), **more})
        for s in scores
    ]


def positive(snapshot: HandmadeSnapshot, **parameters: object) -> Figure:
    [figure] = compute(snapshot, "positive_share", parameters={**ONE, **parameters})
    return figure


SATISFIED = said("csat5", 5, 4, 3, 1)  # two of four
EASY = said("ces7", 7, 5, 2)  # two of three
FAVOURABLE = [  # two of three
    *said("nps", 9, 8),
    ("2025-01-10T11:00", "review.posted", {"scale": "stars5", "score": 4.0}),
]
QUICK = [  # one of two
    asks("2025-01-06T10:00", "A"),
    replies("2025-01-06T12:00", "A"),
    asks("2025-01-06T10:00", "B"),
    replies("2025-01-08T10:00", "B"),
]
ALL = (*SATISFIED, *EASY, *FAVOURABLE, *QUICK)


def test_all_four_marks_count_as_their_own_scales_say() -> None:
    figure = positive(handmade(*ALL))
    assert (figure.value, figure.n) == (7 / 12, 12)
    parts = {a: (figure.extra[f"{a}_share"], figure.extra[f"{a}_n"]) for a in (*ASPECTS, "quick")}
    assert parts == {
        "service": (2 / 4, 4),
        "easy": (2 / 3, 3),
        "favourable": (2 / 3, 3),
        "quick": (1 / 2, 2),
    }


def test_what_is_good_can_be_set_for_each_mark() -> None:
    assert positive(handmade(*SATISFIED), service="0.5").value == 3 / 4
    assert positive(handmade(*EASY), easy="1").value == 1 / 3
    assert positive(handmade(*FAVOURABLE), favourable="0.8").value == 2 / 3
    assert positive(handmade(*QUICK), quick="1").value == 0.0
    # A share is read as people write it: 5/6 of the scale is 6 of 1 to 7.
    assert positive(handmade(*said("csat7", 6)), service="0.8333").value == 1.0


def test_a_mark_can_be_left_out() -> None:
    figure = positive(handmade(*ALL), quick="off", easy="off", favourable="off")
    assert (figure.value, figure.n) == (0.5, 4)
    assert "easy_share" not in figure.extra


def test_expectations_are_no_experience() -> None:
    asked = said("csat7", 7, 7, item="expectation")
    assert positive(handmade(*SATISFIED, *asked)).n == 4
    assert positive(handmade(*SATISFIED, *asked), leave_out="").n == 6


def test_scores_outside_their_scale_and_without_one_are_not_judged() -> None:
    odd = [*said("csat5", 9), *said("unheard", 5), ("2025-01-10T10:00", "page.viewed", {})]
    assert positive(handmade(*SATISFIED, *odd)).n == 4


def test_a_competitor_is_kept_apart() -> None:
    theirs = said("stars5", 5, 5, brand="Radhaven")
    found = compute(handmade(*SATISFIED, *theirs), "positive_share", parameters=ONE)
    assert [(f.by, f.value) for f in found] == [
        ({"brand": "Radhaven"}, 1.0),
        ({"brand": None}, 0.5),
    ]


@pytest.mark.parametrize("parameter", ["service", "quick"])
def test_a_threshold_that_is_none_is_refused(parameter: str) -> None:
    with pytest.raises(InputError, match=f"parameter {parameter} cannot be 'often'"):
        positive(handmade(*ALL), **{parameter: "often"})
    with pytest.raises(InputError, match="cannot be '-1'"):
        positive(handmade(*ALL), **{parameter: "-1"})


def test_every_scale_tells_of_one_mark() -> None:
    named = [scale for scales in ASPECTS.values() for scale in scales]
    assert sorted(named) == sorted(SCALES)


def test_too_few_and_none_give_no_value() -> None:
    [few] = compute(handmade(*SATISFIED), "positive_share")
    assert (few.value, few.note) == (None, "Too few judged interactions to say (4 of 10).")
    [none] = compute(handmade(("2025-01-06T10:00", "page.viewed", {})), "positive_share")
    assert (none.value, none.n) == (None, 0)
