"""How often somebody may ask."""

import subprocess
import sys
from pathlib import Path

import pytest

from rapport.web.contract.rate import Buckets


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "locks" / "rate"


def test_a_minute_holds_so_many_requests_and_no_more(file) -> None:
    buckets = Buckets(file, 3, clock=Clock())
    assert [buckets.take("ana").allowed for _ in range(4)] == [True, True, True, False]


def test_who_is_refused_is_told_when_to_come_again(file) -> None:
    clock = Clock()
    buckets = Buckets(file, 60, clock=clock)
    for _ in range(60):
        buckets.take("ana")
    assert buckets.take("ana").headers()["Retry-After"] == "1"
    clock.now = 1.0
    assert buckets.take("ana").allowed


def test_a_bucket_fills_evenly_and_never_over(file) -> None:
    clock = Clock()
    buckets = Buckets(file, 60, clock=clock)
    for _ in range(60):
        buckets.take("ana")
    clock.now = 30.0
    assert buckets.take("ana").remaining == 29
    clock.now = 10_000.0
    assert buckets.take("ana").remaining == 59


def test_one_does_not_use_up_what_is_anothers(file) -> None:
    buckets = Buckets(file, 1, clock=Clock())
    buckets.take("ana")
    assert not buckets.take("ana").allowed
    assert buckets.take("ben").allowed


def test_processes_of_a_machine_count_together(file) -> None:
    words = "from rapport.web.contract.rate import Buckets; from pathlib import Path; import sys; "
    words += "print(Buckets(Path(sys.argv[1]), 3).take('ana').remaining)"
    told = [
        subprocess.run([sys.executable, "-c", words, file], check=True, capture_output=True).stdout
        for _ in range(2)
    ]
    assert [int(one) for one in told] == [2, 1]
    assert Buckets(file, 3).take("ana").remaining == 0


def test_after_a_new_start_of_the_machine_buckets_are_full(file) -> None:
    clock = Clock()
    clock.now = 5_000.0
    Buckets(file, 1, clock=clock).take("ana")
    clock.now = 3.0
    assert Buckets(file, 1, clock=clock).take("ana").allowed


def test_however_many_come_the_file_stays_small_and_names_nobody(file) -> None:
    buckets = Buckets(file, 1, clock=Clock())
    size = file.stat().st_size
    for number in range(20_000):
        assert buckets.take(f"address:{number}").allowed
    assert file.stat().st_size == size < 500_000
    assert b"address" not in file.read_bytes()
