"""`rapport mapping`: proposes a mapping for a file, or tries one, and shows the first rows."""

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from rapport.kernel.errors import StoreError
from rapport.kernel.zones import zone_named
from rapport.ledger.api import Settings, open_ledger
from rapport.listening.api import (
    RECORDS,
    Mapping,
    Trial,
    load_mapping,
    parse_mapping,
    suggest,
    try_mapping,
)

WITH_REJECTIONS = 1
_SHOWN_ROWS = 8
_SHOWN_COLUMNS = 10
_SHOWN_FAULTS = 10
_LONGEST = 40


@click.group()
def command() -> None:
    """Propose a mapping for a file, or try one on its first rows."""


@command.command("suggest")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--record", type=click.Choice(RECORDS), default="interactions", show_default=True)
@click.pass_obj
def suggest_command(home: Path, file: Path, record: str) -> None:
    """Write a mapping for FILE to standard output, with a reason for each field.

    Look it over, put it into a file, and import with it: > MAPPING.toml.
    """
    made = suggest(file, record)
    click.echo(made.text, nl=False)
    for note in made.notes:
        click.echo(f"note: {note}", err=True)
    _show(_tried(home, file, parse_mapping(made.text)), _zone(home))


@command.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "mapping", type=click.Path(path_type=Path), required=True)
@click.pass_obj
def check_command(home: Path, file: Path, mapping: Path) -> None:
    """Try a mapping on the first rows of FILE; nothing is stored."""
    trial = _tried(home, file, load_mapping(mapping))
    _show(trial, _zone(home))
    if trial.rejected:
        sys.exit(WITH_REJECTIONS)


def _tried(home: Path, file: Path, mapping: Mapping) -> Trial:
    return try_mapping(file, mapping, _settings(home))


def _settings(home: Path) -> Settings:
    """Those of the store, where there is one."""
    try:
        return open_ledger(home).settings
    except StoreError:
        return Settings()


def _zone(home: Path) -> ZoneInfo:
    return zone_named(_settings(home).zone)


def _show(trial: Trial, zone: ZoneInfo) -> None:
    """The first rows as they would be stored, and what is wrong with others, on stderr."""
    table = Table(box=None, header_style="bold")
    shown = trial.made.select(trial.made.column_names[:_SHOWN_COLUMNS])
    for name in shown.column_names:
        table.add_column(name, no_wrap=True)
    for row in shown.slice(0, _SHOWN_ROWS).to_pylist():
        table.add_row(*(_cell(value, zone) for value in row.values()))
    if trial.made.num_rows:
        Console(stderr=True).print(table)
    for found in trial.rejected[:_SHOWN_FAULTS]:
        place = f" in {found.field}" if found.field else ""
        click.echo(
            f"line {found.line}: {found.reason}{place}: got {found.got!r}, "
            f"expected {found.expected}",
            err=True,
        )
    click.echo(
        f"The first {trial.read:,} rows: {trial.made.num_rows:,} made, {len(trial.rejected):,} "
        f"rows rejected, {trial.aside:,} left aside. Nothing is stored.",
        err=True,
    )


def _cell(value: object, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
