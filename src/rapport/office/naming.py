"""From the opaque ids of actors back to who they are."""

from collections.abc import Iterable

from rapport.office.actors import Actor
from rapport.office.tables import select_in
from rapport.office.users import actor_of_user

_NAMES = "SELECT id, name, email FROM office_user WHERE id IN"


def actor_named(actor_id: str) -> Actor:
    """Whoever has that id, with the roles they have now; somebody without any where it is nobody's.

    >>> actor_named("operator").roles, actor_named("guest").roles
    (frozenset({'owner'}), frozenset())
    """
    sort, _, number = actor_id.partition(":")
    if sort == "user" and number.isdecimal():
        return actor_of_user(int(number))
    return Actor.operator() if sort == "operator" else Actor(actor_id, frozenset())


def names_of_actors(actor_ids: Iterable[str]) -> dict[str, str]:
    """What to call those who sign in, by their ids; ids of anybody else are left out."""
    numbers = {
        number: actor_id
        for actor_id in actor_ids
        for sort, _, number in [actor_id.partition(":")]
        if sort == "user" and number.isdecimal()
    }
    return {numbers[str(row[0])]: row[1] or row[2] for row in select_in(_NAMES, numbers)}
