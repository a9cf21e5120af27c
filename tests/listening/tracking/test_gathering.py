"""Many requests, one transaction: who waits, who is turned away, who pays for whose fault."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from rapport.kernel.errors import BusyError, StoreError
from rapport.ledger.api import Ledger
from rapport.listening.tracking.door import Door
from rapport.listening.tracking.gathering import Fate, Gathering
from rapport.listening.tracking.groups import store_group
from rapport.listening.tracking.keys import KnownKeys
from rapport.listening.tracking.parcels import Parcel, read_head, read_parcel

from .conftest import Shop, behind

Store = Callable[[Sequence[Parcel]], Sequence[Fate]]
Gather = Callable[..., Gathering]


def parcel(name: str, source: str = "shop", events: int = 1) -> Parcel:
    """A parcel of events with ids of their own."""
    items = ",".join(f'{{"kind": "visit.made", "messageId": "{name}{n}"}}' for n in range(events))
    body = f'{{"batch": [{items}]}}'.encode()
    return read_parcel(read_head(body), len(body), source, time.time_ns() // 1000)


class Gate:
    """A store whose groups wait at a gate, and are noted."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.open = threading.Event()
        self.waiting = threading.Event()
        self.groups: list[int] = []

    def __call__(self, parcels: Sequence[Parcel]) -> Sequence[Fate]:
        self.waiting.set()
        assert self.open.wait(60)
        self.groups.append(len(parcels))
        return store_group(self.ledger, parcels)


@pytest.fixture
def gather() -> Iterator[Gather]:
    made: list[Gathering] = []

    def gathering(store: Store, **limits: int) -> Gathering:
        made.append(Gathering(store, **limits))
        return made[-1]

    yield gathering
    for one in made:
        one.close()


class Sender(threading.Thread):
    """Puts a parcel and keeps what came back."""

    def __init__(self, gathering: Gathering, mine: Parcel) -> None:
        super().__init__()
        self.gathering = gathering
        self.mine = mine
        self.fate: Fate | Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.fate = self.gathering.put(self.mine)
        except Exception as error:  # noqa: BLE001 - handed to the test
            self.fate = error

    def end(self) -> Fate | Exception | None:
        self.join(60)
        return self.fate


def queued(gathering: Gathering, count: int) -> None:
    """Wait until so many parcels wait."""
    deadline = time.monotonic() + 60
    while len(gathering._waiting) < count:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_what_waits_is_stored_together(ledger: Ledger, gather: Gather) -> None:
    gate = Gate(ledger)
    gathering = gather(gate)
    first = Sender(gathering, parcel("first"))
    assert gate.waiting.wait(60)
    later = [Sender(gathering, parcel(f"p{n}", f"s{n % 2}", 3)) for n in range(5)]
    queued(gathering, 5)
    gate.open.set()
    assert first.end() == Fate(1, 0, ())
    assert [sender.end() for sender in later] == [Fate(3, 0, ())] * 5
    assert gate.groups == [1, 5]
    batches = ledger.database.rows("SELECT source, stored FROM ledger_batch ORDER BY number")
    assert batches == [("shop", 1), ("s0", 9), ("s1", 6)]


def test_one_message_in_two_requests_of_a_group_is_stored_once(
    ledger: Ledger, gather: Gather
) -> None:
    gate = Gate(ledger)
    gathering = gather(gate)
    Sender(gathering, parcel("first"))
    assert gate.waiting.wait(60)
    twice = [Sender(gathering, parcel("same")) for _ in range(2)]
    queued(gathering, 2)
    gate.open.set()
    fates = [sender.end() for sender in twice]
    assert sorted(fates, key=str) == [Fate(0, 1, ()), Fate(1, 0, ())]


def test_when_too_much_waits_the_next_is_turned_away_unstored(
    ledger: Ledger, gather: Gather
) -> None:
    gate = Gate(ledger)
    gathering = gather(gate, rows=10)
    Sender(gathering, parcel("first"))
    assert gate.waiting.wait(60)
    waits = Sender(gathering, parcel("waits", events=6))
    queued(gathering, 1)
    with pytest.raises(BusyError, match="Too many events wait"):
        gathering.put(parcel("late", events=5))
    gate.open.set()
    assert waits.end() == Fate(6, 0, ())
    assert gathering.put(parcel("late", events=5)) == Fate(5, 0, ())


def test_bytes_that_wait_are_bounded_too(ledger: Ledger, gather: Gather) -> None:
    gate = Gate(ledger)
    gathering = gather(gate, size=100)
    Sender(gathering, parcel("first"))
    assert gate.waiting.wait(60)
    Sender(gathering, parcel("alone", events=20))
    queued(gathering, 1)
    with pytest.raises(BusyError):
        gathering.put(parcel("late"))
    gate.open.set()


def test_a_parcel_that_cannot_be_stored_fails_alone(ledger: Ledger, gather: Gather) -> None:
    gate = Gate(ledger)

    def store(parcels: Sequence[Parcel]) -> Sequence[Fate]:
        if any(one.source == "cursed" for one in parcels):
            raise ZeroDivisionError("a fault of ours")
        return gate(parcels)

    gathering = gather(store)
    Sender(gathering, parcel("first"))
    assert gate.waiting.wait(60)
    senders = [Sender(gathering, parcel(f"p{n}", s)) for n, s in enumerate(("a", "cursed", "b"))]
    queued(gathering, 3)
    gate.open.set()
    fates = [sender.end() for sender in senders]
    assert (fates[0], fates[2]) == (Fate(1, 0, ()), Fate(1, 0, ()))
    assert isinstance(fates[1], ZeroDivisionError)


def test_at_the_end_what_waits_is_stored_and_nothing_more_is_taken(
    ledger: Ledger, gather: Gather
) -> None:
    gate = Gate(ledger)
    gathering = gather(gate)
    senders = [Sender(gathering, parcel(f"p{n}")) for n in range(4)]
    assert gate.waiting.wait(60)
    closing = threading.Thread(target=gathering.close)
    closing.start()
    gate.open.set()
    closing.join(60)
    fates = [sender.end() for sender in senders]
    assert all(fate == Fate(1, 0, ()) or isinstance(fate, BusyError) for fate in fates)
    with pytest.raises(BusyError, match="stopping"):
        gathering.put(parcel("late"))


@pytest.fixture
def full(shop: Shop, gather: Gather) -> Any:
    """The shop's door over a database that may not grow while `full.pages` says so."""

    class Full:
        pages = 1

        def store(self, parcels: Sequence[Parcel]) -> Sequence[Fate]:
            limit = f"PRAGMA max_page_count = {self.pages}"
            shop.ledger.database.connection.execute(limit)
            return store_group(shop.ledger, parcels)

    made = Full()
    if shop.ledger.database.writers_max is None:
        pytest.skip("only SQLite can be told to be full")
    shop.door = Door(behind, KnownKeys(), gather(made.store).put)
    return made


def test_a_full_disk_is_told_and_the_door_recovers_by_itself(
    shop: Shop, full: Any, caplog: pytest.LogCaptureFixture
) -> None:
    item = {"kind": "visit.made", "messageId": "m", "text": "word " * 1_000}
    answer = shop.send(item)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert "Send the same again" in answer.told["hint"]
    assert str(shop.ledger.home) not in str(answer.told)
    assert "Make room" in caplog.text
    assert shop.rows() == []
    full.pages = 1_000_000
    assert shop.send(item).told["stored"] == 1


def test_a_fault_of_ours_is_no_traceback_for_strangers(
    shop: Shop, gather: Gather, caplog: pytest.LogCaptureFixture
) -> None:
    def store(parcels: Sequence[Parcel]) -> Sequence[Fate]:
        raise ZeroDivisionError("a secret")

    shop.door = Door(behind, KnownKeys(), gather(store).put)
    answer = shop.send({"kind": "visit.made"})
    assert (answer.status, "secret" in str(answer.told)) == (500, False)
    assert "a secret" in caplog.text


def test_a_store_that_is_away_answers_503(shop: Shop, gather: Gather) -> None:
    def store(parcels: Sequence[Parcel]) -> Sequence[Fate]:
        raise StoreError("The store is away")

    shop.door = Door(behind, KnownKeys(), gather(store).put)
    assert shop.send({"kind": "visit.made"}).status == 503
