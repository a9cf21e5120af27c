"""`rapport serve`: the pages and the worker, until Ctrl-C."""

import sys
from pathlib import Path

import click

from rapport.kernel.errors import InputError
from rapport.ledger.api import Ledger, open_ledger
from rapport.privacy.api import reapply_erasures
from rapport.web.django_setup import prepare
from rapport.web.serve import Supervisor, answers, environment_for
from rapport.web.serve_port import check_port


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--processes",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Web processes; more than one on PostgreSQL only.",
)
@click.pass_obj
def command(home: Path, host: str, port: int, processes: int) -> None:
    """Serve the pages and the tracking door, with the worker beside them, until Ctrl-C."""
    ledger = open_ledger(home)  # says what is wrong with the store, before anything is started
    _check_processes(ledger, processes)
    prepare(home)
    # The database may be an older one put back by hand: nobody is to see who was erased since.
    reapply_erasures(ledger)
    check_port(host, port)
    # A name that browsers reach, where we listen everywhere.
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared only
    shown = f"[{shown}]" if ":" in shown else shown
    address = f"http://{shown}:{port}"
    code = Supervisor(
        {
            "web server": ("rapport.web.serve_web", host, str(port), str(processes)),
            "worker": ("rapport.web.serve_worker", str(home)),
        },
        environment=environment_for(home, host),
        ready=lambda: answers(f"{address}/health"),
        announce=lambda: _say(f"Rapport is at {address} (Ctrl-C stops it)"),
        say=_say,
    ).run()
    sys.exit(code)


def _check_processes(ledger: Ledger, processes: int) -> None:
    most = ledger.database.writers_max
    if most is not None and processes > most:
        raise InputError(
            "This store is kept in SQLite, which has one writer",
            got=f"--processes {processes}",
            expected=f"--processes {most}",
            hint="Keep the store in PostgreSQL (DATABASE_URL) to serve it from several processes.",
        )


def _say(line: str) -> None:
    click.echo(line, err=True)
