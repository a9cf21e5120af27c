"""`rapport ledger`: the state of the store, sealing, proof that it is whole."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from rapport.ledger.api import compact, open_ledger, seal, status, vacuum, verify


@click.group(name="ledger")
def command() -> None:
    """The store: what it holds, whether it is whole."""


@command.command("status")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@click.pass_obj
def _status(home: Path, form: str) -> None:
    """Counts: received = stored + duplicate + rejected, journal, lake, ids."""
    found = asdict(status(open_ledger(home)))
    if form == "json":
        click.echo(json.dumps(found))
        return
    receipt = found.pop("receipt")
    for name, value in {**receipt, **found}.items():
        click.echo(f"{name:14}{value:>16,}" if isinstance(value, int) else f"{name:14}{value:>16}")


@command.command("seal")
@click.pass_obj
def _seal(home: Path) -> None:
    """Move the journal into the lake now (the worker does it by itself)."""
    sealed = seal(open_ledger(home))
    click.echo(f"Sealed {sealed.interactions:,} interactions of {sealed.batches:,} batches.")


@command.command("compact")
@click.pass_obj
def _compact(home: Path) -> None:
    """Put the data files of each month together, so that readers open fewer; after many imports."""
    compacted = compact(open_ledger(home))
    click.echo(f"{compacted.before:,} data files became {compacted.after:,}.")


@command.command("vacuum")
@click.option(
    "--wait", default=0.0, show_default=True, help="Seconds to wait for readers of what goes."
)
@click.pass_obj
def _vacuum(home: Path, wait: float) -> None:
    """Remove files that were replaced and that nobody reads any more (the worker does it too)."""
    done = vacuum(open_ledger(home), wait_seconds=wait)
    click.echo(f"Removed {done.files:,} files of {done.bytes:,} bytes.")
    if done.waiting:
        click.echo(f"{done.waiting:,} files of {done.waiting_bytes:,} bytes are being read.")


@command.command("verify")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@click.pass_obj
def _verify(home: Path, form: str) -> None:
    """Prove that nothing is lost, doubled or damaged; exit 1 where something is."""
    findings = verify(open_ledger(home))
    if form == "json":
        click.echo(json.dumps([asdict(finding) for finding in findings]))
    else:
        for finding in findings:
            click.echo(f"{'ok    ' if finding.holds else 'BROKEN'} {finding.name}: {finding.found}")
    if not all(finding.holds for finding in findings):
        sys.exit(1)
