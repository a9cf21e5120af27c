"""Who may do and see what: one table from role to verbs and sights."""

from rapport.kernel.errors import ForbiddenError, InputError, did_you_mean
from rapport.office.actors import Actor

_OFFICE_DATA = frozenset({"put_employees", "put_touchpoints", "put_units"})
_CUSTOMER_DATA = frozenset({"put_accounts", "put_customers"})
_IDENTITY = frozenset({"merge_customers", "split_customers"})
_CONSENT = frozenset({"record_consent"})
_IMPORTS = frozenset({"annotate_interactions", "import_file"})
_UNDO = frozenset({"undo_import", "undo_people"})
_KEYS = frozenset({"add_tracking_key", "revoke_tracking_key"})
_STORE = frozenset({"back_up", "restore"})
_USERS = frozenset({"add_user", "change_user", "invite_user"})
_SETTINGS = frozenset({"change_settings"})
_SEGMENTS = frozenset({"put_segment", "remove_segment"})
_NOTES = frozenset({"add_note", "remove_note"})
_OWN = frozenset({"change_own_account", "save_view", "add_token", "revoke_token"})
# Anybody who speaks with customers may ask; who may erase approves.
_ERASURE = frozenset({"ask_erasure"})
_PRIVACY = frozenset(
    {
        *("erase_customer", "erase_employee", "erase_nameless", "export_customer"),
        *("export_employee", "retain", "change_retention", "welcome_customer"),
        *("approve_erasure", "decline_erasure"),
    }
)

VERBS: frozenset[str] = (
    _OFFICE_DATA
    | _CUSTOMER_DATA
    | _IDENTITY
    | _CONSENT
    | _ERASURE
    | _IMPORTS
    | _UNDO
    | _KEYS
    | _PRIVACY
    | _STORE
    | _USERS
    | _SETTINGS
    | _SEGMENTS
    | _NOTES
    | _OWN
)

_FIGURES = frozenset({"see_figures"})
_CUSTOMERS = frozenset({"see_customers"})
# The ledger row by row, also by SQL, and what is imported into it.
_LEDGER = frozenset({"query_sql", "see_imports", "see_interactions"})
_OFFICE = frozenset({"see_office"})
_AUDIT = frozenset({"see_audit", "see_users"})
# Figures of single employees: for those who lead them.
_STAFF = frozenset({"see_employees"})

# What there is to look at; a page or an address of the API names one of these or a verb.
SIGHTS: frozenset[str] = _FIGURES | _CUSTOMERS | _LEDGER | _OFFICE | _AUDIT | _STAFF

ROLES: dict[str, frozenset[str]] = {
    "owner": VERBS | SIGHTS,
    "manager": _OFFICE_DATA
    | _CUSTOMER_DATA
    | _IDENTITY
    | _CONSENT
    | _ERASURE
    | _IMPORTS
    | _UNDO
    | _KEYS
    | _SEGMENTS
    | _NOTES
    | _OWN
    | (SIGHTS - _AUDIT),
    "analyst": _IMPORTS
    | _SEGMENTS
    | _NOTES
    | _OWN
    | frozenset({"put_touchpoints"})
    | _FIGURES
    | _CUSTOMERS
    | _LEDGER
    | _OFFICE,
    "team lead": _IDENTITY | _CONSENT | _ERASURE | _OWN | _FIGURES | _CUSTOMERS | _OFFICE | _STAFF,
    "agent": _IDENTITY | _CONSENT | _ERASURE | _OWN | _FIGURES | _CUSTOMERS,
    "employee": _OWN | _FIGURES,
    "privacy officer": _IDENTITY
    | _CONSENT
    | _ERASURE
    | _PRIVACY
    | _OWN
    | _CUSTOMERS
    | _OFFICE
    | _AUDIT,
    # A part of the program keeps the rules of retention and finishes what a person began.
    "system": _OFFICE_DATA | _CUSTOMER_DATA | _IMPORTS | _UNDO | {"retain"},
}


def permits(actor: Actor, verb: str) -> bool:
    """Whether one of the actor's roles may do the verb, or have the sight, within their scopes.

    Raises:
        InputError: there is no such verb or sight; a misspelt one must not read as "forbidden".

    >>> permits(Actor.operator(), "merge_customers"), permits(Actor.system("x"), "merge_customers")
    (True, False)
    """
    if verb not in VERBS | SIGHTS:
        raise InputError(f"There is no verb {verb!r}", hint=did_you_mean(verb, VERBS | SIGHTS))
    if actor.scopes is not None and verb not in actor.scopes:
        return False
    return any(verb in ROLES.get(role, frozenset()) for role in actor.roles)


def require(actor: Actor, verb: str) -> None:
    """Let the actor pass or refuse; the first line of every verb.

    Raises:
        ForbiddenError: none of the actor's roles may do this, or it is none of their scopes.
    """
    if not permits(actor, verb):
        able = sorted(role for role, verbs in ROLES.items() if verb in verbs)
        raise ForbiddenError(
            f"{actor.id} may not {verb.replace('_', ' ')}",
            got=f"roles: {', '.join(sorted(actor.roles)) or 'none'}",
            expected=f"one of: {', '.join(able)}",
        )
