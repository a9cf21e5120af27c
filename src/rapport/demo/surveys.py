"""Asking: invitations, openings and answers of all programmes."""

from dataclasses import dataclass

import numpy as np

from rapport.demo.days import DAY, HOUR, MINUTE
from rapport.demo.facts import MONTHS, RISING_EXPECTATIONS
from rapport.demo.months import Codes, Flags, Floats, Month
from rapport.demo.rows import code
from rapport.demo.sentences import THEMES
from rapport.demo.words import closings, opinions

TALK_SHARE = 0.42
_BOUNDS = {"nps": (0, 10), "csat5": (1, 5), "csat7": (1, 7), "ces7": (1, 7)}
_KIND_FROM = {"nps": 8, "csat5": 4, "csat7": 5, "ces7": 5}


@dataclass(frozen=True, slots=True)
class Asked:
    """Questionnaires sent: whom, when, about what; `answers` says when, -1 for those without.

    Attributes:
        person: index in the block.
        number: thread number of the questionnaire.
        programme, touchpoint, channel: words of the vocabulary.
        unit, employee: codes of whom it is about, -1 for none.
        answered: when it was answered, 0 for never.
    """

    person: Codes
    number: Codes
    programme: str
    touchpoint: str
    channel: str
    unit: Codes
    employee: Codes
    answered: Codes

    def answering(self) -> Flags:
        """Who answers."""
        return self.answered > 0


def willing(month: Month, person: Codes, share: float) -> Floats:
    """How probably each answers: a little less after bad weeks, which is a planted bias."""
    mood = month.state.mood[person] + month.felt[person]
    return share * np.clip(1 + 0.28 * np.tanh(mood), 0.4, 1.4)


def ask(
    month: Month,
    asked: tuple[Codes, Codes],
    about: tuple[str, str, str],
    *,
    units: Codes,
    employees: Codes,
    share: float,
) -> Asked:
    """Invite people at moments (`asked`: people, moments); some open, some of them answer.

    `about` is programme, touchpoint and channel.
    """
    person, t = asked
    n = len(person)
    number = month.numbers(n)
    chance = willing(month, person, share)
    luck = month.rng.random(n)
    opened = month.after(t, 5 * HOUR, 1.1)
    answers = luck < chance
    answered = np.where(answers, opened + 20_000_000 + month.rng.integers(0, 3 * MINUTE, n), 0)
    programme, touchpoint, channel = about
    common = {"programme": programme, "touchpoint": touchpoint, "channel": channel}
    common |= {"thread": "Q-"}
    month.tell(
        n,
        t=t,
        person=person,
        number=number,
        kind="survey.invited",
        direction="outbound",
        automated=1,
        unit=units,
        employee=-1,
        **common,
    )
    looks = luck < np.minimum(chance * 1.6 + 0.08, 0.95)
    month.tell(
        int(looks.sum()),
        t=opened[looks],
        person=person[looks],
        number=number[looks],
        kind="survey.opened",
        direction="inbound",
        unit=units[looks],
        **common,
    )
    return Asked(person, number, programme, touchpoint, channel, units, employees, answered)


def answer(
    month: Month, asked: Asked, item: str, scale: str, score: Floats, theme: Codes | None = None
) -> None:
    """Record the answers to one item; with `theme` some people say why in their own words.

    `score` and `theme` run over all asked; only those who answer count.
    """
    who = asked.answering()
    n = int(who.sum())
    points = np.clip(np.rint(score[who]), *_BOUNDS[scale])
    text, more, language = _words(
        month,
        asked.person[who],
        points >= _KIND_FROM[scale],
        theme if theme is None else theme[who],
    )
    month.tell(
        n,
        t=asked.answered[who],
        person=asked.person[who],
        number=asked.number[who],
        kind="survey.answered",
        direction="inbound",
        channel=asked.channel,
        thread="Q-",
        programme=asked.programme,
        touchpoint=asked.touchpoint,
        unit=asked.unit[who],
        employee=asked.employee[who],
        item=item,
        scale=scale,
        score=points,
        text=text,
        more=more,
        language=language,
    )


def _words(
    month: Month, person: Codes, kindly: Flags, theme: Codes | None
) -> tuple[Codes, Codes, Codes]:
    """Codes of one or two sentences and of their language; -1 for those who say nothing."""
    none = np.full(len(person), -1)
    if theme is None:
        return none, none, none
    talks = month.rng.random(len(person)) < TALK_SHARE
    language = month.people.language[person].astype(np.int64)
    good = kindly.astype(np.int64)
    text = opinions(month.rng, language, theme, good)
    more = closings(month.rng, language, good)
    return np.where(talks, text, -1), np.where(talks, more, -1), np.where(talks, language, -1)


def reasons(month: Month, weights: Floats) -> Codes:
    """For each row of `weights` (people by theme) one theme, by weight."""
    summed = np.cumsum(weights, axis=1)
    luck = month.rng.random(len(weights)) * summed[:, -1]
    return np.asarray((luck[:, None] >= summed).sum(axis=1).clip(max=len(THEMES) - 1))


def relational(month: Month) -> None:
    """The relational programme: everybody once each half-year, spread over its months."""
    present = month.present()
    due = present[(present + month.people.first) % 6 == month.index % 6]
    due = month.some(due[month.people.consents[due]], 0.75)
    day = month.calendar.starts[month.index] + month.rng.integers(2, 12, len(due))
    t = month.calendar.on(month.rng, day, "desk")
    none = np.full(len(due), -1)
    asked = ask(
        month,
        (due, t),
        ("relational", "relationship", "email"),
        units=none,
        employees=none,
        share=0.36,
    )
    mood = month.state.mood[due]
    score = 8.15 + 0.85 * month.people.warmth[due] + 1.15 * mood + month.noise(len(due), 1.1)
    answer(month, asked, "recommend", "nps", score, _themes_of(month, due, mood))
    who = asked.answering()
    month.state.told[due[who]] = np.clip(np.rint(score[who]), 0, 10).astype(np.int64)


def _themes_of(month: Month, person: Codes, mood: Floats) -> Codes:
    """What people talk about: those in a bad mood of deliveries and waiting, plan holders of it."""
    weights = np.tile([1.0, 1.1, 1.2, 1.4, 0.8, 0.6, 0.2, 0.7], (len(person), 1))
    bad = mood < -0.5
    weights[bad, THEMES.index("delivery")] += 3.0
    weights[bad, THEMES.index("waiting")] += 2.5
    weights[month.state.plan[person] > 0, THEMES.index("plan")] += 0.8
    return reasons(month, weights)


def expected(month: Month, person: Codes) -> Floats:
    """What people expect of a delivery, 1 to 7, rising over the two years."""
    span = RISING_EXPECTATIONS.after - RISING_EXPECTATIONS.before
    level = RISING_EXPECTATIONS.before + span * month.index / (MONTHS - 1)
    return level + 0.25 * month.people.warmth[person] + month.noise(len(person), 0.8)


def ask_expectation(month: Month, person: Codes, t: Codes) -> None:
    """Ask before the delivery what the buyer expects of it."""
    none = np.full(len(person), -1)
    asked = ask(
        month,
        (person, t + 5 * MINUTE),
        ("delivery", "checkout", "web"),
        units=none,
        employees=none,
        share=0.3,
    )
    answer(month, asked, "expectation", "csat7", expected(month, person))


def after_delivery(month: Month, person: Codes, t: Codes, depot: Codes, late: Codes) -> None:
    """Ask after a delivery for satisfaction and perception; `late` is in days, 0 for on time."""
    asked = ask(
        month,
        (person, t + month.rng.integers(2 * HOUR, DAY, len(t))),
        ("delivery", "delivery", "email"),
        units=depot,
        employees=np.full(len(t), -1),
        share=0.27,
    )
    pain = np.where(late > 0, 1.5 + 0.12 * late, 0.0)
    felt = 4.42 + 0.3 * month.people.warmth[person] - pain + month.noise(len(t), 0.65)
    theme = np.where(month.rng.random(len(t)) < 0.75, THEMES.index("delivery"), 3)
    answer(month, asked, "satisfaction", "csat5", felt, theme)
    answer(month, asked, "perception", "csat7", felt * 1.4 - 0.5 + month.noise(len(t), 0.4))


def theme_item(theme: Codes) -> Codes:
    """The item code of a theme, for reviews."""
    return theme + code("item", THEMES[0])
