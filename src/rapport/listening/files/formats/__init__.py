"""The formats that can be read, one module each, found by name.

A module offers
    NAMES: the formats it reads, as said in FileOptions.format,
    SUFFIXES: endings of file names,
    recognises(head: str) -> bool: whether a file that begins so is certainly one of them,
    open_rows(source, options, chunk_rows) -> Rows.
"""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from rapport.listening.files.rows import FileOptions, Rows
from rapport.listening.files.source import Source


class Format(Protocol):
    """What the module of a format offers."""

    NAMES: tuple[str, ...]
    SUFFIXES: tuple[str, ...]

    def recognises(self, head: str, /) -> bool:
        """Whether a file that begins so is certainly of this format."""
        ...

    def open_rows(self, source: Source, options: FileOptions, chunk_rows: int) -> Rows:
        """The file, opened. Raises InputError when it cannot be one of this format."""
        ...


@cache
def every_format() -> tuple[Format, ...]:
    """All formats, in the order of their modules' names."""
    return tuple(_modules())


def _modules() -> Iterator[Format]:
    for found in pkgutil.iter_modules(__path__):
        yield cast(Format, import_module(f"{__name__}.{found.name}"))
