"""The door of the customers' room: what rooms above may use."""

from rapport.customers.accounts import put_accounts
from rapport.customers.merges import identity_map, merge_customers, split_customers
from rapport.customers.people import put_customers
from rapport.customers.profiles import ConsentWord, MergeLine, Profile, profile
from rapport.customers.publishing import publish, published_customers
from rapport.customers.timeline import has_interactions, similar_names, timeline
from rapport.customers.undo import undo_people

__all__ = [
    "ConsentWord",
    "MergeLine",
    "Profile",
    "has_interactions",
    "identity_map",
    "merge_customers",
    "profile",
    "publish",
    "published_customers",
    "put_accounts",
    "put_customers",
    "similar_names",
    "split_customers",
    "timeline",
    "undo_people",
]
