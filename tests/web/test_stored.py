"""Stored answers are whole, of their question, and never in the way."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from rapport.web.stored import StoredFigures


@dataclass(frozen=True)
class Count:
    n: int


@pytest.fixture
def stored(tmp_path: Path) -> StoredFigures:
    return StoredFigures(tmp_path)


def test_an_answer_comes_back_with_its_token_and_age(stored):
    put = stored.put("how many", "token-1", Count(3))
    assert stored.get("how many", Count) == put
    assert (put.answer, put.token) == (Count(3), "token-1")


def test_a_newer_answer_replaces_the_older_and_leaves_no_draft(stored, tmp_path):
    stored.put("how many", "token-1", Count(3))
    stored.put("how many", "token-2", Count(4))
    assert stored.get("how many", Count).answer == Count(4)
    assert len(list((tmp_path / "figures").iterdir())) == 1


def test_another_question_has_no_answer(stored):
    stored.put("how many", "token-1", Count(3))
    assert stored.get("how much", Count) is None


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\x00", b'{"question": 1}'])
def test_a_damaged_file_counts_as_missing(stored, tmp_path, damage):
    stored.put("how many", "token-1", Count(3))
    (path,) = (tmp_path / "figures").iterdir()
    path.write_bytes(damage)
    assert stored.get("how many", Count) is None


def test_an_answer_that_cannot_be_written_leaves_the_older_one(stored, tmp_path):
    stored.put("how many", "token-1", Count(3))
    with pytest.raises(NotImplementedError):
        stored.put("how many", "token-2", Count(object()))
    assert stored.get("how many", Count).answer == Count(3)
    assert len(list((tmp_path / "figures").iterdir())) == 1
