"""The application: pages at a size, with stored figures and with a new filter, and under a crowd.

The work of the server alone is asked through Django's test client; the crowd asks a real server.
"""

import http.client
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.processes import peak_memory, seconds_of, step
from bench.results import Row, Section, below, count
from bench.store import FREQUENT, prepared

_STORED, _FIRST, _ALL, _QUICK = 0.3, 1.0, 8.0, 0.1
_CROWD, _CROWD_TIMES = 20, 3.0
_PLAIN_TIMES = 0.5
_RUNS = 10
_ASKED_EACH = 15
_FILTER = "?channel=email"


def measure(home: Path, sizes: Iterable[int]) -> Section:
    """Time the pages on stores of these sizes; the crowd asks the smallest."""
    section = Section("application")
    stores = [prepared(home, size) for size in sorted(sizes)]
    for folder, rows in stores:
        took, size = step("application:time_pages", folder=str(folder)), count(rows)
        memory = took["memory"]
        section.rows += [
            below("overview from stored figures", size, took["stored"], _STORED, memory=memory),
            below("a new filter: the first card", size, took["first"], _FIRST),
            below("a new filter: all cards, one by one", size, took["all"], _ALL),
            Row("a new filter: what changed most", size, took["changes"]),
            Row("a measure with a new filter", size, took["measure"]),
            below("search for customers", size, took["search"], _QUICK),
            below("page of a customer with 10,000 interactions", size, took["customer"], _QUICK),
        ]
    folder, rows = stores[0]
    crowd = step("application:time_crowd", folder=str(folder))
    size = count(rows)
    section.rows += [
        Row(
            f"overview, {_CROWD} users: 95th percentile against one alone",
            size,
            crowd["crowd"],
            crowd["alone"],
            target=f"ratio ≤ {_CROWD_TIMES:g}",
            ok=crowd["crowd"] <= _CROWD_TIMES * crowd["alone"],
        ),
        Row(
            "plain page against an empty view, requests a second",
            size,
            reached=f"{crowd['plain']:.0f} and {crowd['empty']:.0f}",
            target=f"≥ {_PLAIN_TIMES:g} times",
            ok=crowd["plain"] >= _PLAIN_TIMES * crowd["empty"],
        ),
    ]
    section.remarks.append(
        f"Medians of {_RUNS} where nothing is kept from the run before. A user asks again about a "
        "second after an answer; the users share the cores with the server. The empty view is the "
        "front, which only leads on; both are asked by as many threads as fast as they can."
    )
    return section


def time_pages(folder: str) -> dict[str, float]:
    """Ask for pages in one process, as the owner."""
    client, clear = _client(folder)

    def ask(path: str, times: int = _RUNS) -> float:
        def once() -> None:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

        found = []
        for _ in range(times):
            clear()
            found.append(seconds_of(once))
        return median(found)

    from rapport.web.overview import HEADLINES  # noqa: PLC0415 - needs Django set up

    ask("/measure/overview", 1)
    cards = [f"/measure/overview/card/{one.measure}{_FILTER}" for one in HEADLINES]
    return {
        "stored": ask("/measure/overview"),
        "first": ask(f"/measure/overview{_FILTER}") + ask(cards[0]),
        "all": sum(ask(card, 3) for card in cards),
        "changes": ask(f"/measure/overview/changes{_FILTER}", 1),
        "measure": ask(f"/measure/measures/nps{_FILTER}", 3),
        "search": ask("/know/customers?q=ana"),
        "customer": ask(f"/know/customers/{FREQUENT}"),
        "memory": peak_memory(),
    }


def _client(folder: str) -> tuple[Any, Callable[[], None]]:
    """A client of the owner's, and what makes the process forget filtered answers."""
    from rapport.ledger.api import open_ledger  # noqa: PLC0415
    from rapport.web import django_setup  # noqa: PLC0415

    shutil.rmtree(Path(folder) / "figures", ignore_errors=True)
    django_setup.prepare(Path(folder))
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - needs Django set up
    from django.core.cache import cache  # noqa: PLC0415 - as above
    from django.test import Client  # noqa: PLC0415 - as above

    from rapport.customers.api import refresh_directory  # noqa: PLC0415 - as above
    from rapport.office.api import Actor, add_user, any_user  # noqa: PLC0415 - as above
    from rapport.web import remembered  # noqa: PLC0415 - as above

    if not any_user():
        add_user("bench@demo.invalid", "owner", actor=Actor.operator())
    refresh_directory(open_ledger(Path(folder)), None)
    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.first())

    def clear() -> None:
        remembered.forget_all()
        cache.clear()

    return client, clear


def time_crowd(folder: str) -> dict[str, float]:
    """Ask a real server: one alone, then many at once; a plain page and an empty view."""
    client, _clear = _client(folder)
    client.get("/measure/overview")
    cookie = f"rapport_session={client.cookies['rapport_session'].value}"
    with _served(Path(folder)) as address:

        def ask(path: str) -> float:
            return seconds_of(lambda: _get(address, path, cookie))

        ask("/measure/overview")
        alone = [ask("/measure/overview") for _ in range(_ASKED_EACH)]
        return {
            "alone": median(alone),
            "crowd": quantiles(_users(lambda: ask("/measure/overview")), n=20)[-1],
            "plain": _rate(lambda: ask("/measure/measures")),
            "empty": _rate(lambda: ask("/")),
        }


def _get(address: str, path: str, cookie: str) -> bytes:
    """The answer's body; a way on is not followed."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    connection.request("GET", path, headers={"Cookie": cookie})
    body = connection.getresponse().read()
    connection.close()
    return body


def _users(ask: Callable[[], float]) -> list[float]:
    """Seconds of each answer to users who think for about a second in between."""
    chance = random.Random(1)
    found: list[float] = []

    def user(rest: float) -> None:
        for _ in range(_ASKED_EACH):
            time.sleep(rest)
            found.append(ask())

    _together([partial(user, 0.5 + chance.random()) for _ in range(_CROWD)])
    return found


def _rate(ask: Callable[[], float]) -> float:
    """Requests a second when all ask as fast as they can."""
    began = time.perf_counter()
    _together([lambda: [ask() for _ in range(_ASKED_EACH)] for _ in range(_CROWD)])
    return _CROWD * _ASKED_EACH / (time.perf_counter() - began)


def _together(works: Sequence[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def _served(home: Path) -> Iterator[str]:
    from tests.web.served import serve  # noqa: PLC0415 - only here

    log = home.parent / "served.log"
    served = serve(home, log)
    try:
        yield served.address
    finally:
        served.stop()
