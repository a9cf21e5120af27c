"""The account of an employee goes with them, and is handed out before."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client

from rapport.kernel.errors import InputError
from rapport.office.api import add_token, add_user, invite_user
from rapport.office.users import actor_of_user
from rapport.privacy.api import erase_employee, export_employee

from .conftest import OWNER, Store

CANARY = "zoe@x.example"


@pytest.fixture
def zoe(store: Store, monkeypatch: pytest.MonkeyPatch) -> int:
    """Zoë, an employee who signs in by every way there is."""
    monkeypatch.setenv("RAPPORT_HOME", str(store.ledger.home))
    add_user("ana@x.example", "owner", actor=OWNER)
    invite_user(CANARY, "agent", actor=OWNER)
    number = add_user(CANARY, "agent", actor=OWNER, name="Zoë Zander", employee="s1")
    user = get_user_model().objects.get(pk=number)
    EmailAddress.objects.create(user=user, email=CANARY)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "zoe-canary"})
    told = {"email": CANARY}
    SocialAccount.objects.create(user=user, provider="p", uid="zoe-canary", extra_data=told)
    add_token("zoe-canary", ["see_figures"], actor=actor_of_user(number))
    Client().force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return number


def everything() -> Iterator[tuple[str, Any]]:
    for model in apps.get_models():
        for row in model._default_manager.values():
            yield model._meta.label, row


def test_nothing_of_an_account_is_left(store: Store, zoe: int) -> None:
    assert Session.objects.count() == 1
    erase_employee(store.ledger, "s1", actor=OWNER)
    left = [(label, row) for label, row in everything() if "zoe" in str(row).casefold()]
    assert left == []
    assert Session.objects.count() == 0
    user = get_user_model().objects.get(pk=zoe)
    assert (user.is_active, user.has_usable_password()) == (False, False)
    assert actor_of_user(zoe).roles == frozenset()


def test_an_account_without_a_record_is_erased_by_its_address(store: Store, zoe: int) -> None:
    add_user("yan@x.example", "agent", actor=OWNER)
    erase_employee(store.ledger, "yan@x.example", actor=OWNER)
    assert not get_user_model().objects.filter(email="yan@x.example").exists()


def test_a_copy_tells_how_somebody_signs_in_but_no_secret(
    store: Store, zoe: int, tmp_path: Path
) -> None:
    counts = export_employee(store.ledger, "s1", tmp_path / "zoe.zip", actor=OWNER)
    ways = ("office_user", "office_grant", "office_token", "mfa_authenticator")
    assert [counts[table] for table in ways] == [1, 1, 1, 1]
    with zipfile.ZipFile(tmp_path / "zoe.zip") as found:
        told = b"".join(found.read(name) for name in found.namelist()).decode()
    assert json.dumps({"secret": "zoe-canary"}) not in told
    assert "password" not in told


@pytest.mark.usefixtures("zoe")
def test_the_last_owner_is_not_erased(store: Store) -> None:
    with pytest.raises(InputError, match="last owner"):
        erase_employee(store.ledger, "ana@x.example", actor=OWNER)
