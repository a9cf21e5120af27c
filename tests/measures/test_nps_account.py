"""One vote for each account."""

import pytest

from rapport.kernel.figures import Figure
from rapport.measures.api import compute
from rapport.methods.nps import nps

from .handmade import handmade
from .test_first_reply_wait import ONE, Event


def answer(
    account: str | None, customer: str, score: float, day: str = "10", **more: object
) -> Event:
    fields = {"scale": "nps", "score": score, "account": account, "customer": customer, **more}
    return (f"2025-01-{day}T10:00", "survey.answered", fields)


EVENTS = (
    answer("Acme", "ana", 10, "05"),
    answer("Acme", "ana", 9, "11"),  # her latest counts
    answer("Acme", "ben", 10, "06"),  # Acme: 9 and 10, mean 9.5
    answer("Bolt", "cem", 10, "07"),
    answer("Bolt", "dan", 5, "08"),  # Bolt: mean 7.5, latest and lowest 5
    answer("Cord", "eva", 3, "09"),
    answer("Cord", "fay", 10, "10"),  # Cord: mean 6.5, latest 10, lowest 3
    answer(None, "gus", 0),
)


def voted(*events: Event, **parameters: object) -> Figure:
    [figure] = compute(handmade(*events), "nps_account", parameters={**ONE, **parameters})
    return figure


def test_each_account_has_one_vote_of_its_contacts_mean() -> None:
    figure = voted(*EVENTS)  # one promoter, one passive, one detractor
    assert (figure.value, figure.n, figure.extra["contacts"]) == (0.0, 3, 6.0)
    assert figure.extra["promoter_share"] == pytest.approx(1 / 3)


def test_the_vote_can_be_the_latest_or_the_lowest_contacts() -> None:
    assert voted(*EVENTS, vote="latest").value == pytest.approx(100 / 3)
    assert voted(*EVENTS, vote="lowest").value == pytest.approx(-100 / 3)


def test_many_contacts_make_an_account_no_louder_and_the_figure_no_surer() -> None:
    loud = [answer("Acme", f"c{n}", 10) for n in range(40)]
    quiet = [answer(f"A{n}", f"q{n}", 0) for n in range(9)]
    figure = voted(*loud, *quiet)
    expected = nps(1, 0, 9)
    assert (figure.value, figure.low, figure.high) == (-80.0, expected.low, expected.high)


def test_answers_nobody_signed_are_voices_of_their_own() -> None:
    unsigned = [
        ("2025-01-10T10:00", "survey.answered", {"scale": "nps", "score": s, "account": "Acme"})
        for s in (10.0, 0.0)
    ]
    assert voted(*unsigned).extra["contacts"] == 2.0


def test_programmes_never_mix_and_each_period_has_its_votes() -> None:
    events = (
        answer("Acme", "ana", 10, programme="yearly"),
        answer("Acme", "ana", 0, programme="delivery"),
    )
    found = compute(handmade(*events), "nps_account", every="month", parameters=ONE)
    assert [(f.programme, f.value) for f in found] == [("delivery", -100.0), ("yearly", 100.0)]


def test_too_few_accounts_and_none_give_no_value() -> None:
    [few] = compute(handmade(*EVENTS), "nps_account")
    assert (few.value, few.note) == (None, "Too few accounts to say (3 of 10).")
    [none] = compute(handmade(answer(None, "gus", 9)), "nps_account")
    assert (none.value, none.n) == (None, 0)
