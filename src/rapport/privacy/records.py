"""The records of a person beside the ledger: gone in one transaction, with the audit line."""

from rapport.customers.api import remove_customer
from rapport.office.api import Act, Actor, has_line, one_transaction, rename_employee, write_line
from rapport.privacy.people import EMPLOYEE, Person

VERB = {"customer": "erase_customer", "employee": "erase_employee", "nameless": "erase_nameless"}


def forget_records(person: Person, token: str, how: str, number: int) -> int:
    """Remove the records of a person and write the audit line of the erasure; how many went."""
    with one_transaction():
        if person.what == EMPLOYEE:
            gone = rename_employee(person.keys, token)
        else:
            gone = remove_customer(person.keys)
        if not has_line("erasure", str(number)):
            act = Act(VERB[person.what], "erasure", str(number), {"how": how})
            write_line(Actor.system("erasure"), act)
    return gone
