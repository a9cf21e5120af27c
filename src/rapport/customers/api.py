"""The door of the customers' room: what rooms above may use."""

from rapport.customers.accounts import put_accounts
from rapport.customers.erasing import (
    Names,
    accounts_of,
    every_name,
    names_in,
    names_of_customer,
    records_of_customer,
    remove_customer,
)
from rapport.customers.merges import identity_map, merge_customers, split_customers
from rapport.customers.people import put_customers
from rapport.customers.profiles import ConsentWord, MergeLine, Profile, profile
from rapport.customers.publishing import publish, published_customers
from rapport.customers.timeline import has_interactions, similar_names, timeline
from rapport.customers.undo import undo_people

__all__ = [
    "ConsentWord",
    "MergeLine",
    "Names",
    "Profile",
    "accounts_of",
    "every_name",
    "has_interactions",
    "identity_map",
    "merge_customers",
    "names_in",
    "names_of_customer",
    "profile",
    "publish",
    "published_customers",
    "put_accounts",
    "put_customers",
    "records_of_customer",
    "remove_customer",
    "similar_names",
    "split_customers",
    "timeline",
    "undo_people",
]
