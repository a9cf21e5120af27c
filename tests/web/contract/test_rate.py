"""How often somebody may ask."""

from rapport.web.contract.rate import Buckets


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_holds_so_many_requests_and_no_more() -> None:
    buckets = Buckets(3, Clock())
    assert [buckets.take("ana").allowed for _ in range(4)] == [True, True, True, False]


def test_who_is_refused_is_told_when_to_come_again() -> None:
    clock = Clock()
    buckets = Buckets(60, clock)
    for _ in range(60):
        buckets.take("ana")
    assert buckets.take("ana").headers()["Retry-After"] == "1"
    clock.now = 1.0
    assert buckets.take("ana").allowed


def test_a_bucket_fills_evenly_and_never_over() -> None:
    clock = Clock()
    buckets = Buckets(60, clock)
    for _ in range(60):
        buckets.take("ana")
    clock.now = 30.0
    assert buckets.take("ana").remaining == 29
    clock.now = 10_000.0
    assert buckets.take("ana").remaining == 59


def test_one_does_not_use_up_what_is_anothers() -> None:
    buckets = Buckets(1, Clock())
    buckets.take("ana")
    assert not buckets.take("ana").allowed
    assert buckets.take("ben").allowed


def test_names_that_do_not_come_again_are_forgotten() -> None:
    clock = Clock()
    buckets = Buckets(1, clock)
    for number in range(10_000):
        buckets.take(str(number))
    clock.now = 60.0
    buckets.take("one more")
    assert len(buckets._levels) <= 2
