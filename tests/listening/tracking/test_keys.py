"""Tracking keys: shown once, kept as a hash, revoked for good."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from rapport.kernel.errors import ForbiddenError, InputError, NotFoundError
from rapport.ledger.api import create_ledger
from rapport.listening.api import add_tracking_key, revoke_tracking_key, tracking_keys
from rapport.listening.tracking.keys import KnownKeys
from rapport.office.api import Actor, latest_lines

from .conftest import OPERATOR

pytestmark = pytest.mark.django_db


def test_a_key_opens_until_it_is_revoked() -> None:
    secret = add_tracking_key("shop", actor=OPERATOR)
    assert KnownKeys().source(secret) == "shop"
    revoke_tracking_key("shop", actor=OPERATOR)
    assert KnownKeys().source(secret) is None
    (key,) = tracking_keys()
    assert key.name == "shop"
    assert key.revoked_at is not None


def test_a_server_that_runs_learns_of_new_and_revoked_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = KnownKeys()
    assert keys.source("nobody") is None
    secret = add_tracking_key("shop", actor=OPERATOR)
    monkeypatch.setattr("rapport.listening.tracking.keys.FRESH_SECONDS", 0)
    assert keys.source(secret) == "shop"


def test_only_a_hash_of_the_key_is_kept() -> None:
    secret = add_tracking_key("shop", actor=OPERATOR)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM listening_trackingkey")
        (row,) = cursor.fetchall()
    assert secret not in str(row)
    assert secret not in str(latest_lines())


def test_each_change_of_a_key_is_in_the_audit() -> None:
    add_tracking_key("shop", actor=OPERATOR)
    revoke_tracking_key("shop", actor=OPERATOR)
    acts = [(line.act.verb, line.act.object_id) for line in latest_lines()]
    assert acts == [("revoke_tracking_key", "shop"), ("add_tracking_key", "shop")]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a" * 256])
def test_a_key_needs_a_name_that_can_be_read(name: str) -> None:
    with pytest.raises(InputError, match="named after the system"):
        add_tracking_key(name, actor=OPERATOR)


def test_a_name_is_given_once_only() -> None:
    add_tracking_key("shop", actor=OPERATOR)
    revoke_tracking_key("shop", actor=OPERATOR)
    with pytest.raises(InputError, match="already"):
        add_tracking_key("shop", actor=OPERATOR)
    with pytest.raises(InputError, match="revoked before"):
        revoke_tracking_key("shop", actor=OPERATOR)


def test_an_unknown_key_cannot_be_revoked() -> None:
    add_tracking_key("shop", actor=OPERATOR)
    with pytest.raises(NotFoundError, match="shop"):
        revoke_tracking_key("shup", actor=OPERATOR)


def test_not_everybody_may_make_keys() -> None:
    with pytest.raises(ForbiddenError):
        add_tracking_key("shop", actor=Actor("person:2", frozenset({"analyst"})))


def test_keys_are_made_on_the_command_line(tmp_path: Path) -> None:
    create_ledger(tmp_path / "store").close()

    def rapport(*words: str) -> str:
        command = [
            sys.executable,
            "-m",
            "rapport",
            "--home",
            str(tmp_path / "store"),
            "key",
            *words,
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert rapport("add", "shop").startswith("rapport_")
    assert rapport("revoke", "shop") == "The key of shop is revoked.\n"
    (listed,) = json.loads(rapport("list", "--format", "json"))
    assert listed["name"] == "shop"
    assert "shop" in rapport("list")
