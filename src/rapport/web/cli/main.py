"""`rapport`: finds its commands by file name and turns expected errors into one clear line."""

import importlib
import os
import pkgutil
import sys
from pathlib import Path

import click
import platformdirs

from rapport import __version__
from rapport.kernel.errors import did_you_mean
from rapport.web.cli import commands
from rapport.web.database_trouble import told

REFUSED = 2
FAULT = 3


class _ByFileName(click.Group):
    """A group whose commands are the modules of `commands/`; only the one asked for is loaded."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(m.name.rstrip("_") for m in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        names = {m.name for m in pkgutil.iter_modules(commands.__path__)}
        module = cmd_name if cmd_name in names else cmd_name + "_"
        found: click.Command = importlib.import_module(f"{commands.__name__}.{module}").command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None:
            hint = did_you_mean(args[0], self.list_commands(ctx))
            raise click.UsageError(f"There is no command {args[0]!r}. {hint}")
        return super().resolve_command(ctx, args)


def default_home() -> Path:
    """RAPPORT_HOME, else a folder of the user's data directory."""
    named = os.environ.get("RAPPORT_HOME")
    return Path(named) if named else Path(platformdirs.user_data_dir("rapport", appauthor=False))


@click.group(cls=_ByFileName)
@click.option("--home", type=click.Path(path_type=Path), help="Where the store lies.")
@click.version_option(__version__, prog_name="rapport")
@click.pass_context
def _rapport(ctx: click.Context, home: Path | None) -> None:
    """Track every interaction, learn how customers perceive it, act, and show whether it helped."""
    ctx.obj = (home or default_home()).absolute()


def main() -> None:
    """Run the command line; exit 0 done, 1 done with rejections, 2 refused, 3 a fault of ours."""
    try:
        _rapport(prog_name="rapport", standalone_mode=True)
    except BrokenPipeError:
        # Whoever reads our output has seen enough (`| head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAULT)
    except Exception as error:
        expected = told(error)
        if expected is not None:
            click.echo(f"rapport: {expected}", err=True)
            sys.exit(REFUSED)
        if os.environ.get("RAPPORT_TRACE"):
            raise
        unexpected = f"{type(error).__name__}: {error}".splitlines()[0]
        click.echo(
            f"rapport: This should not happen: {unexpected}. Nothing is half-stored. "
            "Run it again with RAPPORT_TRACE=1 and send us what it prints.",
            err=True,
        )
        sys.exit(FAULT)
