"""Views are one's own until they are shared, and go with whom they name."""

import pytest

from rapport.kernel.errors import ForbiddenError, InputError, NotFoundError
from rapport.office.api import Actor, forget_views, remove_view, save_view, saved_views

pytestmark = pytest.mark.django_db


@pytest.fixture
def cem() -> Actor:
    return Actor("user:3", frozenset({"analyst"}))


def names(actor: Actor) -> list[str]:
    return [view.name for view in saved_views("explore", actor=actor)]


def test_a_view_is_seen_by_others_once_it_is_shared(ana, ben):
    save_view("explore", "mine", "by=kind", actor=ben)
    assert (names(ben), names(ana)) == (["mine"], [])
    save_view("explore", " mine ", "by=channel", actor=ben, shared=True)
    assert names(ana) == ["mine"]
    assert [view.query for view in saved_views("explore", actor=ben)] == ["by=channel"]
    assert saved_views("sql", actor=ben) == []


def test_only_its_owner_and_the_owner_of_all_remove_it(ana, ben, cem):
    number = save_view("explore", "mine", "", actor=ben)
    with pytest.raises(NotFoundError):
        remove_view(number, actor=ana)
    save_view("explore", "mine", "", actor=ben, shared=True)
    with pytest.raises(ForbiddenError):
        remove_view(number, actor=cem)
    remove_view(number, actor=ana)
    with pytest.raises(NotFoundError):
        remove_view(number, actor=ben)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "\x00", "\u202e"])
def test_a_name_can_be_read(ben, name):
    with pytest.raises(InputError):
        save_view("explore", name, "", actor=ben)


def test_a_view_that_names_somebody_is_forgotten(ben):
    save_view("explore", "one", "where=customer+%3D+ana", actor=ben)
    save_view("explore", "two", "by=kind", actor=ben)
    assert forget_views(lambda text: "ana" in text) == 1
    assert names(ben) == ["two"]
