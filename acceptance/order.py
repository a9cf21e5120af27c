"""Whatever order, repetition and way events come by, the same tables and figures come of them.

Stores are fed with the same events: shuffled, in batches of any size, once, by half again or all
twice, through the journal, in bulk, through the served door and by all of them mixed, sealed and
compacted in between. What may differ is when a row was stored and in which batch (`received_at`,
`batch`), and how rows lie in files; all else is compared byte by byte. All figures are compared, to
twelve digits: where floats are added, the order of adding shows in the last ones. A journey of four
steps comes in all its 24 orders. Then clients with wrong clocks send.
"""

import itertools
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from acceptance._journeys import DAY, Event, item, items, journey, journeys, table
from acceptance._served import Sender, served
from acceptance._shelf import Shelf, shelf
from acceptance._writers import Store
from acceptance.tally import Asked, Tally
from rapport.ledger.api import FIELD_NAMES, Ledger, Reason, Snapshot, compact, seal
from rapport.measures.api import all_measures, compute, to_json_rows

# The small size is what takes the bulk way when it comes at once.
QUICK_EVENTS, FULL_EVENTS = 20_000, 500_000
SOURCE = "shop"
# What is sent by wrong clocks is told from the rest by its product.
_CLOCKS = "clock "
_MAY_DIFFER = ("received_at", "batch")
_DOOR_ITEMS = 400
_CLOCK_ERRORS_DAYS = (0, 1, -1, 30, -400, 3653, -3653)
_SECOND = 1_000_000
_DIGITS = 1e-12
Feed = Callable[[Ledger], None]
_TIDIES: tuple[Callable[[Ledger], object], ...] = (seal, compact)


@dataclass(frozen=True, slots=True)
class Found:
    """What a store comes to: a digest of its rows, how many there are, and its figures."""

    rows: int
    digest: str
    figures: list[dict[str, Any]]


def prove(asked: Asked, tally: Tally) -> None:
    """Feed stores in every way and compare them; then let wrong clocks send."""
    rng = random.Random(asked.seed)
    events = journeys(rng, FULL_EVENTS if asked.full else QUICK_EVENTS)
    with shelf(asked) as stores:
        first = _fed(stores.new("in order"), lambda ledger: _put(ledger, events))
        tally.check("each event is a row", first.rows == len(events), first.rows)
        for name, feed in _ways(rng, events).items():
            found = _fed(stores.new(name), feed)
            _compare(tally, name, found, first)
            tally.say(name)
        _permutations(rng, stores, tally)
        _door(rng, stores.new("door"), events, first, tally)
    tally.figure("events", len(events))


def _compare(tally: Tally, name: str, found: Found, first: Found) -> None:
    tally.check(f"{name}: rows", found.rows == first.rows, f"{found.rows} of {first.rows}")
    tally.check(f"{name}: every byte", found.digest == first.digest)
    tally.check(f"{name}: every figure", _same(found.figures, first.figures))


def _same(a: Any, b: Any) -> bool:
    """Whether two answers are the same but for the last digits of floats."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=_DIGITS, abs_tol=_DIGITS)
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[name], b[name]) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b)


def _ways(rng: random.Random, events: Sequence[Event]) -> dict[str, Feed]:
    """How a store may be fed, by what it is like."""
    half = [*events, *rng.sample(events, len(events) // 2)]
    twice = [*events, *events]
    return {
        "shuffled, through the journal": lambda it: _small(rng, it, _shuffled(rng, events)),
        "shuffled, in bulk": lambda it: _put(it, _shuffled(rng, events)),
        "by half again, mixed": lambda it: _mixed(rng, it, _shuffled(rng, half)),
        "all twice, newest first": lambda it: _small(rng, it, sorted(twice, key=_newest)),
        "all twice, sealed in between": lambda it: _mixed(rng, it, _shuffled(rng, twice)),
    }


def _newest(event: Event) -> tuple[int, str]:
    return -event.at, event.key


def _shuffled(rng: random.Random, events: Sequence[Event]) -> list[Event]:
    return rng.sample(events, len(events))


def _small(rng: random.Random, ledger: Ledger, events: Sequence[Event]) -> None:
    for part in _parts(rng, events, 1, 8_000):
        _put(ledger, part)
    seal(ledger)


def _mixed(rng: random.Random, ledger: Ledger, events: Sequence[Event]) -> None:
    """Small and large batches, with seals and compactions between them."""
    for part in _parts(rng, events, 1, max(len(events), 40_000)):
        _put(ledger, part)
        for tidy in rng.sample(_TIDIES, rng.randrange(3)):
            tidy(ledger)
    seal(ledger)


def _parts(
    rng: random.Random, events: Sequence[Event], least: int, most: int
) -> Iterator[Sequence[Event]]:
    """The events in order, cut into parts; some parts are small, whatever the most."""
    start = 0
    while start < len(events):
        size = rng.randint(least, rng.choice([least + 100, most]))
        yield events[start : start + size]
        start += size


def _put(ledger: Ledger, events: Sequence[Event]) -> None:
    ledger.load([table(events)], SOURCE)


def _fed(store: Store, feed: Feed) -> Found:
    ledger = store.create()
    try:
        feed(ledger)
        return _found(ledger)
    finally:
        ledger.close()


def _digest(snapshot: Snapshot) -> tuple[int, str]:
    """How many rows there are, and a digest of all that may not differ."""
    kept = ", ".join(name for name in FIELD_NAMES if name not in _MAY_DIFFER)
    query = (
        "SELECT count(*) AS n, md5(string_agg(md5(CAST(i AS VARCHAR)), '' ORDER BY id)) AS digest "
        f"FROM (SELECT {kept} FROM interactions) AS i"
    )
    [row] = snapshot.sql(query).to_pylist()
    return row["n"], row["digest"]


def _found(ledger: Ledger) -> Found:
    with ledger.read() as snapshot:
        rows, digest = _digest(snapshot)
        figures = [
            told
            for name in all_measures()
            for told in to_json_rows(compute(snapshot, name, by=["channel"], every="quarter"))
        ]
    return Found(rows, digest, figures)


def _permutations(rng: random.Random, stores: Shelf, tally: Tally) -> None:
    """One journey's first four steps, one by one, in each order, into a store of its own."""
    orders = [*itertools.permutations(journey(rng, 0)[:4])]
    found = {_ordered(stores.new(f"order {number}"), order) for number, order in enumerate(orders)}
    tally.check("all orders of a journey give one store", len(found) == 1, len(found))
    tally.figure("orders of one journey", len(orders))
    tally.say("all orders of a journey")


def _ordered(store: Store, events: Sequence[Event]) -> tuple[int, str]:
    """What becomes of events that come one by one; sealed halfway."""
    ledger = store.create()
    try:
        for number, event in enumerate(events):
            _put(ledger, [event])
            if number == 1:
                seal(ledger)
        with ledger.read() as snapshot:
            return _digest(snapshot)
    finally:
        ledger.close()


def _door(
    rng: random.Random, store: Store, events: Sequence[Event], first: Found, tally: Tally
) -> None:
    """Half of the events over HTTP, some again, the other half loaded meanwhile; then clocks."""
    over, loaded = events[: len(events) // 2], events[len(events) // 2 :]
    sent = items(rng, over)
    ledger = store.create()
    try:
        with served(store, SOURCE) as sender:
            again = rng.sample(sent, len(sent) // 3)
            duplicate = 0
            for part in _cut(rng.sample([*sent, *again], len(sent) + len(again))):
                duplicate += sender.send(part)["duplicate"]
            tally.check("door: what comes again is known", duplicate == len(again), duplicate)
            _small(rng, ledger, loaded)
            _compare(tally, "door and files", _found(ledger), first)
            tally.say("door and files")
            _wrong_clocks(rng, ledger, sender, tally)
            _odd_moments(ledger, sender, tally)
            tally.say("wrong clocks")
    finally:
        ledger.close()


def _cut(listed: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    for start in range(0, len(listed), _DOOR_ITEMS):
        yield listed[start : start + _DOOR_ITEMS]


def _wrong_clocks(rng: random.Random, ledger: Ledger, sender: Sender, tally: Tally) -> None:
    """With `sentAt`, the error of a clock is taken out again; sent twice it is known."""
    true: dict[str, int] = {}
    known = 0
    for number, days in enumerate(_CLOCK_ERRORS_DAYS):
        off = days * DAY + rng.randrange(-3_600_000, 3_600_000)
        batch = [replace(event, key=f"{_CLOCKS}{event.key}") for event in journey(rng, number)]
        true |= {event.key: event.at * 1000 for event in batch}
        sent = [_named(item(event, event.at + off), event.key) for event in batch]
        for _ in range(2):
            known += sender.send(sent, sentAt=int(time.time() * 1000) + off)["duplicate"]
    stored = _moments(ledger)
    worst = max(abs(t - true[name]) for name, t in stored.items())
    tally.check("clocks: a retry is known", known == len(true), known)
    tally.check("clocks: all stored", stored.keys() == true.keys(), len(stored))
    tally.check("clocks: corrected within a second", worst <= _SECOND, f"{worst} µs")
    tally.figure("largest error of a corrected clock", f"{worst / 1000:.1f} ms")


def _named(sent: dict[str, Any], name: str) -> dict[str, Any]:
    return {**sent, "product": _CLOCKS + name}


def _moments(ledger: Ledger) -> dict[str, int]:
    """The moment (µs) of each event by the name it was given."""
    with ledger.read() as snapshot:
        query = f"SELECT product, t FROM interactions WHERE product LIKE '{_CLOCKS}%'"
        found = snapshot.sql(query).to_pylist()
    return {row["product"].removeprefix(_CLOCKS): row["t"] for row in found}


def _odd_moments(ledger: Ledger, sender: Sender, tally: Tally) -> None:
    """What says no moment happened when it came; what cannot be is refused, kept and told."""
    now = int(time.time() * 1000)
    odd = {
        "in two days": (now + 2 * DAY, Reason.IN_THE_FUTURE),
        "in ten years": (now + 3653 * DAY, Reason.IN_THE_FUTURE),
        "before our time": ("1789-07-14T12:00:00Z", Reason.OUT_OF_RANGE),
        "no day": ("2026-02-30T12:00:00Z", Reason.NOT_A_TIME),
        "a leap second": ("2016-12-31T23:59:60Z", Reason.NOT_A_TIME),
        "a word": ("yesterday", Reason.NOT_A_TIME),
        "a number without end": (1e300, Reason.NOT_A_TIME),
    }
    good = {"nothing said": None, "just now": now, "by tomorrow": now + DAY // 2}
    sent = [
        _named({"messageId": name, "kind": "page.viewed", "timestamp": said}, name)
        for name, said in {**good, **{name: said for name, (said, _) in odd.items()}}.items()
    ]
    told = sender.send(sent)
    came = int(time.time() * 1000)
    reasons = {sent[one["index"]]["messageId"]: one["reason"] for one in told["rejected"]}
    expected = {name: reason.value for name, (_, reason) in odd.items()}
    tally.check("odd moments: refused and told why", reasons == expected, reasons)
    stored = _moments(ledger)
    tally.check("odd moments: neighbours stored", good.keys() <= stored.keys(), told)
    tally.check("odd moments: none stored", not odd.keys() & stored.keys(), stored.keys() & odd)
    at = stored["nothing said"] // 1000
    tally.check("a moment not said is when it came", now <= at <= came, (now, at, came))
    kept = ledger.database.value("SELECT count(*) FROM ledger_rejected")
    tally.check("odd moments: kept to be mended", kept == 1, kept)
