"""The service plan: contracts that start, renew each year and end, and people who lapse."""

import numpy as np

from rapport.demo.days import MINUTE
from rapport.demo.facts import PRICE_CHURN
from rapport.demo.months import Codes, Floats, Month
from rapport.demo.people import SEGMENTS
from rapport.demo.rows import REASONS, code
from rapport.demo.sentences import THEMES

_FEE_CENTS, _FEE_AFTER_CENTS = 8_900, 10_900
# Old customers learn of the plan in its first three months.
_LAUNCH_SHARES = (0.2, 0.1, 0.05)
_STARTS = 0.006
_WITH_FIRST_ORDER = 0.3
_ENDS = 0.012
_LAPSES = 0.008
_STUDENT = SEGMENTS.index("student")


def run(month: Month) -> None:
    """What happens to service plans this month."""
    _renew(month)
    _start(month)
    _end(month)
    _lapse(month)


def _fee(month: Month) -> int:
    return _FEE_AFTER_CENTS if month.holds(PRICE_CHURN) else _FEE_CENTS


def _about(person: Codes, number: Codes) -> dict[str, object]:
    common = {"touchpoint": "plan", "channel": "app", "product": "service plan", "thread": "P-"}
    return {"person": person, "number": number, **common}


def _start(month: Month) -> None:
    state = month.state
    free = month.present()
    free = free[state.plan[free] == 0]
    share = _LAUNCH_SHARES[month.index] if month.index < len(_LAUNCH_SHARES) else _STARTS
    some = month.some(free, share)
    new = month.some(month.arriving(), _WITH_FIRST_ORDER)
    t = month.calendar.moments(month.rng, len(some), month.index, "online")
    begun = month.people.arrives[new] + month.rng.integers(MINUTE, 90 * MINUTE, len(new))
    person, t = np.concatenate([some, new]), np.concatenate([t, begun])
    number = month.numbers(len(person))
    month.tell(
        len(person),
        **_about(person, number),
        t=t,
        kind="contract.started",
        direction="inbound",
        cents=_fee(month),
    )
    state.plan[person], state.plan_month[person] = number, month.index


def _renew(month: Month) -> None:
    state = month.state
    age = month.index - state.plan_month
    due = np.flatnonzero((state.plan > 0) & (age > 0) & (age % 12 == 0))
    first = int(month.calendar.starts[month.index])
    month.tell(
        len(due),
        **_about(due, state.plan[due]),
        t=month.calendar.on(month.rng, np.full(len(due), first), "desk"),
        kind="contract.renewed",
        direction="outbound",
        automated=1,
        cents=_fee(month),
    )


def unhappiness(month: Month, person: Codes) -> Floats:
    """How many times likelier than usual a person is to go: detractors about three times."""
    told = month.state.told[person]
    said = np.select([told < 0, told <= 6, told >= 9], [1.0, 3.0, 0.7], 1.0)
    return said * np.exp(-0.3 * np.clip(month.state.mood[person], -3, 1.5))


def _end(month: Month) -> None:
    state = month.state
    held = np.flatnonzero((state.plan > 0) & (state.plan_month < month.index))
    student = (month.people.segment[held] == _STUDENT) & month.holds(PRICE_CHURN)
    extra = np.where(student, PRICE_CHURN.after - PRICE_CHURN.before, 0.0)
    hazard = _ENDS * unhappiness(month, held)
    luck = month.rng.random(len(held))
    ends, dear = luck < hazard + extra, (luck >= hazard) & (luck < hazard + extra)
    gone, dear = held[ends], dear[ends]
    others = np.array([code("property", f'{{"reason": "{reason}"}}') for reason in REASONS])
    sour = (month.state.mood[gone] < -0.4) | ((state.told[gone] >= 0) & (state.told[gone] <= 6))
    why = np.where(sour, 1, month.rng.integers(2, 4, len(gone)))
    why = np.where(dear | (month.rng.random(len(gone)) < 0.08), 0, why)
    day = month.calendar.starts[month.index] + month.rng.integers(1, 28, len(gone))
    month.tell(
        len(gone),
        **_about(gone, state.plan[gone]),
        t=month.calendar.on(month.rng, day, "online"),
        kind="contract.ended",
        direction="inbound",
        property=others[why],
    )
    asks = gone[dear & (month.rng.random(len(gone)) < 0.3)]
    t = month.calendar.moments(month.rng, len(asks), month.index, "desk")
    month.worry(asks, t, THEMES.index("plan"))
    state.plan[gone] = 0


def _lapse(month: Month) -> None:
    """Those without a plan simply stop coming, the unhappy sooner."""
    free = month.present()
    free = free[month.state.plan[free] == 0]
    month.state.active[month.some(free, _LAPSES * unhappiness(month, free))] = False
