"""`rapport init`: makes a store."""

from pathlib import Path

import click

from rapport.kernel.errors import InputError
from rapport.ledger.api import Settings, create_ledger, has_store, open_ledger
from rapport.web import django_setup

_WEEK_STARTS = {"monday": 0, "sunday": 6}


@click.command()
@click.option("--organisation", default="My organisation", show_default=True, help="Its name.")
@click.option("--zone", default="UTC", show_default=True, help="Days are counted in this zone.")
@click.option(
    "--week-start", type=click.Choice(list(_WEEK_STARTS)), default="monday", show_default=True
)
@click.option("--currency", default="EUR", show_default=True, help="Amounts are reported in it.")
@click.option("--if-missing", is_flag=True, help="Keep a store that is there already.")
@click.pass_obj
def command(
    home: Path, organisation: str, zone: str, week_start: str, currency: str, if_missing: bool
) -> None:
    """Make the store: its folder, the ledger and the tables.

    Zone and week start are fixed for the life of the store: days, weeks and months of every
    interaction are counted by them.
    """
    settings = Settings(organisation, zone, _WEEK_STARTS[week_start], currency)
    there = has_store(home)
    if there and not if_missing:
        found = open_ledger(home).settings
        raise InputError(
            f"There is a store in {home} already, of {found.organisation!r}",
            hint="Use it as it is, name another folder with --home, or say --if-missing.",
        )
    create_ledger(home, settings)
    django_setup.prepare(home)
    django_setup.migrate()
    if not there:
        click.echo(f"Made a store in {home}.", err=True)
