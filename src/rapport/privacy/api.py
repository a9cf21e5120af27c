"""The door of the privacy room."""

from rapport.privacy.again import reapply_erasures
from rapport.privacy.asked import ErasureRequest, request_of, requests
from rapport.privacy.export import export_customer, export_employee
from rapport.privacy.people import Person, customer, employee
from rapport.privacy.places import Place, Task, places, preview
from rapport.privacy.requests import (
    approve_erasure,
    ask_erasure,
    carry_out_erasures,
    decline_erasure,
)
from rapport.privacy.retention import Rule, change_rules, daily, retain, rules_of, would_go
from rapport.privacy.verbs import (
    HOW,
    Erased,
    erase_customer,
    erase_employee,
    erase_nameless,
    finish_erasures,
    welcome_customer,
)

__all__ = [
    "HOW",
    "Erased",
    "ErasureRequest",
    "Person",
    "Place",
    "Rule",
    "Task",
    "approve_erasure",
    "ask_erasure",
    "carry_out_erasures",
    "change_rules",
    "customer",
    "daily",
    "decline_erasure",
    "employee",
    "erase_customer",
    "erase_employee",
    "erase_nameless",
    "export_customer",
    "export_employee",
    "finish_erasures",
    "places",
    "preview",
    "reapply_erasures",
    "request_of",
    "requests",
    "retain",
    "rules_of",
    "welcome_customer",
    "would_go",
]
