"""A full disk: it is told, nothing acknowledged is lost, reading goes on, and room alone mends it.

The store lies on a small file system of its own. It is filled by an import, by the journal, by
compacting, by a query that spills, and through the tracking door of a running server.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from acceptance import _deeds
from acceptance._narrow import Narrow, NotPermittedError, narrow
from acceptance.tally import Asked, Tally
from rapport.kernel.errors import RapportError, StoreError
from rapport.ledger.api import Ledger, compact, open_ledger, seal, verify
from tests.web.people import add_people
from tests.web.served import Served, free_port, get, send_event, serve

_FULL_ROUNDS = 20
_ROWS = 20_000
_LEFT = 1_000_000
_LEFT_FOR_OPENING = 48_000
# A page of SQLite's log more or less decides whether a small change still fits.
_LESS_AND_LESS = (_LEFT_FOR_OPENING, 40_000, 36_000, 32_000, 16_000, 0)
_RECOVERED_SECONDS = 10.0
_MAPPING = """
source = "full"
[fields]
customer = "customer"
occurred_at = "when"
text = "text"
kind = { value = "order.completed" }
"""
_COUNT = "SELECT count(*) AS n FROM interactions"
# Too much for the memory it is given below, so it goes to the disk.
_LARGE = "SELECT md5(CAST(i AS VARCHAR)) AS m, i FROM range(4000000) t(i) ORDER BY m"


def prove(asked: Asked, tally: Tally) -> None:
    """Fill the disk in each way, once or many times."""
    chance = random.Random(asked.seed)
    scenes: tuple[Callable[[Narrow, random.Random, Tally], None], ...] = (
        *(_by_import, _by_journal, _by_compacting, _by_spilling, _by_door),
    )
    rounds = _FULL_ROUNDS if asked.full else 1
    try:
        for number in range(rounds):
            for scene in scenes:
                with narrow(asked.folder / f"{scene.__name__}{number}") as disk:
                    scene(disk, chance, tally)
    except NotPermittedError as error:
        tally.figure("SKIPPED: no file system may be mounted", error)
        return
    tally.figure("times the disk was filled", rounds * len(scenes))


def _by_import(disk: Narrow, chance: random.Random, tally: Tally) -> None:
    home = _made(disk)
    file, mapping = disk.root.with_suffix(".csv"), disk.root.with_suffix(".toml")
    mapping.write_text(_MAPPING)
    file.write_text("customer,when,text\n" + "".join(_lines(chance)))
    disk.fill(_LEFT + chance.randrange(_LEFT))
    import_it = ("import", str(file), "--as", str(mapping))
    done = _rapport(home, *import_it)
    tally.check("an import is refused clearly", _is_refusal(done), done.stderr)
    made = _keys_until_refused(disk, home, tally)
    disk.fill(_LEFT_FOR_OPENING)
    ledger = open_ledger(home)
    tally.check("reading goes on", _count(ledger) <= _ROWS, _count(ledger))
    disk.free()
    done = _rapport(home, *import_it)
    tally.check("the same import goes on", done.returncode == 0, done.stderr)
    listed = _rapport(home, "key", "list").stdout
    tally.check("every key that was made is there", all(name in listed for name in made), listed)
    _check_whole(ledger, _ROWS, tally)


def _keys_until_refused(disk: Narrow, home: Path, tally: Tally) -> list[str]:
    """Make a key with less and less room, until one is refused; the names of those made."""
    for number, left in enumerate(_LESS_AND_LESS):
        disk.fill(left)
        done = _rapport(home, "key", "add", f"more{number}")
        if done.returncode:
            break
    refused = _is_refusal(done)
    tally.check("a change of other records is refused clearly", refused, done.stderr or done.stdout)
    return [f"more{before}" for before in range(number)]


def _by_journal(disk: Narrow, chance: random.Random, tally: Tally) -> None:
    ledger = open_ledger(_made(disk))
    disk.fill(_LEFT + chance.randrange(_LEFT))
    number = _until_refused(ledger, tally)
    # The last batch may be stored: then it was the note of the import's end that was refused.
    told = (3 * number, 3 * number + 3)
    tally.check("reading goes on", _count(ledger) in told, (_count(ledger), told))
    disk.free()
    _deeds.do(ledger, "journal", number)
    seal(ledger)
    _check_whole(ledger, 3 * (number + 1), tally)


def _until_refused(ledger: Ledger, tally: Tally) -> int:
    """Import batches of three until an import is refused; how many were done before."""
    number = 0
    while True:
        try:
            _deeds.do(ledger, "journal", number)
        except RapportError as error:
            tally.check("a batch is refused clearly", isinstance(error, StoreError), error)
            return number
        number += 1


def _by_compacting(disk: Narrow, chance: random.Random, tally: Tally) -> None:
    ledger = open_ledger(_made(disk))
    for number in range(6):
        _deeds.do(ledger, "bulk", number)
    before = _deeds.digest(ledger)
    disk.fill(chance.randrange(4_096, 16_384))
    tally.check("compacting is refused clearly", "room" in _refusal(lambda: compact(ledger)))
    tally.check("reading goes on", _deeds.digest(ledger) == before)
    disk.free()
    compact(ledger)
    tally.check("the same rows are there", _deeds.digest(ledger) == before)
    _check_whole(ledger, 30, tally)


def _by_spilling(disk: Narrow, chance: random.Random, tally: Tally) -> None:
    ledger = open_ledger(_made(disk))
    _deeds.do(ledger, "bulk", 1)
    ledger.bench.execute("SET memory_limit = '150MB'")
    disk.fill(_LEFT + chance.randrange(_LEFT))

    def ask() -> None:
        with ledger.read() as snapshot:
            snapshot.sql(_LARGE)

    tally.check("a query that spills is refused clearly", "room" in _refusal(ask))
    tally.check("reading goes on", _count(ledger) == 5, _count(ledger))
    disk.free()
    _check_whole(ledger, 5, tally)


def _by_door(disk: Narrow, chance: random.Random, tally: Tally) -> None:
    home = _made(disk)
    key = _rapport(home, "key", "add", "shop").stdout.strip()
    add_people(home)
    served = serve(home, disk.root.with_suffix(".log"), free_port())
    try:
        get(served.address)  # signs in, which a full disk refuses
        disk.fill(_LEFT + chance.randrange(_LEFT))
        told = _sent_until_refused(served, key, tally)
        status, _, _ = get(served.address)
        tally.check("pages go on", status == 200, status)
        disk.free()
        told += _sent_again(served, key, tally)
    finally:
        tally.check("the server stops as asked", served.stop() == 0)
    log = served.log.read_text()
    tally.check("no traceback in the log", "Traceback" not in log, log)
    _check_whole(open_ledger(home), told, tally)


def _sent_until_refused(served: Served, key: str, tally: Tally) -> int:
    """How many events were acknowledged before the door refused one."""
    told = 0
    while True:
        status, headers, body = send_event(served, key, str(told), text=_some_pages())
        if status != 200:
            tally.check("the door refuses with 503", status == 503, (status, body))
            tally.check("the door says when to try again", "retry-after" in headers, headers)
            return told
        told += 1


def _sent_again(served: Served, key: str, tally: Tally) -> int:
    """Send one event until it is taken: the one that was refused last."""
    began = time.monotonic()
    while send_event(served, key, "again", text=_some_pages())[0] != 200:
        if time.monotonic() - began > _RECOVERED_SECONDS:
            tally.check("the door recovers without a restart", False, "not in time")
            return 0
        time.sleep(0.2)
    tally.check("the door recovers without a restart", True)
    return 1


def _some_pages() -> str:
    """A text that fills a few pages of the database."""
    return os.urandom(4_000).hex()


def _made(disk: Narrow) -> Path:
    home = disk.root / "home"
    done = _rapport(home, "init")
    assert done.returncode == 0, done.stderr
    return home


def _lines(chance: random.Random) -> list[str]:
    return [
        f"c{row},2025-0{1 + row % 3}-03T12:00:00Z,{chance.randbytes(60).hex()}\n"
        for row in range(_ROWS)
    ]


def _rapport(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "rapport", "--home", str(home), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _is_refusal(done: "subprocess.CompletedProcess[str]") -> bool:
    return done.returncode == 2 and "rapport: " in done.stderr and "Traceback" not in done.stderr


def _refusal(work: Callable[[], object]) -> str:
    """What the house says of work it cannot do; empty where it is done."""
    try:
        work()
    except StoreError as error:
        return str(error)
    return ""


def _count(ledger: Ledger) -> int:
    with ledger.read() as snapshot:
        return int(snapshot.sql(_COUNT).to_pylist()[0]["n"])


def _check_whole(ledger: Ledger, expected: int, tally: Tally) -> None:
    """All that was acknowledged is there once, and the store is whole."""
    found = _count(ledger)
    tally.check("nothing is lost, nothing is twice", found == expected, f"{found} of {expected}")
    faults = [finding.found for finding in verify(ledger) if not finding.holds]
    tally.check("the store is whole", not faults, faults)
    ledger.close()
