"""What opens the API: made, listed, revoked, and never more than its user may do."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from time_machine import travel

from rapport.kernel.errors import ForbiddenError, InputError, NotFoundError
from rapport.office.api import (
    Actor,
    actor_of_token,
    actor_of_user,
    add_token,
    add_user,
    latest_lines,
    permits,
    put_units,
    revoke_token,
    scopes_of,
    tokens,
)

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def user(role: str = "owner", email: str = "ana@x.example", unit: str | None = None) -> Actor:
    return actor_of_user(add_user(email, role, actor=OPERATOR, unit=unit))


def test_a_token_acts_as_its_user_within_its_scopes() -> None:
    ana = user()
    found = actor_of_token(add_token("report", ["see_figures"], actor=ana))
    assert found is not None
    assert (found.id, found.roles) == (ana.id, ana.roles)
    assert permits(found, "see_figures")
    assert not permits(found, "see_customers")


def test_only_a_hash_is_kept_and_the_audit_has_no_secret() -> None:
    secret = add_token("report", ["see_figures"], actor=user())
    assert secret.startswith("rapport_api_")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM office_token")
        assert secret not in str(cursor.fetchall())
    assert latest_lines(1)[0].act.verb == "add_token"
    assert secret not in str(latest_lines(9))


@pytest.mark.parametrize("secret", ["", "rapport_api_", "rapport_api_x", "rapport_x", "é\x00"])
def test_what_is_no_token_opens_nothing(secret: str) -> None:
    assert actor_of_token(secret) is None


def test_a_revoked_token_opens_nothing() -> None:
    ana = user()
    secret = add_token("report", ["see_figures"], actor=ana)
    revoke_token(tokens(ana)[0].number, actor=ana)
    assert actor_of_token(secret) is None
    with pytest.raises(InputError, match="revoked before"):
        revoke_token(tokens(ana)[0].number, actor=ana)


def test_an_expired_token_opens_nothing() -> None:
    secret = add_token("report", ["see_figures"], actor=user(), days=30)
    with travel(datetime.now(UTC) + timedelta(30, -60)):
        assert actor_of_token(secret) is not None
    with travel(datetime.now(UTC) + timedelta(30, 60)):
        assert actor_of_token(secret) is None


def test_a_token_of_somebody_deactivated_opens_nothing() -> None:
    secret = add_token("report", ["see_figures"], actor=user())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE office_user SET is_active = %s", (False,))
    assert actor_of_token(secret) is None


def test_a_role_that_shrinks_takes_its_tokens_along() -> None:
    secret = add_token("report", ["see_figures", "see_customers"], actor=user())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE office_grant SET role = 'employee'")
    found = actor_of_token(secret)
    assert found is not None
    assert scopes_of(found) == ["see_figures"]


def test_a_token_sees_the_units_of_its_user_only() -> None:
    import pyarrow as pa

    put_units(pa.table({"key": ["north", "south"]}), actor=OPERATOR)
    found = actor_of_token(add_token("x", ["see_figures"], actor=user("analyst", unit="north")))
    assert found is not None
    assert found.units == {"north"}


def test_nobody_gives_what_they_have_not() -> None:
    with pytest.raises(InputError, match="cannot have the scope 'change_user'"):
        add_token("report", ["change_user"], actor=user("analyst"))


def test_a_token_makes_none_with_more_than_it_has() -> None:
    secret = add_token("report", ["add_token", "see_figures"], actor=user())
    found = actor_of_token(secret)
    assert found is not None
    with pytest.raises(InputError, match="cannot have the scope"):
        add_token("more", ["see_customers"], actor=found)


def test_ana_may_revoke_bens_token_and_ben_may_not_see_hers() -> None:
    ana, ben = user(), user("agent", "ben@x.example")
    add_token("of ana", ["see_figures"], actor=ana)
    add_token("of ben", ["see_figures"], actor=ben)
    assert [token.name for token in tokens(ben, of_all=True)] == ["of ben"]
    theirs = {token.name: token.number for token in tokens(ana, of_all=True)}
    with pytest.raises(NotFoundError, match="There is no token"):
        revoke_token(theirs["of ana"], actor=ben)
    revoke_token(theirs["of ben"], actor=ana)
    assert tokens(ben)[0].revoked_at is not None


def test_only_who_changes_users_makes_a_token_for_another() -> None:
    user("agent", "ben@x.example")
    with pytest.raises(ForbiddenError):
        add_token("x", ["see_figures"], actor=user("agent"), email="ben@x.example")
    with pytest.raises(NotFoundError, match="Nobody signs in"):
        add_token("x", ["see_figures"], actor=OPERATOR, email="eve@x.example")
    assert add_token("x", ["see_figures"], actor=OPERATOR, email="ben@x.example")


@pytest.mark.parametrize(
    ("name", "scopes", "days", "told"),
    [
        (" ", ["see_figures"], None, "named after"),
        ("x" * 101, ["see_figures"], None, "named after"),
        ("a\x00b", ["see_figures"], None, "named after"),
        ("x", [], None, "opens nothing"),
        ("x", ["see_figure"], None, "Did you mean see_figures"),
        ("x", ["see_figures"], 0, "for some days"),
        ("x", ["see_figures"], 10**9, "for some days"),
    ],
)
def test_what_cannot_be_is_refused(name, scopes, days, told) -> None:
    with pytest.raises(InputError, match=told):
        add_token(name, scopes, actor=user(), days=days)


def test_a_name_in_use_is_not_given_twice() -> None:
    ana = user()
    add_token("x", ["see_figures"], actor=ana)
    with pytest.raises(InputError, match="already"):
        add_token("x", ["see_figures"], actor=ana)
    revoke_token(tokens(ana)[0].number, actor=ana)
    assert add_token("x", ["see_figures"], actor=ana)


def test_the_day_of_use_is_noted() -> None:
    ana = user()
    secret = add_token("x", ["see_figures"], actor=ana)
    assert tokens(ana)[0].last_used is None
    actor_of_token(secret)
    assert tokens(ana)[0].last_used == datetime.now(UTC).date()


def test_the_command_line_names_whom_a_token_is_for() -> None:
    with pytest.raises(InputError, match="For whom"):
        add_token("x", ["see_figures"], actor=OPERATOR)
