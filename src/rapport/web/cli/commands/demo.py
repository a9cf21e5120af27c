"""`rapport demo`: loads two years of a company that does not exist."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from rapport.customers.api import publish, put_customers
from rapport.demo.api import COMPANY, CURRENCY, ZONE, Company, company
from rapport.ledger.api import Ledger, Receipt, Settings, create_ledger, open_ledger, seal
from rapport.office.api import Actor, put_employees, put_touchpoints, put_units
from rapport.web import django_setup

_SOURCE = "demo"
_MONDAY = 0


@click.command()
@click.option("--customers", default=20_000, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=1, show_default=True, help="The same seed, the same company.")
@click.pass_obj
def command(home: Path, customers: int, seed: int) -> None:
    """Load two years of an invented company, about 30 interactions a customer.

    Makes the store where there is none. What is there already is not stored twice.
    """
    create_ledger(home, Settings(COMPANY, ZONE, _MONDAY, CURRENCY))
    django_setup.prepare(home)
    django_setup.migrate()
    ledger, made = open_ledger(home), company(customers, seed)
    with Progress(console=Console(stderr=True)) as progress:
        receipt = _load_interactions(ledger, made, progress)
        seal(ledger)  # the months too small for the lake by themselves
        _load_people(made, progress)
        publish(ledger)
    click.echo(
        f"received {receipt.received} = stored {receipt.stored} + duplicate {receipt.duplicate}"
        f" + rejected {receipt.rejected}"
    )


def _load_interactions(ledger: Ledger, made: Company, progress: Progress) -> Receipt:
    total, task = Receipt(), progress.add_task("Interactions", total=made.tables)
    for table in made.interactions():
        total = total + ledger.load([table], _SOURCE)
        progress.advance(task)
    return total


def _load_people(made: Company, progress: Progress) -> None:
    actor, task = Actor.system(_SOURCE), progress.add_task("People", total=made.blocks)
    put_units(made.units().select(["key", "name", "parent"]), actor=actor)
    known = ["key", "name", "email", "unit", "role", "hired", "left"]
    put_employees(made.employees().select(known), actor=actor)
    put_touchpoints(made.touchpoints(), actor=actor)
    for sheet in made.sheets():
        put_customers(sheet, actor=actor)
        progress.advance(task)
