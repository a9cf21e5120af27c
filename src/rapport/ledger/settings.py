"""What an installation fixes for its ledger at `init`, because the lake's integers depend on it."""

import zoneinfo
from dataclasses import dataclass
from functools import cache

from rapport.kernel.errors import InputError, did_you_mean

MONDAY, SUNDAY = 0, 6


@dataclass(frozen=True, slots=True)
class Settings:
    """Organisation, reporting zone, first day of the week and reporting currency.

    Attributes:
        organisation: name for people.
        zone: IANA name of the reporting zone; days, weeks and months are counted in it.
        week_start: 0 for Monday, 6 for Sunday.
        currency: ISO 4217 code amounts are reported in.
    """

    organisation: str = "My organisation"
    zone: str = "UTC"
    week_start: int = MONDAY
    currency: str = "EUR"

    def __post_init__(self) -> None:
        zones = _zones()
        if self.zone not in zones:
            raise InputError(
                f"There is no time zone {self.zone!r}",
                expected="an IANA name such as Europe/Berlin",
                hint=did_you_mean(self.zone, zones),
            )
        if self.week_start not in (MONDAY, SUNDAY):
            raise InputError("A week starts on Monday (0) or Sunday (6)", got=self.week_start)
        if not (len(self.currency) == 3 and self.currency.isalpha() and self.currency.isupper()):
            raise InputError(
                "A currency is three capital letters", got=self.currency, expected="such as EUR"
            )

    @property
    def week_offset(self) -> int:
        """Days to add before dividing by 7: 1970-01-01 was a Thursday."""
        return 3 if self.week_start == MONDAY else 4


@cache
def _zones() -> frozenset[str]:
    """All zones; looking for them reads hundreds of files."""
    # "localtime" is a zone only on the machine that says so.
    return frozenset(zoneinfo.available_timezones() - {"localtime"})
