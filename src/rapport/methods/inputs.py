"""What every method asks of what it is handed, and the words it refuses with."""

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from rapport.kernel.errors import InputError

Number: TypeAlias = int | float | Decimal | Fraction


def checked_count(value: Any, name: str) -> int:
    """The value as a count: a whole number, zero or more.

    Raises:
        InputError: it is negative, a float (even 3.0), a truth value or no number at all.

    >>> checked_count(3, "promoters")
    3
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise InputError(
            f"The count of {name} must be a whole number",
            got=repr(value),
            expected="an int, zero or more",
            hint="Count rows (count(*) in SQL gives an int); for sums of weights use the "
            "weighted variant of this method.",
        )
    if value < 0:
        raise InputError(
            f"The count of {name} cannot be negative", got=int(value), expected="zero or more"
        )
    return int(value)


def checked_part(value: Any, whole: int, name: str, whole_name: str) -> int:
    """The value as a count that is no larger than the count it is part of.

    Raises:
        InputError: it is no count, or larger than `whole`.
    """
    part = checked_count(value, name)
    if part > whole:
        raise InputError(
            f"The count of {name} cannot be larger than the count of {whole_name}",
            got=f"{part} of {whole}",
            expected=f"at most {whole}",
            hint="Count both over the same rows.",
        )
    return part


def checked_number(value: Any, name: str, *, at_least: float | None = None) -> float:
    """The value as a finite float (ints, Decimals and numpy numbers welcome).

    Raises:
        InputError: it is not a number, not finite, or below `at_least`.
    """
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise InputError(
            f"The {name} must be a finite number",
            got=repr(value),
            expected="neither missing nor NaN nor infinite",
            hint="Leave out rows without a value before summing.",
        )
    if at_least is not None and number < at_least:
        raise InputError(f"The {name} is too small", got=number, expected=f"{at_least:g} or more")
    return number


def checked_share(value: Any, name: str) -> float:
    """The value as a share strictly between 0 and 1 (a confidence, a quantile).

    Raises:
        InputError: it is not; 95 for 0.95 is answered with the right form.
    """
    number = checked_number(value, name)
    if not 0 < number < 1:
        hint = f"Write {number / 100:g} for {number:g} %." if 1 < number < 100 else None
        raise InputError(
            f"The {name} must lie between 0 and 1", got=number, expected="such as 0.95", hint=hint
        )
    return number


def checked_values(values: Iterable[float] | npt.ArrayLike, name: str) -> npt.NDArray[np.float64]:
    """The values as a new array of finite floats with one axis; the input is not touched.

    Raises:
        InputError: a value is no number, NaN or infinite (the first such place is told).
    """
    try:
        # Arrays as they are; ranges, dict views and generators only become one by a list.
        listed: Any = values if hasattr(values, "__array__") else list(cast(Any, values))
        array = np.array(listed, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(
            f"The {name} must be numbers", got=type(values).__name__, expected="a list of numbers"
        ) from None
    if array.ndim != 1:
        raise InputError(
            f"The {name} must be one list", got=f"{array.ndim} axes", expected="one axis"
        )
    wrong = np.flatnonzero(~np.isfinite(array))
    if wrong.size:
        raise InputError(
            f"The {name} must be finite; {wrong.size} of {array.size} are not",
            got=f"{array[wrong[0]]} at place {wrong[0]}",
            expected="finite numbers",
            hint="Leave out missing values first, and say how many there were.",
        )
    return array


def effective_n(weight_total: Any, weight_squares: Any, n: int) -> float:
    """How many equal answers the weighted ones are worth: (sum w)^2 / sum w^2.

    Zero where there are no weights at all. It lies between 1 and `n`.

    Raises:
        InputError: the sums are negative, or cannot be those of `n` weights.

    Source: Kish (1965), Survey Sampling, section 11.7.

    >>> effective_n(4.0, 4.0, 4), effective_n(4.0, 10.0, 4)
    (4.0, 1.6)
    """
    total = checked_number(weight_total, "sum of weights", at_least=0)
    squares = checked_number(weight_squares, "sum of squared weights", at_least=0)
    if total == 0 and squares == 0:
        return 0.0
    effective = total * total / squares if squares > 0 else math.inf
    # By Cauchy-Schwarz, n weights can be worth one answer at least and n at most.
    if not 1 - 1e-9 <= effective <= n * (1 + 1e-9):
        raise InputError(
            f"The weights do not fit together: {n} answers would be worth {effective:g}",
            got=f"sum {total:g}, sum of squares {squares:g}",
            expected=f"(sum w)^2 / sum w^2 between 1 and {n}",
            hint="Take sum(w), sum(w * w) and count(*) over the same rows, weights zero or more.",
        )
    return min(max(effective, 1.0), float(n))
