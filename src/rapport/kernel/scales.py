"""Answer scales: what a score means.

A scale knows its range, whether fractions are answers, and from which score on an answer counts
as good (the top box). Adding a scale is adding a line to SCALES.
"""

from dataclasses import dataclass

from rapport.kernel.errors import InputError, did_you_mean


@dataclass(frozen=True, slots=True)
class Scale:
    """One answer scale.

    Attributes:
        name: how the ledger calls it.
        low, high: both ends, inside the scale.
        good: the lowest score that counts as a good answer (the top box).
        whole: True where only whole numbers are answers.
        title: for people.
    """

    name: str
    low: float
    high: float
    good: float
    whole: bool
    title: str

    def holds(self, score: float) -> bool:
        """Whether the score is an answer on this scale.

        >>> SCALES["nps"].holds(10), SCALES["nps"].holds(11), SCALES["nps"].holds(6.5)
        (True, False, False)
        """
        return self.low <= score <= self.high and (not self.whole or score == int(score))


SCALES: dict[str, Scale] = {
    scale.name: scale
    for scale in (
        Scale("nps", 0, 10, 9, True, "likelihood to recommend, 0 to 10"),
        Scale("csat5", 1, 5, 4, True, "satisfaction, 1 to 5"),
        Scale("csat7", 1, 7, 6, True, "satisfaction, 1 to 7"),
        Scale("csat10", 1, 10, 9, True, "satisfaction, 1 to 10"),
        Scale("ces5", 1, 5, 4, True, "ease, 1 (very hard) to 5 (very easy)"),
        Scale("ces7", 1, 7, 5, True, "ease, 1 (very hard) to 7 (very easy)"),
        Scale("agree4", 1, 4, 3, True, "agreement, 1 to 4, no middle"),
        Scale("agree5", 1, 5, 4, True, "agreement, 1 to 5"),
        Scale("agree7", 1, 7, 6, True, "agreement, 1 to 7"),
        Scale("stars5", 1, 5, 4, False, "stars, 1 to 5"),
        Scale("stars10", 1, 10, 8, False, "stars, 1 to 10"),
        Scale("percent", 0, 100, 80, False, "per cent, 0 to 100"),
        Scale("sentiment", -1, 1, 0.5, False, "sentiment, -1 (negative) to 1 (positive)"),
        Scale("yesno", 0, 1, 1, True, "no (0) or yes (1)"),
    )
}


def scale_named(name: str) -> Scale:
    """The scale of that name.

    Raises:
        InputError: there is no such scale; the message says which there are.
    """
    try:
        return SCALES[name]
    except KeyError:
        raise InputError(
            f"There is no scale named {name!r}", hint=did_you_mean(name, SCALES)
        ) from None
