"""Who may do what."""

import pytest

from rapport.kernel.errors import ForbiddenError, InputError
from rapport.office.api import ROLES, SIGHTS, VERBS, Actor, permits, require


def test_every_verb_of_the_table_is_somebodys() -> None:
    assert frozenset().union(*ROLES.values()) == VERBS | SIGHTS


def test_the_command_line_may_do_everything() -> None:
    assert all(permits(Actor.operator(), verb) for verb in VERBS)


def test_somebody_without_a_role_may_do_nothing() -> None:
    assert not any(permits(Actor("person:3", frozenset()), verb) for verb in VERBS)


def test_an_unknown_role_gives_nothing() -> None:
    assert not permits(Actor("person:3", frozenset({"wizard"})), "put_units")


def test_ben_is_told_who_may(ben: Actor) -> None:
    with pytest.raises(ForbiddenError, match=r"Got: roles: agent\. Expected: one of: .*owner"):
        require(ben, "put_units")


def test_a_misspelt_verb_is_an_error_not_a_refusal(ana: Actor) -> None:
    with pytest.raises(InputError, match="Did you mean put_units"):
        permits(ana, "put_unit")
