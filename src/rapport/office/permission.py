"""Who may do what: one table from role to verbs."""

from rapport.kernel.errors import ForbiddenError, InputError, did_you_mean
from rapport.office.actors import Actor

_OFFICE_DATA = frozenset({"put_employees", "put_touchpoints", "put_units"})
_CUSTOMER_DATA = frozenset({"put_accounts", "put_customers"})
_IDENTITY = frozenset({"merge_customers", "split_customers"})
_IMPORTS = frozenset({"annotate_interactions", "import_file"})
_UNDO = frozenset({"undo_import", "undo_people"})
_KEYS = frozenset({"add_tracking_key", "revoke_tracking_key"})
_STORE = frozenset({"back_up", "restore"})
_PRIVACY = frozenset(
    {
        *("erase_customer", "erase_employee", "erase_nameless", "export_customer"),
        *("export_employee", "retain", "welcome_customer"),
    }
)

VERBS: frozenset[str] = (
    _OFFICE_DATA | _CUSTOMER_DATA | _IDENTITY | _IMPORTS | _UNDO | _KEYS | _PRIVACY | _STORE
)

ROLES: dict[str, frozenset[str]] = {
    "owner": VERBS,
    "manager": _OFFICE_DATA | _CUSTOMER_DATA | _IDENTITY | _IMPORTS | _UNDO | _KEYS,
    "analyst": _IMPORTS | frozenset({"put_touchpoints"}),
    "team lead": _IDENTITY,
    "agent": _IDENTITY,
    "employee": frozenset(),
    "privacy officer": _IDENTITY | _PRIVACY,
    # A part of the program keeps the rules of retention and finishes what a person began.
    "system": _OFFICE_DATA | _CUSTOMER_DATA | _IMPORTS | _UNDO | {"retain"},
}


def permits(actor: Actor, verb: str) -> bool:
    """Whether one of the actor's roles may do the verb.

    Raises:
        InputError: there is no such verb; a misspelt one must not read as "forbidden".

    >>> permits(Actor.operator(), "merge_customers"), permits(Actor.system("x"), "merge_customers")
    (True, False)
    """
    if verb not in VERBS:
        raise InputError(f"There is no verb {verb!r}", hint=did_you_mean(verb, VERBS))
    return any(verb in ROLES.get(role, frozenset()) for role in actor.roles)


def require(actor: Actor, verb: str) -> None:
    """Let the actor pass or refuse; the first line of every verb.

    Raises:
        ForbiddenError: none of the actor's roles may do this.
    """
    if not permits(actor, verb):
        able = sorted(role for role, verbs in ROLES.items() if verb in verbs)
        raise ForbiddenError(
            f"{actor.id} may not {verb.replace('_', ' ')}",
            got=f"roles: {', '.join(sorted(actor.roles)) or 'none'}",
            expected=f"one of: {', '.join(able)}",
        )
