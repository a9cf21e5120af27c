"""Whom an erasure or an export is about, with all their names."""

from dataclasses import dataclass

from rapport.customers.api import names_of_customer
from rapport.ledger.api import Subject
from rapport.office.api import names_of_employee

CUSTOMER, EMPLOYEE, NAMELESS = "customer", "employee", "nameless"


@dataclass(frozen=True, slots=True)
class Person:
    """A data subject.

    Attributes:
        what: customer, employee, or nameless (answers given without a name).
        keys: of their records; empty where only the ledger knows them.
        names: every name an interaction may carry.
        values: further spellings: identifiers without their namespace.
        threads, ids: of the nameless: what they can tell of their answers.
    """

    what: str
    keys: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    def subject(self) -> Subject:
        """The person in the words of interactions."""
        if self.what == EMPLOYEE:
            return Subject(employees=self.names)
        return Subject(customers=self.names, threads=self.threads, ids=self.ids)

    def spellings(self) -> tuple[str, ...]:
        """Every text that points to the person, longest first."""
        return tuple(sorted({*self.names, *self.values, *self.threads}, key=len, reverse=True))


def customer(name: str) -> Person:
    """A customer with all their names."""
    names = names_of_customer(name)
    return Person(CUSTOMER, names.keys, names.spoken, names.values)


def employee(name: str) -> Person:
    """An employee by key or address; the name alone where nobody is called so."""
    names = names_of_employee(name)
    return Person(EMPLOYEE, names[:1], names or (name,))


def nameless(threads: tuple[str, ...], ids: tuple[str, ...]) -> Person:
    """Somebody who gave no name but can tell which answers were theirs."""
    return Person(NAMELESS, threads=threads, ids=ids)
