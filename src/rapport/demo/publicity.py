"""What is said in public: reviews of us and of competitors, mentions in social networks."""

import numpy as np

from rapport.demo.facts import COMPETITOR_DELIVERY, COMPETITORS
from rapport.demo.months import Codes, Flags, Month
from rapport.demo.sentences import THEMES
from rapport.demo.surveys import theme_item
from rapport.demo.words import closings, opinions

_THEME_SHARES = np.cumsum([0.24, 0.16, 0.16, 0.2, 0.1, 0.06, 0.0, 0.08])
_US = len(COMPETITORS)
# Mean stars before noise; columns are the themes, rows the competitors and, last, us.
_LEVELS = np.full((_US + 1, len(THEMES)), 3.75)
_LEVELS[_US] = 4.05
_LEVELS[_US, THEMES.index("delivery")] = COMPETITOR_DELIVERY.before
_LEVELS[COMPETITORS.index(COMPETITOR_DELIVERY.where), 0] = COMPETITOR_DELIVERY.after + 0.15
_LEVELS[[i for i, b in enumerate(COMPETITORS) if b != COMPETITOR_DELIVERY.where], 0] = 3.4


def publish(month: Month) -> None:
    """Reviews of us by customers, of competitors by strangers, and mentions."""
    present = month.present()
    ours = month.some(present, 0.006)
    theirs = np.full(month.rng.poisson(0.006 * len(present)), -1)
    person = np.concatenate([ours, theirs])
    brand = np.where(person >= 0, _US, month.rng.integers(0, _US, len(person)))
    _review(month, person, brand)
    _mention(month, month.some(present, 0.003))


def _review(month: Month, person: Codes, brand: Codes) -> None:
    n = len(person)
    luck = month.rng.random(n) * _THEME_SHARES[-1]
    theme = np.searchsorted(_THEME_SHARES, luck, side="right").clip(max=len(THEMES) - 1)
    known = person >= 0
    mood = np.where(known, 0.2 * month.state.mood[person], 0.0)
    stars = np.clip(np.rint(_LEVELS[brand, theme] + mood + month.noise(n, 0.9)), 1, 5)
    _publish(
        month,
        person,
        np.where(brand == _US, -1, brand),
        theme,
        stars >= 4,
        kind="review.posted",
        channel="web",
        item=theme_item(theme),
        score=stars,
        scale="stars5",
    )


def _mention(month: Month, person: Codes) -> None:
    n = len(person)
    theme = month.rng.integers(0, len(THEMES), n)
    good = month.rng.random(n) < 0.55 + 0.12 * month.state.mood[person]
    named = month.rng.random(n) < 0.5
    brand = np.where(month.rng.random(n) < 0.3, month.rng.integers(0, _US, n), -1)
    _publish(
        month,
        np.where(named, person, -1),
        brand,
        theme,
        good,
        kind="mention.posted",
        channel="social",
    )


def _publish(
    month: Month, person: Codes, brand: Codes, theme: Codes, good: Flags, **fields: object
) -> None:
    n = len(person)
    language = np.where(month.rng.random(n) < 0.7, 0, month.rng.integers(0, 4, n))
    month.tell(
        n,
        t=month.calendar.moments(month.rng, n, month.index, "online"),
        person=person,
        brand=brand,
        touchpoint="public",
        direction="inbound",
        language=language,
        text=opinions(month.rng, language, theme, good.astype(np.int64)),
        more=closings(month.rng, language, good.astype(np.int64)),
        **fields,
    )
