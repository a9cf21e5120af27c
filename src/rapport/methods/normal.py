"""The normal and t distributions, as far as intervals need them."""

import math
from functools import lru_cache
from statistics import NormalDist

# scipy loads its parts on first use; naming them at import would cost 0.3 s at every start.
import scipy

from rapport.kernel.errors import InputError
from rapport.methods.inputs import checked_share


@lru_cache(maxsize=64)
def z_of(confidence: float) -> float:
    """How many standard errors to each side a two-sided interval reaches.

    Raises:
        InputError: the confidence does not lie between 0 and 1, or too near to 1 for a computer.

    >>> round(z_of(0.95), 6)
    1.959964
    """
    upper = (1 + checked_share(confidence, "confidence")) / 2
    if upper >= 1:
        raise InputError("The confidence is too near to 1", got=confidence, expected="as 0.999")
    return NormalDist().inv_cdf(upper)


@lru_cache(maxsize=4096)
def t_of(confidence: float, degrees: float) -> float:
    """Like z_of, for Student's t with that many degrees of freedom (fractions allowed).

    >>> round(t_of(0.95, 9), 6)
    2.262157
    """
    return float(scipy.special.stdtrit(degrees, (1 + checked_share(confidence, "confidence")) / 2))


def two_sided_p(z: float) -> float:
    """How likely a normal deviate is to be at least as far from zero as z, on either side.

    >>> round(two_sided_p(1.959964), 6)
    0.05
    """
    return math.erfc(abs(z) / math.sqrt(2))
