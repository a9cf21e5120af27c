"""The share of positive interactions: great service, quick, easy, favourable."""

import math
from collections.abc import Mapping

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure, Parameter, ParameterValue
from rapport.measures.estimating import share_of
from rapport.measures.scores import ALL_SCALES, KINDS, LEAVE_OUT, ON_SCALE, RELATIVE, SCORED
from rapport.measures.waits import AUTOMATED, CALENDAR_HOURS, WAITS

# What an answer on a scale tells about; a reply in time tells of the fourth, `quick`.
ASPECTS: dict[str, tuple[str, ...]] = {
    "service": ("csat5", "csat7", "csat10", "agree4", "agree5", "agree7", "percent", "yesno"),
    "easy": ("ces5", "ces7"),
    "favourable": ("nps", "stars5", "stars10", "sentiment"),
}
_ALL = (*ASPECTS, "quick")
_OWN, _OFF = "scale", "off"
# A share such as 0.8333 is meant to let 5/6 in.
_ROUNDING = 1e-4


def _derived(parameters: Mapping[str, ParameterValue]) -> dict[str, ParameterValue]:
    found: dict[str, ParameterValue] = {}
    for aspect in ASPECTS:
        text = str(parameters[aspect])
        found[f"{aspect}_on"] = text != _OFF
        own = text in (_OWN, _OFF)
        found[f"{aspect}_from"] = -1.0 if own else _number(aspect, text, 1.0) - _ROUNDING
    quick = str(parameters["quick"])
    hours = 0.0 if quick == _OFF else _number("quick", quick, 24.0 * 3660)
    return {
        **found,
        "quick_on": quick != _OFF,
        "quick_hours": hours,
        "quick_days": math.ceil(hours / 24),
    }


def _number(name: str, text: str, highest: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= highest:
        words = f"{_OFF}, or" if name == "quick" else f"{_OWN}, {_OFF}, or"
        raise InputError(
            f"The parameter {name} cannot be {text!r}",
            expected=f"{words} a number from 0 to {highest:g}",
        )
    return number


def _figure(counts: Counts) -> Estimate:
    found = share_of(counts, "positive", "judged")
    extra = dict(found.extra)
    for aspect in _ALL:
        n = counts.whole(f"{aspect}_n")
        extra[f"{aspect}_n"] = float(n)
        if n:
            extra[f"{aspect}_share"] = counts.whole(f"{aspect}_positive") / n
    return Estimate(
        found.value, found.low, found.high, found.confidence, found.n, found.method, extra
    )


def _parameter(name: str, asked: str) -> Parameter:
    meaning = (
        f"from where on {asked} is positive: where its scale calls it good ({_OWN}), a share of "
        f"the scale such as 0.75, or not at all ({_OFF})"
    )
    return Parameter(name, _OWN, meaning)


_ASPECT = " ".join(
    f"WHEN scale IN ({', '.join(repr(scale) for scale in scales)}) THEN '{aspect}'"
    for aspect, scales in ASPECTS.items()
)
_FROM = "CASE aspect " + " ".join(f"WHEN '{a}' THEN :{a}_from" for a in ASPECTS) + " END"
_ON = " OR ".join(f"(aspect = '{a}' AND :{a}_on)" for a in ASPECTS)

MEASURE = Measure(
    name="positive_share",
    version=1,
    title="Share of positive interactions",
    question="What share of interactions was positive: great service, quick, easy, favourable?",
    unit="share",
    direction="higher",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="judged interactions",
    inputs=("kind", "scale", "score", "item", "thread", "t", "automated", "brand"),
    rows=f"""
        WITH waits AS ({WAITS}),
        scored AS (
            SELECT dimensions, t, day, week, month, thread, score, {RELATIVE} AS level, good,
                CASE {_ASPECT} END AS aspect
            FROM interactions
            JOIN {ALL_SCALES} ON {ON_SCALE}
            WHERE {SCORED}
        ),
        judged AS (
            SELECT dimensions, t, day, week, month, thread, aspect,
                CASE WHEN {_FROM} < 0 THEN score >= good ELSE level >= {_FROM} END AS positive
            FROM scored
            WHERE {_ON}
            UNION ALL
            SELECT dimensions, t, day, week, month, thread, 'quick' AS aspect,
                hours IS NOT NULL AND hours <= :quick_hours AS positive
            FROM waits
            WHERE :quick_on AND day + :quick_days <= :data_last_day
        )
        SELECT dimensions, t, day, week, month, thread, aspect, positive
        FROM judged
    """,
    counts={
        "judged": "count(*)",
        "positive": "count(*) FILTER (WHERE positive)",
        **{f"{a}_n": f"count(*) FILTER (WHERE aspect = '{a}')" for a in _ALL},
        **{f"{a}_positive": f"count(*) FILTER (WHERE aspect = '{a}' AND positive)" for a in _ALL},
    },
    figure=_figure,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="A definition to be adjusted, after the four marks of a good experience: great service, "
    "a quick transaction, easy access, a favourable response; Wilson (1927), JASA 22, 209-212.",
    caveats=(
        "It puts programmes and scales together on purpose; `extra` tells the four marks apart.",
        "To compare programmes take csat, effort and nps.",
        "It moves with the mix of what is asked and answered, not only with how good it was.",
        "Answers of one customer are taken as independent.",
        CALENDAR_HOURS,
    ),
    parameters=(
        _parameter("service", "satisfaction or agreement"),
        _parameter("easy", "ease"),
        _parameter("favourable", "recommendation, stars or sentiment"),
        Parameter(
            "quick",
            "24",
            f"hours within which a first reply of a person is quick; {_OFF} leaves replies out",
        ),
        LEAVE_OUT,
        AUTOMATED,
    ),
    never_mixes=("brand",),
    filters="rows",
    derive=_derived,
    kinds=(*KINDS, "message.received", "message.sent"),
)
