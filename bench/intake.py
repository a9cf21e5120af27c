"""How fast events come in over HTTP, each on the disk before it is acknowledged."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from acceptance.servers import postgres
from bench.processes import StepError, rapport, step
from bench.results import Row, Section, count

BATCH = 100
CONNECTIONS = 16
LEAST_RATIO = 0.5
_WAIT_SECONDS = 60
_IDS_AT_ONCE = 1_000_000
_PAGE = {"path": "/prices", "url": "https://shop.example/prices?x=1", "title": "Prices"}
_CONTEXT = {"library": {"name": "analytics-python", "version": "2.3.2"}, "page": _PAGE}


def measure(home: Path, events: int, runs: int, known: int, *, on_postgres: bool) -> Section:
    """Send events to a served store, and compare with a bare loop that has no HTTP at all."""
    section = Section("intake")
    section.rows += _on(home, events, runs, 0, None)
    if known:
        section.rows += _on(home, events, 1, known, None)
    if on_postgres:
        with tempfile.TemporaryDirectory(prefix="intake-", dir=home) as folder:
            with postgres(Path(folder)) as server:
                section.rows += _on(home, events, runs, 0, server.url("rapport"))
    section.remarks.append(
        f"Batches of {BATCH} events of about 400 bytes over {CONNECTIONS} connections that are "
        "kept, the clients on the same machine. Ours is `rapport serve` as it is: HTTP, keys, "
        "checks, ids for ever, one answer for each event. The peer is a loop in one process "
        "without HTTP that reads the same JSON with the same library and puts bodies under a "
        "unique id into an empty table, one fully synced commit for each batch."
    )
    return section


def _on(home: Path, events: int, runs: int, known: int, url: str | None) -> list[Row]:
    timed = [_one(home, events, known, url) for _ in range(runs)]
    ours, peer = (median(column) for column in zip(*timed, strict=True))
    where = "PostgreSQL" if url else "SQLite"
    beside = f", {count(known)} ids known" if known else ""
    return [
        Row(
            f"events over HTTP, {where}{beside}",
            count(events),
            ours,
            peer,
            f"{events / ours:,.0f} events/s",
            f"ratio ≤ {1 / LEAST_RATIO:g}",
            ours / peer <= 1 / LEAST_RATIO,
        )
    ]


def _one(home: Path, events: int, known: int, url: str | None) -> tuple[float, float]:
    """Our seconds and the peer's, one after the other in the same minute."""
    store = Path(tempfile.mkdtemp(prefix="intake-", dir=home))
    environment = {"DATABASE_URL": url} if url else {}
    try:
        with _environment(environment):
            rapport(store, "init")
            key = rapport(store, "key", "add", f"shop-{uuid.uuid4()}").told.strip()
            if known:
                step("intake:know", folder=str(store), ids=known)
            with served(store) as port:
                ours = step("intake:send", port=port, key=key, events=events)
        peer = step("intake:bare_loop", folder=str(store), events=events, url=url)
    finally:
        shutil.rmtree(store)
    return float(ours["seconds"]), float(peer["seconds"])


@contextmanager
def _environment(more: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def served(store: Path) -> Iterator[int]:
    """`rapport serve` on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    words = [sys.executable, "-m", "rapport", "--home", str(store), "serve", "--port", str(port)]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.send_signal(signal.SIGINT)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise StepError("the server did not come up")


def bodies(events: int) -> list[bytes]:
    """Batches as Segment's clients send them, each event with an id of its own."""
    now = datetime.now(UTC).isoformat()
    return [
        json.dumps({"batch": [_event(n, now) for n in range(BATCH)], "sentAt": now}).encode()
        for _ in range(events // BATCH)
    ]


def _event(number: int, now: str) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Product Added",
        "messageId": str(uuid.uuid4()),
        "userId": f"user-{number}",
        "anonymousId": str(uuid.uuid4()),
        "timestamp": now,
        "properties": {"plan": "gold", "price": 12.5, "sku": f"A{number}"},
        "context": _CONTEXT,
        "integrations": {},
    }


def send(port: int, key: str, events: int) -> dict[str, float]:
    """Send all batches over the connections; seconds from the first to the last answer."""
    waiting = bodies(events)
    head = f"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
    wrong: list[bytes] = []
    # The first request opens the store; a server that runs has done that long ago.
    _send_all([bodies(BATCH)[0]], port, head, wrong)
    threads = [
        threading.Thread(target=_send_all, args=(waiting, port, head, wrong))
        for _ in range(CONNECTIONS)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if wrong:
        raise StepError(f"the door answered {wrong[0].decode()}")
    return {"seconds": seconds}


def _send_all(waiting: list[bytes], port: int, head: str, wrong: list[bytes]) -> None:
    """Take batches off the list and send them over one connection that is kept."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        while not wrong:
            try:
                body = waiting.pop()
            except IndexError:
                return
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = connection.recv(65_536)
            if not answer.endswith(b"}"):
                answer += connection.recv(65_536)
            if b'"stored":100,' not in answer:
                wrong.append(answer)


def know(folder: str, ids: int) -> dict[str, int]:
    """Lay ids of a store that has taken in so many interactions beside the new ones."""
    import numpy as np  # noqa: PLC0415 - the process that starts this one stays small

    from rapport.ledger.api import open_ledger  # noqa: PLC0415
    from rapport.ledger.ids import BIG, ENTRY, add  # noqa: PLC0415

    ledger = open_ledger(Path(folder))
    chance = np.random.default_rng(1)
    parts = max(1, ids // _IDS_AT_ONCE)
    width = 2**64 // parts
    for part in range(parts):
        entries = np.zeros(ids // parts, ENTRY)
        entries["high"] = np.sort(
            chance.integers(0, width, len(entries), dtype=np.uint64) + np.uint64(part * width)
        )
        entries["low"] = chance.integers(0, 2**63, len(entries), dtype=np.uint64)
        with ledger.database.write() as connection:
            add(connection, entries, 0, BIG)
    ledger.close()
    return {"ids": ids}


def bare_loop(folder: str, events: int, url: str | None) -> dict[str, float]:
    """The peer: parse, insert, commit."""
    import msgspec  # noqa: PLC0415 - the process that starts this one stays small

    class Item(msgspec.Struct):
        messageId: str  # noqa: N815 - the wire's own name
        event: str
        userId: str  # noqa: N815
        timestamp: str
        properties: msgspec.Raw
        context: msgspec.Raw

    class Head(msgspec.Struct):
        batch: list[msgspec.Raw]
        sentAt: str  # noqa: N815

    as_head, as_item = msgspec.json.Decoder(Head), msgspec.json.Decoder(Item)
    waiting = bodies(events)
    with _bare_store(Path(folder), url) as put:
        began = time.perf_counter()
        for body in waiting:
            items = as_head.decode(body).batch
            put([(as_item.decode(raw).messageId, bytes(raw)) for raw in items])
        return {"seconds": time.perf_counter() - began}


@contextmanager
def _bare_store(folder: Path, url: str | None) -> Iterator[Any]:
    """Puts rows into a table with unique ids, each call one commit that is on the disk."""
    table = "CREATE TABLE bare (n INTEGER PRIMARY KEY, id TEXT UNIQUE, body BLOB)"
    insert = "INSERT INTO bare (id, body) VALUES (?, ?) ON CONFLICT DO NOTHING"
    if url:
        import psycopg  # noqa: PLC0415

        with psycopg.connect(url) as postgres_connection:
            serial = table.replace("INTEGER PRIMARY KEY", "BIGSERIAL PRIMARY KEY")
            postgres_connection.execute("DROP TABLE IF EXISTS bare")
            postgres_connection.execute(serial.replace("BLOB", "BYTEA"))
            postgres_connection.commit()

            def put(rows: list[tuple[str, bytes]]) -> None:
                with postgres_connection.cursor() as cursor:
                    cursor.executemany(insert.replace("?", "%s"), rows)
                postgres_connection.commit()

            yield put
        return
    from rapport.ledger.relational.sqlite import library  # noqa: PLC0415 - the same library as ours

    connection = library.connect(str(folder / "bare.sqlite3"), isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
        connection.execute(f"PRAGMA {setting}")
    connection.execute(table)

    def put_all(rows: list[tuple[str, bytes]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert, rows)
        connection.execute("COMMIT")

    yield put_all
    connection.close()
