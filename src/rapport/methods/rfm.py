"""Recency, frequency, monetary value: quintile scores and the grid.

Scores run from 1 to 5, 5 is best. Tie rule: a score is a function of the value alone, so equal
values share a class, and a value that equals a cut point belongs to the class below it (to the
smaller values). Heavy ties therefore leave classes uneven or empty.

Source: Hughes (1994), Strategic Database Marketing (quintiles); Hyndman & Fan (1996), The
American Statistician 50, 361-365, definition 7 (cut points).
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from rapport.kernel.errors import InputError
from rapport.methods.inputs import checked_values

CLASSES = 5


def cut_points(values: Iterable[float] | npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The 20, 40, 60 and 80 % quantiles, linear between neighbours: four numbers.

    Raises:
        InputError: there are no values, or one is missing, NaN or infinite.

    >>> cut_points([1, 2, 3, 4, 5, 6]).tolist()
    [2.0, 3.0, 4.0, 5.0]
    """
    array = checked_values(values, "values")
    if array.size == 0:
        raise InputError(
            "There are no cut points without values",
            expected="at least one customer",
            hint="Widen the period or the filter.",
        )
    return np.quantile(array, np.arange(1, CLASSES) / CLASSES)


def scores(
    values: Iterable[float] | npt.ArrayLike,
    cuts: npt.ArrayLike | None = None,
    *,
    lower_is_better: bool = False,
) -> npt.NDArray[np.int64]:
    """The score of each value, 1 to 5, in the order given; no values give no scores.

    `cuts` are four rising cut points (from `cut_points` where left out; hand them in to score
    new customers against old ones). `lower_is_better` is for recency in days: few days score 5.

    Raises:
        InputError: a value is missing, NaN or infinite, or the cuts are not four rising numbers.

    >>> scores([1, 2, 3, 4, 5]).tolist(), scores([1, 1, 1, 1, 9]).tolist()
    ([1, 2, 3, 4, 5], [1, 1, 1, 1, 5])
    >>> scores([10, 400], [152, 442, 486, 512], lower_is_better=True).tolist()
    [5, 4]
    """
    array = checked_values(values, "values")
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    points = cut_points(array) if cuts is None else checked_values(cuts, "cut points")
    if points.size != CLASSES - 1 or np.any(np.diff(points) < 0):
        raise InputError(
            "Cut points must be four numbers that do not fall",
            got=points.tolist(),
            expected="the 20, 40, 60 and 80 % quantiles",
        )
    passed = np.searchsorted(points, array, side="left").astype(np.int64)
    return CLASSES - passed if lower_is_better else passed + 1


def grid(rows: npt.ArrayLike, columns: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """How many have each pair of scores: 5 by 5, `grid[r - 1, c - 1]`.

    Raises:
        InputError: the two differ in length, or hold anything but whole scores 1 to 5.

    >>> grid([5, 5, 1], [5, 5, 2])[4, 4]
    np.int64(2)
    """
    down, across = _checked_scores(rows), _checked_scores(columns)
    if down.size != across.size:
        raise InputError(
            "Both scores must be of the same customers",
            got=f"{down.size} and {across.size} scores",
            expected="equally many, in the same order",
        )
    cells = np.bincount((down - 1) * CLASSES + across - 1, minlength=CLASSES * CLASSES)
    return cells.reshape(CLASSES, CLASSES).astype(np.int64)


def _checked_scores(scored: Any) -> npt.NDArray[np.int64]:
    array = checked_values(scored, "scores")
    wrong = array[(array < 1) | (array > CLASSES) | (array != np.floor(array))]
    if wrong.size:
        raise InputError(
            "Scores must be whole numbers from 1 to 5",
            got=float(wrong[0]),
            expected="what scores() returns",
        )
    return array.astype(np.int64)
