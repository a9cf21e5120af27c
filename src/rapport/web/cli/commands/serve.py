"""`rapport serve`: the pages and the worker, until Ctrl-C."""

import sys
from pathlib import Path

import click

from rapport.ledger.api import open_ledger
from rapport.web.serve import Supervisor, answers, environment_for
from rapport.web.serve_port import check_port


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.pass_obj
def command(home: Path, host: str, port: int) -> None:
    """Serve the pages, with the worker beside them, until Ctrl-C."""
    open_ledger(home)  # says what is wrong with the store, before anything is started
    check_port(host, port)
    # A name that browsers reach, where we listen everywhere.
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared only
    shown = f"[{shown}]" if ":" in shown else shown
    address = f"http://{shown}:{port}"
    code = Supervisor(
        {
            "web server": ("rapport.web.serve_web", host, str(port)),
            "worker": ("rapport.web.serve_worker", str(home)),
        },
        environment=environment_for(home, host),
        ready=lambda: answers(f"{address}/health"),
        announce=lambda: _say(f"Rapport is at {address} (Ctrl-C stops it)"),
        say=_say,
    ).run()
    sys.exit(code)


def _say(line: str) -> None:
    click.echo(line, err=True)
