"""What the disk says, in words of the house."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rapport.kernel.errors import StoreError

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def in_our_words(place: Path) -> Iterator[None]:
    """Turn what the disk refuses while the block runs into an error of the store at a place.

    Raises:
        StoreError: the disk is full, or broken.
    """
    try:
        yield
    except OSError as error:
        raise of_disk(error, place) from error


def of_disk(error: OSError, place: Path) -> StoreError:
    """The error in our words."""
    text = str(error).strip().splitlines()[0]
    if error.errno in _FULL:
        return StoreError(
            f"There is no room left on the disk of {place}",
            got=text,
            hint="Make room and run it again: nothing is half-stored.",
        )
    return StoreError(
        f"A file of the store in {place} cannot be read or written",
        got=text,
        hint="Look after the disk, then run it again: nothing is half-stored. "
        "`rapport ledger verify` tells what is damaged.",
    )
