"""How long the server works on the first page, when its figures are stored and when not."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from bench.processes import peak_memory, seconds_of, step
from bench.results import Row, Section, below, count
from bench.store import prepared

_SECONDS = 0.1
_RUNS = 20


def measure(home: Path, sizes: Iterable[int]) -> Section:
    """Time the overview page on stores of these sizes."""
    section = Section("page")
    for size in sorted(sizes):
        folder, rows = prepared(home, size)
        took = step("page:time_one", folder=str(folder))
        section.rows += [
            Row("first page, nothing stored yet", count(rows), took["cold"], memory=took["memory"]),
            below("first page, from stored figures", count(rows), took["warm"], _SECONDS),
        ]
    section.remarks.append(
        f"The server's work alone, asked through Django's test client; warm: median of {_RUNS}. "
        "Where nothing is stored the page computes every headline."
    )
    return section


def time_one(folder: str) -> dict[str, float]:
    """Ask for the page without and then with stored figures."""
    from rapport.web import django_setup  # noqa: PLC0415

    shutil.rmtree(Path(folder) / "figures", ignore_errors=True)
    django_setup.prepare(Path(folder))
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - as above
    from django.test import Client  # noqa: PLC0415 - needs Django set up

    from rapport.office.api import Actor, add_user, any_user  # noqa: PLC0415 - as above

    client = Client(headers={"host": "localhost"})
    if not any_user():
        add_user("bench@demo.invalid", "owner", actor=Actor.operator())
    client.force_login(get_user_model().objects.first())

    def ask() -> None:
        response = client.get("/", follow=True)
        assert response.status_code == 200, response.status_code

    cold = seconds_of(ask)
    warm = median(seconds_of(ask) for _ in range(_RUNS))
    return {"cold": cold, "warm": warm, "memory": peak_memory()}
