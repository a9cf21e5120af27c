"""The door of the customers' room: what rooms above may use."""

from rapport.customers.accounts import put_accounts
from rapport.customers.consents import record_consent
from rapport.customers.derived import ACTIVITY, DERIVED, SEGMENTS, WORDS
from rapport.customers.directory import (
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
from rapport.customers.segments.members import count_now
from rapport.customers.segments.membership import (
    Size,
    forget_in_segments,
    keep_segments,
    members,
    refresh_segments,
    segments_of,
    sizes,
    sizes_now,
)
from rapport.customers.segments.rules import (
    ASPECTS,
    OPERATORS,
    About,
    Asks,
    Rule,
    parse_rule,
)
from rapport.customers.segments.verbs import (
    Segment,
    forget_in_rules,
    put_segment,
    remove_segment,
    segment_named,
    segments,
)
from rapport.customers.standing import Bought, Promise, Standing, newest, standing
from rapport.customers.timeline import COLUMNS as TIMELINE_COLUMNS
from rapport.customers.timeline import has_interactions, similar_names, timeline
from rapport.customers.undo import undo_people

__all__ = [
    "ACTIVITY",
    "ASPECTS",
    "DERIVED",
    "OPERATORS",
    "SEGMENTS",
    "TIMELINE_COLUMNS",
    "WORDS",
    "About",
    "Account",
    "Asks",
    "Bought",
    "ConsentWord",
    "Hit",
    "MergeLine",
    "Names",
    "Profile",
    "Promise",
    "Rule",
    "Segment",
    "Size",
    "Standing",
    "account_named",
    "accounts_of",
    "bought_of",
    "count_now",
    "every_name",
    "find_accounts",
    "find_customers",
    "forget_in_directory",
    "forget_in_rules",
    "forget_in_segments",
    "has_interactions",
    "hits_of",
    "identity_map",
    "is_visible",
    "keep_directory",
    "keep_segments",
    "members",
    "merge_customers",
    "names_in",
    "names_of_customer",
    "newest",
    "parse_rule",
    "profile",
    "publish",
    "published_customers",
    "put_accounts",
    "put_customers",
    "put_segment",
    "record_consent",
    "records_of_customer",
    "refresh_directory",
    "refresh_segments",
    "remove_customer",
    "remove_segment",
    "segment_named",
    "segments",
    "segments_of",
    "similar_names",
    "sizes",
    "sizes_now",
    "split_customers",
    "standing",
    "timeline",
    "title_of",
    "undo_people",
]
