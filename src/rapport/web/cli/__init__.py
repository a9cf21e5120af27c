"""The command line: one command, one file under `commands/`, found by its name."""

from rapport.web.cli.main import main

__all__ = ["main"]
