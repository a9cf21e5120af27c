"""What people write: hand-written sentences by theme and sentiment, in four languages.

A text is one or two sentences. All sentences lie in one list, PARTS; tables say where those of a
language, theme and sentiment begin, so that a million texts can be picked at once.
"""

import numpy as np
import numpy.typing as npt

from rapport.demo.sentences import ANSWERS, BOT, CLOSINGS, OPINIONS, QUESTIONS, THEMES

LANGUAGES: tuple[str, ...] = ("en", "de", "nl", "fr")
Codes = npt.NDArray[np.int64]


def _gathered() -> tuple[tuple[str, ...], dict[str, Codes], dict[str, Codes]]:
    parts: list[str] = []
    tables = {
        "opinion": [
            OPINIONS[x, theme, good] for x in LANGUAGES for theme in THEMES for good in (0, 1)
        ],
        "closing": [CLOSINGS[x, good] for x in LANGUAGES for good in (0, 1)],
        "question": [QUESTIONS[x, theme] for x in LANGUAGES for theme in THEMES],
        "answer": [ANSWERS[x] for x in LANGUAGES],
        "bot": [BOT[x] for x in LANGUAGES],
    }
    starts: dict[str, Codes] = {}
    counts: dict[str, Codes] = {}
    for name, groups in tables.items():
        begin = len(parts) + np.cumsum([0, *(len(group) for group in groups)])
        starts[name], counts[name] = begin[:-1], np.diff(begin)
        parts += [sentence for group in groups for sentence in group]
    return tuple(parts), starts, counts


PARTS, _STARTS, _COUNTS = _gathered()


def _picked(rng: np.random.Generator, table: str, group: Codes) -> Codes:
    within = rng.random(len(group)) * _COUNTS[table][group]
    return np.asarray(_STARTS[table][group] + within.astype(np.int64))


def opinions(rng: np.random.Generator, language: Codes, theme: Codes, good: Codes) -> Codes:
    """Sentences that say something good (1) or bad (0) about a theme; codes into PARTS."""
    return _picked(rng, "opinion", (language * len(THEMES) + theme) * 2 + good)


def closings(rng: np.random.Generator, language: Codes, good: Codes) -> Codes:
    """Second sentences without a theme; half of the texts have none (-1)."""
    picked = _picked(rng, "closing", language * 2 + good)
    return np.where(rng.random(len(picked)) < 0.5, picked, -1)


def questions(rng: np.random.Generator, language: Codes, theme: Codes) -> Codes:
    """What a customer asks the service about a theme; codes into PARTS."""
    return _picked(rng, "question", language * len(THEMES) + theme)


def answers(rng: np.random.Generator, language: Codes) -> Codes:
    """What one of our people replies; codes into PARTS."""
    return _picked(rng, "answer", language)


def bot_lines(rng: np.random.Generator, language: Codes) -> Codes:
    """What the machine replies; codes into PARTS."""
    return _picked(rng, "bot", language)
