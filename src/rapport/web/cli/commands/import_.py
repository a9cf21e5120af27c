"""`rapport import`: files into the ledger, its history, rejected rows, undo."""

import sys
from pathlib import Path

import click

from rapport.kernel.errors import InputError
from rapport.ledger.api import (
    Ledger,
    Receipt,
    find_import,
    import_history,
    open_ledger,
    rejections,
)
from rapport.listening.api import import_file, load_mapping, undo_import, write_rejected
from rapport.office.api import Actor
from rapport.web.cli.progress import share_bar
from rapport.web.django_setup import prepare

WITH_REJECTIONS = 1


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--as", "mapping", type=click.Path(path_type=Path), help="The mapping file.")
@click.option("--undo", type=int, metavar="ID", help="Take all that import ID stored out again.")
@click.option("--list", "listed", is_flag=True, help="List the imports so far.")
@click.option("--rejected", type=int, metavar="ID", help="Write the rejected rows of import ID.")
@click.option("--to", type=click.Path(path_type=Path), help="Where --rejected writes (CSV).")
@click.pass_obj
def command(
    home: Path,
    file: Path | None,
    mapping: Path | None,
    undo: int | None,
    listed: bool,
    rejected: int | None,
    to: Path | None,
) -> None:
    """Import FILE as its mapping says: CSV, TSV, XLSX, JSON Lines, Parquet or XES.

    The same file again stores nothing new; a killed import is continued by running it again.
    """
    asked = [file is not None, undo is not None, listed, rejected is not None]
    if sum(asked) != 1:
        raise InputError("Name one FILE, or --list, --rejected ID or --undo ID", hint="See --help.")
    prepare(home)
    ledger = open_ledger(home)
    if file is not None:
        _import(ledger, file, mapping)
    elif undo is not None:
        gone = undo_import(ledger, undo, actor=Actor.operator())
        click.echo(f"Import {undo} is undone: {gone:,} records taken out.", err=True)
    elif rejected is not None:
        _rejected(ledger, rejected, to)
    else:
        _list(ledger)


def _import(ledger: Ledger, file: Path, mapping: Path | None) -> None:
    if mapping is None:
        raise InputError(
            "Which column means what? Name a mapping with --as",
            hint=f"`rapport mapping suggest {file}` proposes one.",
        )
    with share_bar(f"Importing {file.name}") as progress:
        report = import_file(
            ledger, file, load_mapping(mapping), actor=Actor.operator(), progress=progress
        )
    for note in report.notes:
        click.echo(f"note: {note}", err=True)
    if report.continued:
        click.echo(f"Continued after {report.continued:,} rows of a killed run.", err=True)
    click.echo(_balance(report.import_id, report.receipt))
    if report.receipt.rejected:
        _show_reasons(ledger, report.import_id)
        sys.exit(WITH_REJECTIONS)


def _balance(import_id: int, receipt: Receipt) -> str:
    text = (
        f"Import {import_id}: received {receipt.received:,} = stored {receipt.stored:,} "
        f"+ duplicate {receipt.duplicate:,} + rejected {receipt.rejected:,}"
    )
    if receipt.interactions not in (0, receipt.stored):
        text += f"; {receipt.interactions:,} interactions"
    if receipt.aside:
        text += f"; {receipt.aside:,} more rows left aside by the mapping"
    return text


def _show_reasons(ledger: Ledger, import_id: int) -> None:
    """Each reason once, with how often and the first line it happened in."""
    first: dict[tuple[str, str | None], tuple[int, str, str]] = {}
    counts: dict[tuple[str, str | None], int] = {}
    for row in rejections(ledger.database, import_id):
        key = (row.reason.value, row.field)
        first.setdefault(key, (row.line, row.got, row.expected))
        counts[key] = counts.get(key, 0) + 1
    for (reason, field), count in sorted(counts.items(), key=lambda item: -item[1]):
        line, got, expected = first[(reason, field)]
        place = f" in {field}" if field else ""
        click.echo(
            f"  {count:,} {reason}{place}, first in line {line}: got {got!r}, expected {expected}",
            err=True,
        )
    click.echo(
        f"`rapport import --rejected {import_id} --to FILE.csv` writes them to mend.", err=True
    )


def _rejected(ledger: Ledger, import_id: int, to: Path | None) -> None:
    find_import(ledger.database, import_id)
    if to is None:
        raise InputError("Where to? Name a file with --to")
    count = write_rejected(ledger, import_id, to)
    click.echo(
        f"{count:,} rejected rows are in {to}: mend them and import it the same way.", err=True
    )


def _list(ledger: Ledger) -> None:
    for entry in import_history(ledger.database):
        click.echo(
            f"{entry.id}  {entry.started_at:%Y-%m-%d %H:%M}  {entry.state:8}  {entry.file}  "
            + _balance(entry.id, entry.receipt).partition(": ")[2]
        )
