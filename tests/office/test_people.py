"""Accounts: invited, changed, shut out; an owner always stays."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
import time_machine

from rapport.kernel.errors import ChangedError, ForbiddenError, InputError, NotFoundError
from rapport.office.api import (
    Actor,
    accept_invitation,
    activate_user,
    actor_of_user,
    add_user,
    change_own_account,
    change_user,
    deactivate_user,
    forget_ended,
    invitation_for,
    invitation_of,
    invite_user,
    latest_lines,
    member,
    members,
    note_link,
    open_invitations,
    put_units,
    remove_second_factor,
    sign_out_everywhere,
    withdraw_invitation,
)

pytestmark = pytest.mark.django_db
SYSTEM = Actor.operator()


def made(name: str, role: str) -> int:
    return add_user(f"{name}@x.example", role, actor=SYSTEM, name=name)


def test_whoever_is_shut_out_has_no_role_left() -> None:
    made("ana", "owner")
    ben = made("ben", "agent")
    assert actor_of_user(ben).roles == {"agent"}
    deactivate_user(ben, actor=SYSTEM)
    assert actor_of_user(ben).roles == frozenset()
    activate_user(ben, actor=SYSTEM)
    assert actor_of_user(ben).roles == {"agent"}


def test_the_last_owner_stays() -> None:
    ana = made("ana", "owner")
    with pytest.raises(InputError, match="last owner"):
        deactivate_user(ana, actor=SYSTEM)
    with pytest.raises(InputError, match="last owner"):
        change_user(ana, version=0, role="agent", unit=None, name="Ana", actor=SYSTEM)
    made("ben", "owner")
    change_user(ana, version=0, role="agent", unit=None, name="Ana", actor=SYSTEM)
    assert member(ana).role == "agent"


def test_an_owner_who_is_shut_out_does_not_count() -> None:
    ana, ben = made("ana", "owner"), made("ben", "owner")
    deactivate_user(ben, actor=SYSTEM)
    with pytest.raises(InputError, match="last owner"):
        deactivate_user(ana, actor=SYSTEM)


def test_of_two_who_change_one_person_the_second_is_told() -> None:
    ben = made("ben", "agent")
    seen = member(ben).version
    change_user(ben, version=seen, role="analyst", unit=None, name="Ben", actor=SYSTEM)
    with pytest.raises(ChangedError, match="Somebody else changed this person"):
        change_user(ben, version=seen, role="agent", unit=None, name="Ben", actor=SYSTEM)
    assert member(ben).role == "analyst"


def test_an_agent_changes_themselves_only() -> None:
    ana, ben = made("ana", "owner"), made("ben", "agent")
    told = {"language": "de", "zone": "Europe/Berlin", "scheme": "dark"}
    change_own_account(ben, name="Benno", **told, actor=actor_of_user(ben))
    assert member(ben).name == "Benno"
    sign_out_everywhere(ben, actor=actor_of_user(ben))
    with pytest.raises(ForbiddenError):
        change_own_account(ana, name="x", **told, actor=actor_of_user(ben))
    with pytest.raises(ForbiddenError):
        sign_out_everywhere(ana, actor=actor_of_user(ben))
    with pytest.raises(ForbiddenError):
        deactivate_user(ana, actor=actor_of_user(ben))


def test_an_invitation_makes_one_account() -> None:
    secret = invite_user("Zoe@X.example", "analyst", actor=SYSTEM)
    invitation = invitation_of(secret)
    assert invitation is not None
    assert (invitation.email, invitation.role) == ("zoe@x.example", "analyst")
    zoe = accept_invitation(invitation, name="Zoe", password="a long sentence")
    assert (member(zoe).name, member(zoe).role) == ("Zoe", "analyst")
    assert invitation_of(secret) is None
    with pytest.raises(InputError, match="not open any more"):
        accept_invitation(invitation, name="Zoe", password="another one here")
    assert len(members()) == 1


def test_an_invitation_ends_after_a_week_or_when_it_is_withdrawn() -> None:
    late = invite_user("zoe@x.example", "agent", actor=SYSTEM)
    withdrawn = invite_user("yan@x.example", "agent", actor=SYSTEM)
    for one in open_invitations():
        if one.email == "yan@x.example":
            withdraw_invitation(one.number, actor=SYSTEM)
    assert invitation_of(withdrawn) is None
    with time_machine.travel(datetime.now(UTC) + timedelta(days=7, seconds=1)):
        assert invitation_of(late) is None
        assert invitation_for("zoe@x.example") is None


def test_what_ended_long_ago_is_forgotten() -> None:
    invite_user("zoe@x.example", "agent", actor=SYSTEM)
    assert forget_ended() == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(days=38)):
        assert forget_ended() == 1


def test_a_newer_invitation_takes_the_place_of_the_older() -> None:
    older = invite_user("zoe@x.example", "agent", actor=SYSTEM)
    invite_user("zoe@x.example", "analyst", actor=SYSTEM)
    assert invitation_of(older) is None
    assert [one.role for one in open_invitations()] == ["analyst"]


def test_nobody_is_invited_twice_over(ben: Actor) -> None:
    made("ana", "owner")
    with pytest.raises(InputError, match="signs in with this address already"):
        invite_user("ana@x.example", "agent", actor=SYSTEM)
    with pytest.raises(InputError, match="no role"):
        invite_user("zoe@x.example", "system", actor=SYSTEM)
    with pytest.raises(InputError, match="no business unit"):
        invite_user("zoe@x.example", "agent", unit="mars", actor=SYSTEM)
    with pytest.raises(ForbiddenError):
        invite_user("zoe@x.example", "agent", actor=ben)


def test_the_audit_names_nobody() -> None:
    invite_user("zoe@x.example", "agent", actor=SYSTEM)
    deactivate_user(made("ben", "agent"), actor=SYSTEM)
    assert not any("x.example" in str(line) for line in latest_lines())


def test_an_owner_of_one_unit_sees_and_gives_that_only() -> None:
    put_units(pa.table({"key": ["north", "south"]}), actor=SYSTEM)
    made("ana", "owner")
    for name, unit in (("ben", "north"), ("eve", "south")):
        add_user(f"{name}@x.example", "owner", actor=SYSTEM, unit=unit, name=name)
        invite_user(f"{name}2@x.example", "agent", unit=unit, actor=SYSTEM)
    ben, eve = (next(m for m in members() if m.name == name) for name in ("ben", "eve"))
    actor = actor_of_user(ben.number)
    assert [one.name for one in members(actor)] == ["ben"]
    assert [one.unit for one in open_invitations(actor)] == ["north"]
    with pytest.raises(ForbiddenError):
        invite_user("all@x.example", "owner", actor=actor)
    grant = {"version": 0, "role": "owner", "name": "", "actor": actor}
    with pytest.raises(ForbiddenError):
        change_user(ben.number, unit=None, **grant)
    with pytest.raises(NotFoundError):
        change_user(eve.number, unit="north", **grant)
    for verb in (deactivate_user, sign_out_everywhere, remove_second_factor, note_link):
        with pytest.raises(NotFoundError):
            verb(eve.number, actor=actor)
    with pytest.raises(NotFoundError):
        withdraw_invitation(invitation_for("eve2@x.example").number, actor=actor)
