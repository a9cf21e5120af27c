"""A store that knows Ana and Ben, by files as a company has them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rapport.ledger.api import Ledger, Settings, create_ledger
from rapport.listening.api import Report, import_file, parse_mapping
from rapport.office.api import Actor

OWNER = Actor.operator()
ORDERS = """
source = "shop"
properties = ["note"]
[fields]
occurred_at = "when"
customer = "who"
employee = "staff"
product = "what"
text = "words"
kind = { value = "order.completed" }
"""
PEOPLE = """
record = "customers"
[fields]
key = "id"
account = "company"
identifier = { email = "mail" }
trait = { city = "city" }
consent = { newsletter = "news" }
"""
STAFF = 'record = "employees"\n[fields]\nkey = "id"\nname = "name"\nemail = "mail"\nrole = "role"\n'
SOLD = (
    "when,who,staff,what,words,note\n"
    "2025-03-01T10:00,ana,s1,violin,It is me Ana,n1\n"
    "2025-03-02T11:00,email:ana@x.example,s1,cup,thanks,n2\n"
    "2025-03-02T12:00,ben,s1,cup,fine,n3\n"
    "never,ana,s1,cup,Ana again,n4\n"
)
KNOWN = (
    "id,company,mail,city,news\nana,acme,Ana@x.example,Ulm,yes\nben,acme,ben@x.example,Bonn,no\n"
)
EMPLOYED = "id,name,mail,role\ns1,Zoë Zander,zoe@x.example,seller\n"


class Store:
    """A ledger with a short way to put a file in and to ask what is there."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.ledger = ledger
        self.folder = folder

    def take(self, content: str, mapping: str, name: str = "rows.csv") -> Report:
        """Import text as a file."""
        path = self.folder / name
        path.write_text(content, "utf-8")
        return import_file(self.ledger, path, parse_mapping(mapping), actor=OWNER)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Rows of a query over the ledger."""
        with self.ledger.read() as snapshot:
            return [tuple(row.values()) for row in snapshot.sql(query).to_pylist()]


@pytest.fixture
def store(tmp_path: Path, db: None) -> Iterator[Store]:
    """Three orders and a rejected row; two customers; one employee."""
    ledger = create_ledger(tmp_path / "store", Settings("Trapperloo", "Europe/Berlin", 0, "EUR"))
    made = Store(ledger, tmp_path)
    made.take(KNOWN, PEOPLE)
    made.take(EMPLOYED, STAFF)
    made.take(SOLD, ORDERS)
    yield made
    ledger.close()
