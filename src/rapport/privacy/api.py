"""The door of the privacy room."""

from rapport.privacy.people import Person, customer, employee
from rapport.privacy.places import Place, Task, places, preview
from rapport.privacy.verbs import (
    HOW,
    Erased,
    erase_customer,
    erase_employee,
    finish_erasures,
)

__all__ = [
    "HOW",
    "Erased",
    "Person",
    "Place",
    "Task",
    "customer",
    "employee",
    "erase_customer",
    "erase_employee",
    "finish_erasures",
    "places",
    "preview",
]
