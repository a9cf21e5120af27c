"""Days, weeks and months are those of the reporting zone, whatever its clocks do.

For each zone a store of its own is fed with each quarter of an hour, at its first and at its last
microsecond, of days around those on which clocks are put, of a leap day, of the turn of a year
and of the end of 32-bit time; one half as files bring them, the other as the door does. What lies
where is counted beside it with Python's own zone tables: each row's day, week and month, the sums
of hours, days, weeks, months, quarters and years, the length of each day, and what filters and
ranges draw. Then files with local times are imported, and must come out as the moments they mean.
The machine's own clock is in another zone still, which must not matter.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from acceptance._shelf import shelf
from acceptance._writers import Store
from acceptance._zones import ZONES, changes, moments, name_of, place_of, quarters, walls
from acceptance.tally import Asked, Tally
from rapport.kernel.periods import Every
from rapport.kernel.zones import zone_named
from rapport.ledger.api import (
    DRAFT_SCHEMA,
    Batch,
    Ledger,
    Place,
    Reason,
    Settings,
    Snapshot,
    create_ledger,
    entry_of,
    rejections,
)
from rapport.listening.mapping.reading import parse_mapping
from rapport.measures.api import compute
from rapport.office.api import Actor
from rapport.web.django_setup import prepare

QUICK_YEARS, FULL_YEARS = (2025, 2026), (2020, 2029)
# A leap day to come, the turn of a year, the end of 32-bit time, and days that some zones left out.
_SPECIAL = (
    date(2028, 2, 29),
    date(2026, 12, 31),
    date(2038, 1, 19),
    date(2011, 12, 30),
    date(1994, 12, 31),
)
_ONE_DAY = timedelta(days=1)
_SOURCE = "clock"
_MAPPING = """
source = "{source}"
future = true
id = ["at"]
[fields]
occurred_at = {{ column = "at", zone = "{zone}" }}
kind = {{ value = "page.viewed" }}
"""


def prove(asked: Asked, tally: Tally) -> None:
    """Every zone in a store of its own; then files of all zones into one."""
    rng = random.Random(asked.seed)
    os.environ["TZ"] = rng.choice(ZONES)
    time.tzset()
    tally.figure("zone of the machine", os.environ["TZ"])
    rows = 0
    with shelf(asked) as stores:
        for zone in ZONES:
            rows += _zone(stores.new(zone.replace("/", " ")), zone, _days(zone, asked.full), tally)
            tally.say(zone)
        _files(stores.new("files"), tally)
    tally.figure("zones", len(ZONES))
    tally.figure("moments", rows)


def _days(zone: str, full: bool) -> list[date]:
    """The days to look at: around each change of clocks; in the full size, all of ten years."""
    there = zone_named(zone)
    first, last = FULL_YEARS if full else QUICK_YEARS
    nights = [*changes(there, first, last), *_SPECIAL]
    around = {day + n * _ONE_DAY for day in nights for n in (-1, 0, 1)}
    if full:
        begin, end = date(first, 1, 1), date(last, 12, 31)
        around |= {begin + n * _ONE_DAY for n in range((end - begin).days + 1)}
    return sorted(around)


def _zone(store: Store, zone: str, days: Sequence[date], tally: Tally) -> int:
    """One zone; how many moments were looked at. Every second zone's weeks begin on Sunday."""
    week_start = 6 * (ZONES.index(zone) % 2)
    told = [moment for day in days for moment in moments(day, zone_named(zone))]
    store.bind()
    ledger = create_ledger(store.home, Settings("", zone, week_start, "EUR"))
    try:
        _feed(ledger, told[0::2], by_door=False)
        _feed(ledger, told[1::2], by_door=True)
        with ledger.read() as snapshot:
            _rows(snapshot, zone, told, tally)
            _sums(snapshot, zone, told, tally)
            _lengths(snapshot, zone, days, tally)
    finally:
        ledger.close()
    return len(told)


def _feed(ledger: Ledger, told: Sequence[datetime], *, by_door: bool) -> None:
    """Store moments as files do, or with ids made already, as the door does."""
    names = [moment.isoformat() for moment in told]
    numbers = pa.array(range(len(told)), pa.int64())
    drafts = pa.Table.from_pydict(
        {
            **{field.name: pa.array([None] * len(told), field.type) for field in DRAFT_SCHEMA},
            "row": numbers,
            "line": numbers,
            "key": pa.array([f"={name}" for name in names]),
            "part": pa.array([""] * len(told)),
            "source": pa.array([_SOURCE] * len(told)),
            "occurred_at": pa.array(told, pa.timestamp("us", "UTC")),
            "kind": pa.array(["page.viewed"] * len(told)),
        }
    )
    if by_door:
        entries = [entry_of(_SOURCE, f"={name}", b"") for name in names]
        drafts = drafts.drop_columns(["key", "part"]).append_column("entry", pa.array(entries))
    batch = Batch(drafts, (), len(told), 0, lambda rows: [names[row] for row in rows])
    ledger.take(batch, Place(None, 0, _SOURCE), allow_future=True)


def _rows(snapshot: Snapshot, zone: str, told: Sequence[datetime], tally: Tally) -> None:
    found = snapshot.sql("SELECT occurred_at, day, week, month FROM interactions ORDER BY t")
    there, week_start = zone_named(zone), snapshot.settings.week_start
    wrong = [
        row
        for row, moment in zip(found.to_pylist(), sorted(told), strict=True)
        if (row["occurred_at"], row["day"], row["week"], row["month"])
        != (moment, *place_of(moment, there, week_start))
    ]
    tally.check(f"{zone}: day, week and month of each row", not wrong, wrong[:2])


def _sums(snapshot: Snapshot, zone: str, told: Sequence[datetime], tally: Tally) -> None:
    """Hours, days, weeks, months, quarters and years all add up to the same rows."""
    hours = snapshot.sql("SELECT count(*) AS n FROM interactions GROUP BY t // 3600000000")
    total = sum(row["n"] for row in hours.to_pylist())
    tally.check(f"{zone}: hours add up", total == len(told), total)
    dates = [moment.astimezone(zone_named(zone)).date() for moment in told]
    for every in Every:
        found = {f.period: f.n for f in compute(snapshot, "volume", every=every.value)}
        names = (name_of(day, every.value, snapshot.settings.week_start) for day in dates)
        expected = Counter(names)
        differ = {name for name, n in found.items() ^ expected.items()}
        tally.check(f"{zone}: each {every.value}", not differ, sorted(differ)[:3])
        tally.check(f"{zone}: {every.value}s add up", sum(found.values()) == len(told))


def _lengths(snapshot: Snapshot, zone: str, days: Sequence[date], tally: Tally) -> None:
    """Each day has as many hours as its clocks say, in figures, in ranges and in filters."""
    there = zone_named(zone)
    found = {f.period: f.n for f in compute(snapshot, "volume", every="day")}
    wrong = [day for day in days if found.get(str(day), 0) != 2 * quarters(day, there)]
    tally.check(f"{zone}: days of 23, 23.5, 24, 24.5 and 25 hours", not wrong, wrong[:3])
    odd = [day for day in days if quarters(day, there) != 96]
    lengths = {quarters(day, there) / 4 for day in odd}
    tally.figure(f"{zone}: odd days, hours", f"{len(odd)}: {sorted(lengths)}")
    for day in [*odd[:4], *_SPECIAL]:
        drawn = {
            "range": _count(snapshot, first_day=day, last_day=day),
            "day": _count(snapshot, where=[f"day = {day}"]),
            "moment": _count(snapshot, where=[f"occurred_at = {day}"]),
        }
        expected = 2 * quarters(day, there)
        tally.check(f"{zone}: what {day} draws", {*drawn.values()} == {expected}, drawn)


def _count(snapshot: Snapshot, **asked: Any) -> int:
    [figure] = compute(snapshot, "volume", **asked)
    return figure.n


def _files(store: Store, tally: Tally) -> None:
    """Local times without an offset, of every zone, imported by a mapping that names the zone."""
    from rapport.listening.api import import_file  # noqa: PLC0415 - needs the tables of `prepare`

    store.bind()
    ledger = create_ledger(store.home, Settings("", "UTC", 0, "EUR"))
    prepare(store.home)
    try:
        for zone in ZONES:
            there = zone_named(zone)
            days = [day for day in _days(zone, full=False) if day.year < 2030]
            means = {wall: walls(wall, there) for day in days for wall in _grid(day)}
            path = store.home / "walls.csv"
            path.write_text("\n".join(["at", *(wall.isoformat() for wall in means)]))
            mapping = parse_mapping(_MAPPING.format(source=zone, zone=zone))
            report = import_file(ledger, path, mapping, actor=Actor.operator())
            refused = [*rejections(ledger.database, report.import_id)]
            _walls(ledger, zone, list(means.values()), [r.reason for r in refused], tally)
    finally:
        ledger.close()
    tally.say("files")


def _grid(day: date) -> list[datetime]:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - what a clock shows
    return [midnight + n * timedelta(minutes=15) for n in range(96)]


def _walls(
    ledger: Ledger,
    zone: str,
    means: Sequence[datetime | None],
    refused: Sequence[Reason],
    tally: Tally,
) -> None:
    """What no clock showed is refused; the rest is the moment, the later where there are two."""
    with ledger.read() as snapshot:
        query = f"SELECT occurred_at FROM interactions WHERE source = '{zone}' ORDER BY t"
        found = snapshot.sql(query)["occurred_at"].to_pylist()
    expected = sorted(moment for moment in means if moment is not None)
    tally.check(f"{zone}: local times of a file", found == expected, len(found))
    never = [Reason.IMPOSSIBLE_TIME] * list(means).count(None)
    tally.check(f"{zone}: times no clock showed", list(refused) == never, len(refused))
