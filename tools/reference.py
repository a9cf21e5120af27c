"""`python -m tools.reference`: writes the generated half of the reference pages.

Everything above the marker is written by hand and kept; everything below comes from the program
itself. tests/house compares the pages with fresh ones.
"""

import importlib
import inspect
import json
import os
import pkgutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import django

from rapport.kernel.scales import SCALES
from rapport.ledger.kinds import known_kinds
from rapport.ledger.reasons import Reason
from rapport.ledger.schema import FIELDS
from rapport.web.cli import commands

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
OPENAPI = FOLDER / "openapi.json"
MARKER = "<!-- Below this line the page is written by `python -m tools.reference`. -->\n"


def main() -> None:
    """Write each page anew where it differs."""
    for path in pages():
        path.write_text(fresh(path), encoding="utf-8")
    OPENAPI.write_text(fresh_openapi(), encoding="utf-8")


def pages() -> list[Path]:
    """The pages that have a generated half."""
    return [FOLDER / "vocabulary.md", FOLDER / "cli.md"]


def fresh(path: Path) -> str:
    """The page as it should be: its own head, and what the program says today."""
    head = path.read_text(encoding="utf-8").split(MARKER)[0]
    tail = _commands() if path.stem == "cli" else _vocabulary()
    return head + MARKER + "\n" + "\n".join(tail).rstrip() + "\n"


def fresh_openapi() -> str:
    """The description of the API as it should be."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.web.settings")
    django.setup()
    # It imports the addresses of all pages, for which Django must be set up.
    from rapport.web.contract.description import described  # noqa: PLC0415

    return json.dumps(described(), indent=1, ensure_ascii=False) + "\n"


def _vocabulary() -> Iterator[str]:
    fields = [(f.name, str(f.type), f.meaning, "yes" if f.mapped else "") for f in FIELDS]
    heads = ("field", "type", "meaning", "a mapping may set it")
    yield from _table("Fields of an interaction", heads, fields)
    kinds = [(kind.name, kind.meaning) for kind in known_kinds().values()]
    yield from _table("Kinds", ("kind", "meaning"), kinds)
    scales = [(s.name, s.title, f"{s.good:g}") for s in SCALES.values()]
    yield from _table("Scales", ("scale", "meaning", "good from"), scales)
    reasons = [(str(reason), reason.meaning) for reason in Reason]
    yield from _table("Reasons of a rejection", ("reason", "meaning"), reasons)


def _table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| " + " | ".join(heads) + " |"
    yield "|" + " --- |" * len(heads)
    for first, *others in rows:
        yield f"| `{first}` | " + " | ".join(others) + " |"
    yield ""


def _commands() -> Iterator[str]:
    for found in sorted(pkgutil.iter_modules(commands.__path__), key=lambda entry: entry.name):
        module = importlib.import_module(f"{commands.__name__}.{found.name}")
        yield from _command(found.name.rstrip("_"), module.command)


def _command(name: str, command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for word, inner in sorted(command.commands.items()):
            yield from _command(f"{name} {word}", inner)
        return
    context = click.Context(command)
    arguments = [p.make_metavar(context) for p in command.params if isinstance(p, click.Argument)]
    yield f"## `{' '.join(['rapport', name, *arguments])}`\n"
    yield inspect.cleandoc((command.help or "").split("\f")[0]) + "\n"
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    yield from (_option(option, context) for option in options)
    if options:
        yield ""


def _option(option: click.Option, context: click.Context) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    value = "" if option.is_flag or option.count else " " + option.make_metavar(context)
    return f"- `{names}{value}` {option.help or ''}".rstrip()


if __name__ == "__main__":
    main()
