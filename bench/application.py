"""The application: pages at a size, with stored figures and with a new filter, and under a crowd.

The work of the server alone is asked through Django's test client; the crowd asks a real server.
"""

import os
import shutil
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
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
            f"overview, {_CROWD} at once: 95th percentile against one alone",
            size,
            crowd["crowd"],
            crowd["alone"],
            target=f"ratio ≤ {_CROWD_TIMES:g} × {_CROWD} / cores",
            ok=crowd["crowd"] <= crowd["alone"] * _CROWD_TIMES * max(1, _CROWD / _cores()),
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
        f"Medians of {_RUNS} where nothing is kept from the run before. The crowd shares the "
        "cores with the server: where each asks as fast as it can, 20 on two cores wait ten "
        "times as long as one alone whatever the server does, so the target is a multiple of that."
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

    return client, clear


def time_crowd(folder: str) -> dict[str, float]:
    """Ask a real server: one alone, then many at once; a plain page and an empty view."""
    client, _clear = _client(folder)
    client.get("/measure/overview")
    cookie = f"rapport_session={client.cookies['rapport_session'].value}"
    with _served(Path(folder)) as address:

        def ask(path: str) -> float:
            request = urllib.request.Request(f"{address}{path}", headers={"Cookie": cookie})
            return seconds_of(lambda: urllib.request.urlopen(request, timeout=60).read())

        ask("/measure/overview")
        alone = median(ask("/measure/overview") for _ in range(_ASKED_EACH))
        crowd = _all_at_once(lambda: ask("/measure/overview"))
        return {
            "alone": alone,
            "crowd": quantiles(crowd, n=20)[-1],
            "plain": _rate(lambda: ask("/measure/measures")),
            "empty": _rate(lambda: ask("/health")),
        }


def _all_at_once(ask: Callable[[], float]) -> list[float]:
    found: list[float] = []

    def visitor() -> None:
        for _ in range(_ASKED_EACH):
            found.append(ask())

    threads = [threading.Thread(target=visitor) for _ in range(_CROWD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _rate(ask: Callable[[], float]) -> float:
    """Requests a second of a crowd."""
    began = time.perf_counter()
    return len(_all_at_once(ask)) / (time.perf_counter() - began)


@contextmanager
def _served(home: Path) -> Iterator[str]:
    from tests.web.served import serve  # noqa: PLC0415 - only here

    log = home.parent / "served.log"
    served = serve(home, log)
    try:
        yield served.address
    finally:
        served.stop()


def _cores() -> int:
    return os.cpu_count() or 1
