"""Surveys with one column for each question."""

from collections import Counter
from dataclasses import dataclass

from rapport.listening.suggest.columns import Column
from rapport.listening.suggest.fields import RECOMMEND

LEAST_ITEMS = 4
_WITHIN = 0.6


@dataclass(frozen=True)
class Question:
    """A column that is a question, with its scale and the codes that are no answers."""

    column: Column
    scale: str
    null: tuple[str, ...]


def questions(columns: list[Column]) -> list[Question]:
    """The questions of a survey; none where fewer than four columns are scaled alike."""
    found = [question for column in columns if (question := _question(column))]
    scales = Counter(question.scale for question in found if question.scale != "nps")
    if not scales or scales.most_common(1)[0][1] < LEAST_ITEMS:
        return []
    # Ages and codes look like a scale of their own; the scale of most columns is the survey's.
    usual = scales.most_common(1)[0][0]
    return [question for question in found if question.scale in (usual, "nps")]


def _question(column: Column) -> Question | None:
    numbers = column.numbers
    if numbers is None or any(n != int(n) or n < 0 for n in numbers) or column.filled < 0.05:
        return None
    top = max(numbers)
    if column.named(*RECOMMEND) and 9 <= top <= 99:
        return _with_codes(column, "nps", 0, 10)
    if column.distinct < 4:
        return None
    for scale, low, high in (("csat5", 1, 5), ("csat7", 1, 7)):
        if top in (high, high + 1, 8, 9, 99) and _uses(numbers, low, high):
            return _with_codes(column, scale, low, high)
    return None


def _uses(numbers: tuple[float, ...], low: int, high: int) -> bool:
    """Every answer was given, by most who are there, and nothing stands beside but codes."""
    inside = [n for n in numbers if low <= n <= high]
    codes = {n for n in numbers if not low <= n <= high}
    complete = set(inside) >= set(range(low + 1, high + 1))
    return complete and len(codes) <= 2 and len(inside) >= _WITHIN * len(numbers)


def _with_codes(column: Column, scale: str, low: int, high: int) -> Question:
    outside = sorted((v for v in column.counts if not low <= float(v) <= high), key=float)
    return Question(column, scale, tuple(outside))
