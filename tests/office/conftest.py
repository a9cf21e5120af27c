"""The people of these tests: Ana, who owns the shop, and Ben, who answers its customers."""

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pytest

from rapport.office.api import Actor

Rows = Callable[..., pa.Table]


@pytest.fixture
def ana() -> Actor:
    """The owner."""
    return Actor("person:1", frozenset({"owner"}))


@pytest.fixture
def ben() -> Actor:
    """An agent."""
    return Actor("person:2", frozenset({"agent"}))


@pytest.fixture
def rows() -> Rows:
    """Makes a table of rows: dictionaries, each with any of the columns."""

    def made(*people: Mapping[str, Any]) -> pa.Table:
        names = dict.fromkeys(name for person in people for name in person)
        return pa.table({name: [person.get(name) for person in people] for name in names})

    return made
