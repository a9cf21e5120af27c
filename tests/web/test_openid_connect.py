"""Signing in at a provider of OpenID Connect that really runs on this computer."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from urllib.parse import quote, urlsplit

import httpx
import oidc_provider_mock
import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client

from rapport.office.api import (
    Actor,
    add_user,
    deactivate_user,
    invite_user,
    member_named,
    members,
)
from rapport.web.outside import oidc_providers

pytestmark = pytest.mark.django_db
OWNER = Actor.operator()
START = "/account/oidc/organisation/login/"
SignIn = Callable[..., tuple[Client, HttpResponse]]


@pytest.fixture
def sign_in(bound_store: object, settings: object) -> Iterator[SignIn]:
    """Signs somebody in there, of whom the provider says these claims; then looks who we think."""
    with oidc_provider_mock.run_server_in_thread() as server:
        issuer = f"http://localhost:{server.server_port}"
        told = {"RAPPORT_OIDC_URL": issuer, "RAPPORT_OIDC_CLIENT": "c", "RAPPORT_OIDC_SECRET": "s"}
        settings.SOCIALACCOUNT_PROVIDERS = oidc_providers(told)  # type: ignore[attr-defined]

        def signed_in(sub: str, **claims: object) -> tuple[Client, HttpResponse]:
            put = httpx.put(f"{issuer}/users/{quote(sub)}", json=claims)
            assert put.status_code == HTTPStatus.NO_CONTENT
            browser = Client(HTTP_HOST="localhost")
            there = browser.get(START).headers["Location"]
            back = httpx.post(there, data={"sub": sub}).headers["Location"]
            parts = urlsplit(back)
            return browser, browser.get(f"{parts.path}?{parts.query}")

        yield signed_in


def who(browser: Client) -> str | None:
    number = browser.session.get("_auth_user_id")
    return None if number is None else str(get_user_model().objects.get(pk=number).email)


def test_somebody_who_exists_comes_in_by_a_verified_address(sign_in: SignIn) -> None:
    add_user("ana@x.example", "agent", actor=OWNER)
    browser, answer = sign_in("a1", email="Ana@X.example", email_verified=True)
    assert (answer.status_code, who(browser)) == (302, "ana@x.example")
    assert browser.get("/account/").status_code == 200


def test_they_are_known_afterwards_by_the_providers_name_for_them(sign_in: SignIn) -> None:
    add_user("ana@x.example", "agent", actor=OWNER)
    sign_in("a1", email="ana@x.example", email_verified=True)
    browser, _ = sign_in("a1", email="married@x.example", email_verified=True)
    assert who(browser) == "ana@x.example"


@pytest.mark.parametrize("said", [False, None, "false", "no", 0])
def test_an_address_that_is_not_verified_lets_nobody_in(sign_in: SignIn, said: object) -> None:
    add_user("ana@x.example", "owner", actor=OWNER)
    browser, answer = sign_in("evil", email="ana@x.example", email_verified=said)
    assert (answer.status_code, who(browser)) == (403, None)
    assert "You are not known here" in answer.content.decode()


def test_a_stranger_gets_no_account(sign_in: SignIn) -> None:
    browser, answer = sign_in("z1", email="zoe@x.example", email_verified=True)
    assert (answer.status_code, who(browser), members()) == (403, None, [])


def test_whoever_is_invited_gets_their_account_on_the_way(sign_in: SignIn) -> None:
    invite_user("zoe@x.example", "analyst", actor=OWNER)
    browser, _ = sign_in("z1", email="zoe@x.example", email_verified=True, name="Zoë")
    assert who(browser) == "zoe@x.example"
    assert (member_named("zoe@x.example").name, member_named("zoe@x.example").role) == (
        "Zoë",
        "analyst",
    )


def test_who_is_shut_out_stays_out(sign_in: SignIn) -> None:
    add_user("ana@x.example", "agent", actor=OWNER)
    deactivate_user(member_named("ana@x.example").number, actor=OWNER)
    browser, _ = sign_in("a1", email="ana@x.example", email_verified=True)
    assert browser.get("/account/").status_code == 302


def test_the_page_offers_it_where_it_is_told(sign_in: SignIn) -> None:
    page = Client(HTTP_HOST="localhost").get("/account/login/").content.decode()
    assert START in page
    assert "Sign in with localhost" in page
