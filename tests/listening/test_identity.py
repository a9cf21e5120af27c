"""Occurrences of equal rows, beside what collections.Counter counts."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.listening import identity

_chunks = st.lists(st.lists(st.integers(0, 6) | st.just(2**64 - 1), max_size=12), max_size=8)


def by_counter(chunks: list[list[int]]) -> list[int]:
    """The occurrence number of each value over all chunks."""
    seen: Counter[int] = Counter()
    numbers = []
    for value in (value for chunk in chunks for value in chunk):
        seen[value] += 1
        numbers.append(seen[value])
    return numbers


def by_us(chunks: list[list[int]]) -> list[int]:
    """The same by the house."""
    seen = identity.Occurrences()
    hashed = [np.array(chunk, dtype=np.uint64) for chunk in chunks]
    return [number for chunk in hashed for number in seen.number(chunk).tolist()]


@pytest.mark.parametrize("on_disk", [4_000_000, 5], ids=["in memory", "on disk"])
# It writes to the disk, which may be slow at any time.
@settings(deadline=None)
@given(chunks=_chunks)
def test_occurrences_are_those_of_a_counter(on_disk: int, chunks: list[list[int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity, "_ON_DISK", on_disk)
        assert by_us(chunks) == by_counter(chunks)


def test_occurrences_over_many_chunks_stay_right() -> None:
    values = np.random.default_rng(3).integers(0, 50, 4_000)
    chunks = [part.tolist() for part in np.array_split(values, 61)]
    assert by_us(chunks) == by_counter(chunks)


def test_hashes_are_not_changed() -> None:
    hashes = np.array([3, 1, 3], dtype=np.uint64)
    identity.Occurrences().number(hashes)
    assert hashes.tolist() == [3, 1, 3]
