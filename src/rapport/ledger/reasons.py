"""Why a row is not stored: a closed list, the same for files, events and forms."""

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa


class Reason(StrEnum):
    """Each reason with its meaning."""

    MALFORMED = "malformed"
    TOO_LONG = "too_long"
    MISSING = "missing"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_TIME = "not_a_time"
    AMBIGUOUS_TIME = "ambiguous_time"
    IMPOSSIBLE_TIME = "impossible_time"
    IN_THE_FUTURE = "in_the_future"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN_VALUE = "unknown_value"
    UNKNOWN_REFERENCE = "unknown_reference"
    NO_RULE = "no_rule"
    CHANGED = "changed"
    ERASED = "erased"

    @property
    def meaning(self) -> str:
        """One sentence for people."""
        return _MEANINGS[self]


_MEANINGS: dict[Reason, str] = {
    Reason.MALFORMED: "the row could not be read as a row of its file",
    Reason.TOO_LONG: "a value is longer than the field may be",
    Reason.MISSING: "a value that every interaction needs is not there",
    Reason.NOT_A_NUMBER: "a number was expected",
    Reason.NOT_A_TIME: "a date or time was expected, in the format the mapping says",
    Reason.AMBIGUOUS_TIME: "the date can be read in two ways and the mapping does not say which",
    Reason.IMPOSSIBLE_TIME: "no clock ever showed this time (the hour skipped in spring)",
    Reason.IN_THE_FUTURE: "it has not happened yet",
    Reason.OUT_OF_RANGE: "the value lies outside its scale or range",
    Reason.UNKNOWN_VALUE: "the value is not one of a closed list",
    Reason.UNKNOWN_REFERENCE: "it names somebody or something that is not known",
    Reason.NO_RULE: "no rule of the mapping says what this row is",
    Reason.CHANGED: "the same identity was stored before with other content",
    Reason.ERASED: "it is about somebody who was erased; nothing of the row is kept",
}


@dataclass(frozen=True, slots=True)
class Rejection:
    """One rejected row.

    Attributes:
        line: where the row starts in its file (counted from 1), or its number in a request.
        reason: one of the closed list.
        field: the field or column at fault, None where the whole row is.
        got: what was found there, shortened.
        expected: what would have been right.
        raw: the row as it came, JSON object of column to text.
    """

    line: int
    reason: Reason
    field: str | None
    got: str
    expected: str
    raw: str


REJECTED_SCHEMA = pa.schema(
    [pa.field("line", pa.int64())]
    + [pa.field(name, pa.string()) for name in ("reason", "field", "got", "expected", "raw")]
)
