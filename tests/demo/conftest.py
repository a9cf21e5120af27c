"""The company the tests look at, asked with plain SQL over Arrow tables."""

from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from rapport.demo.api import ZONE, Company, company

Ask = Callable[[str], list[tuple[Any, ...]]]

# `m` counts months from the first, as facts do; `customer` is who it was, guests resolved.
_VIEW = """
CREATE VIEW told AS
SELECT i.* REPLACE (coalesce(who.customer, i.customer) AS customer),
       year(i.occurred_at) * 12 + month(i.occurred_at) - (2024 * 12 + 11) AS m
FROM interactions AS i LEFT JOIN identity AS who ON who.key = i.customer
"""


@pytest.fixture(scope="session")
def trapperloo() -> Company:
    """A company larger than one block, so that facts stand out from chance."""
    return company(customers=30_000, seed=7)


@pytest.fixture(scope="session")
def interactions(trapperloo: Company) -> pa.Table:
    return pa.concat_tables(trapperloo.interactions())


@pytest.fixture(scope="session")
def ask(trapperloo: Company, interactions: pa.Table) -> Ask:
    """Answers SQL over `told`, `interactions`, `customers`, `employees`, `units`."""
    connection = duckdb.connect()
    connection.execute(f"SET timezone = '{ZONE}'")
    connection.register("interactions", interactions)
    for name in ("customers", "identity", "employees", "units", "touchpoints"):
        connection.register(name, getattr(trapperloo, name)())
    connection.execute(_VIEW)
    return lambda query: connection.execute(query).fetchall()
