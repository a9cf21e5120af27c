"""Moments as clients say them, and the correction of their clocks; all in µs since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
# A number is told by its size: what would lie beyond the year 5138 is in the next smaller unit.
_UNITS = ((10**11, _SECOND), (10**14, 1_000), (10**17, 1))
# The years 1 to 9999: what the ledger's own moments can hold.
OLDEST, LATEST = -62_135_596_800 * _SECOND, 253_402_300_800 * _SECOND - 1


def microseconds(said: str | float) -> int:
    """A moment: ISO 8601 (without an offset it is UTC), or a number of s, ms, µs since 1970.

    Raises:
        ValueError: it is none of these.

    >>> microseconds("1970-01-01T00:00:01.5Z"), microseconds(1.5), microseconds(1700000000000)
    (1500000, 1500000, 1700000000000000)
    """
    if isinstance(said, str):
        moment = datetime.fromisoformat(said)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - _EPOCH) // _MICROSECOND
    size = abs(said)
    for most, unit in _UNITS:
        if size < most:
            found = round(said * unit)
            if OLDEST <= found <= LATEST:
                return found
    raise ValueError(f"{said} is no moment")


def skew(sent: str | float | None, received: int) -> int:
    """How far the client's clock is behind ours; 0 where it did not say when it sent.

    >>> skew("1970-01-01T00:00:01Z", 3_000_000), skew(None, 5)
    (2000000, 0)
    """
    if sent is None:
        return 0
    try:
        return received - microseconds(sent)
    except ValueError:
        return 0
