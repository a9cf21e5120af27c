"""What became of rows, and where a batch belongs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rapport.ledger.reasons import Rejection


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of the rows of a batch or an import: received = stored + duplicate + rejected.

    Attributes:
        read: rows read; received plus those the mapping leaves aside.
        interactions: interactions stored (a row may hold several).
    """

    read: int = 0
    aside: int = 0
    received: int = 0
    stored: int = 0
    duplicate: int = 0
    rejected: int = 0
    interactions: int = 0

    def __post_init__(self) -> None:
        # The invariant of the house: nothing vanishes.
        assert self.received == self.stored + self.duplicate + self.rejected, self
        assert self.read == self.received + self.aside, self

    def __add__(self, other: "Receipt") -> "Receipt":
        return Receipt(*(a + b for a, b in zip(self.counts(), other.counts(), strict=True)))

    def counts(self) -> tuple[int, ...]:
        """The counts in the order of the fields."""
        return tuple(getattr(self, field) for field in self.__slots__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a batch belongs: its import, its position in it, its source.

    Attributes:
        revises: whether rows with a known id and other content replace what is stored.
    """

    import_id: int | None
    position: int
    source: str
    revises: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch row by row.

    Attributes:
        receipt: its counts.
        rejected: rows with their reason; the line tells which.
        stored, duplicate: by the rows' numbers up to the last that came as far as the store:
            whether they were stored, or known before.
    """

    receipt: Receipt
    rejected: tuple[Rejection, ...]
    stored: npt.NDArray[np.bool_]
    duplicate: npt.NDArray[np.bool_]
