"""The door of the customers' room: what rooms above may use."""

from rapport.customers.accounts import put_accounts
from rapport.customers.consents import record_consent
from rapport.customers.directory import (
    ACTIVITY,
    WORDS,
    Hit,
    find_customers,
    forget_in_directory,
    hits_of,
    is_visible,
    keep_directory,
    refresh_directory,
    title_of,
)
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
from rapport.customers.rollup import Account, account_named, bought_of, find_accounts
from rapport.customers.standing import Bought, Promise, Standing, standing
from rapport.customers.timeline import COLUMNS as TIMELINE_COLUMNS
from rapport.customers.timeline import has_interactions, similar_names, timeline
from rapport.customers.undo import undo_people

__all__ = [
    "ACTIVITY",
    "TIMELINE_COLUMNS",
    "WORDS",
    "Account",
    "Bought",
    "ConsentWord",
    "Hit",
    "MergeLine",
    "Names",
    "Profile",
    "Promise",
    "Standing",
    "account_named",
    "accounts_of",
    "bought_of",
    "every_name",
    "find_accounts",
    "find_customers",
    "forget_in_directory",
    "has_interactions",
    "hits_of",
    "identity_map",
    "is_visible",
    "keep_directory",
    "merge_customers",
    "names_in",
    "names_of_customer",
    "profile",
    "publish",
    "published_customers",
    "put_accounts",
    "put_customers",
    "record_consent",
    "records_of_customer",
    "refresh_directory",
    "remove_customer",
    "similar_names",
    "split_customers",
    "standing",
    "timeline",
    "title_of",
    "undo_people",
]
