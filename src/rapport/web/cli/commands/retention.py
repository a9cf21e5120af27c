"""`rapport retention`: how long interactions are kept, and keeping to it now."""

from pathlib import Path

import click

from rapport.ledger.api import open_ledger
from rapport.office.api import Actor
from rapport.privacy.api import Rule, retain, rules_of
from rapport.web.django_setup import prepare


@click.group()
def command() -> None:
    """How long interactions are kept: the rules in HOME/retention.toml."""


@command.command("rules")
@click.pass_obj
def _rules(home: Path) -> None:
    """The rules, in their order."""
    open_ledger(home)
    rules = rules_of(home)
    for number, rule in enumerate(rules, 1):
        click.echo(f"{number}  {_told(rule)}")
    if not rules:
        click.echo("There are none: everything is kept.")


@command.command()
@click.pass_obj
def run(home: Path) -> None:
    """Keep the rules now (the worker does it every day by itself)."""
    ledger = open_ledger(home)
    prepare(home)
    counts = retain(ledger, actor=Actor.operator())
    for rule, count in zip(rules_of(home), counts, strict=True):
        click.echo(f"{count:>12,}  {_told(rule)}")


def _told(rule: Rule) -> str:
    what = " and ".join(
        f"{name} {value}"
        for name, value in (("kind", rule.kind), ("source", rule.source))
        if value is not None
    )
    return f"{what}: after {rule.months} months {rule.then}"
