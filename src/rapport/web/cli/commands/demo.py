"""`rapport demo`: loads two years of a company that does not exist."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from rapport.customers.api import publish, put_customers
from rapport.demo.api import COMPANY, CURRENCY, ZONE, Company, company
from rapport.ledger.api import Ledger, Receipt, Settings, create_ledger, open_ledger, seal
from rapport.office.api import (
    DEMO_HOST,
    Actor,
    add_user,
    any_user,
    put_employees,
    put_touchpoints,
    put_units,
)
from rapport.web import django_setup

_SOURCE = "demo"
_MONDAY = 0
# Who of the company signs in: role, and the employee's own role and unit.
_USERS = (
    ("owner", "board", "trapperloo", False),
    ("manager", "specialist", "marketing", False),
    ("analyst", "specialist", "digital", False),
    ("team lead", "team lead", "care-phone", False),
    ("agent", "service agent", "care-chat", False),
    ("employee", "store adviser", "store-ghent", True),
    ("privacy officer", "board", "trapperloo", False),
)


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
    if not any_user():
        _add_users(made)


def _add_users(made: Company) -> None:
    """Let one person of each role in, who has no password (see `at_this_computer`)."""
    people = made.employees().to_pylist()
    for role, work, unit, only_there in _USERS:
        person = next(one for one in people if (one["role"], one["unit"]) == (work, unit))
        people.remove(person)
        add_user(
            f"{role.replace(' ', '-')}@{DEMO_HOST}",
            role,
            actor=Actor.operator(),
            name=person["name"],
            unit=unit if only_there else None,
            employee=person["key"],
        )
