"""`rapport worker`: the worker alone, where the pages are served by another process."""

import sys
from pathlib import Path

import click

from rapport.web import serve_worker


@click.command()
@click.pass_obj
def command(home: Path) -> None:
    """Seal the journal and keep figures fresh, until stopped (`serve` does it too)."""
    sys.exit(serve_worker.main([str(home)]))
