"""Signing in, as the pages do it: invited, shut out, sent away."""

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client, override_settings

from rapport.office.api import (
    GIVEN_ROLES,
    Actor,
    Member,
    add_user,
    deactivate_user,
    invite_user,
    member_named,
)
from rapport.web.links import password_link

pytestmark = pytest.mark.django_db
PASSWORD = "a sentence nobody tries"
OWNER = Actor.operator()
LocMem = override_settings(
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend", SENDS_MAIL=True
)


@pytest.fixture
def visitor(bound_store: object) -> Callable[..., Client]:
    """A browser, signed in by address and password, or nobody's."""

    def browser(email: str | None = None) -> Client:
        client = Client(HTTP_HOST="localhost")
        if email is not None:
            answer = client.post("/account/login/", {"login": email, "password": PASSWORD})
            assert answer.status_code == 302, answer.content
        return client

    return browser


def made(name: str, role: str) -> Member:
    add_user(f"{name}@x.example", role, actor=OWNER, name=name, password=PASSWORD)
    return member_named(f"{name}@x.example")


def test_whoever_is_shut_out_is_signed_out_at_the_next_click(
    visitor: Callable[..., Client],
) -> None:
    made("ana", "owner")
    ben = made("ben", "agent")
    browser = visitor(ben.email)
    assert browser.get("/account/").status_code == 200
    deactivate_user(ben.number, actor=OWNER)
    assert browser.get("/account/").headers["Location"].startswith("/account/login/")
    again = browser.post("/account/login/", {"login": ben.email, "password": PASSWORD})
    assert again.status_code != 302 or "inactive" in again.headers["Location"]


def test_signing_out_everywhere_keeps_the_own_browser(visitor: Callable[..., Client]) -> None:
    ben = made("ben", "agent")
    here, there = visitor(ben.email), visitor(ben.email)
    assert here.post("/account/sign-out-others").status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_an_invitation_leads_to_an_account_that_is_signed_in(
    visitor: Callable[..., Client],
) -> None:
    secret = invite_user("zoe@x.example", "analyst", actor=OWNER)
    browser = visitor()
    address = f"/invitation/{secret}"
    assert "zoe@x.example" in browser.get(address).content.decode()
    poor = browser.post(address, {"name": "Zoe", "password": "password"})
    assert "too common" in poor.content.decode()
    assert browser.post(address, {"name": "Zoë \u202e", "password": PASSWORD}).status_code == 302
    assert browser.get("/account/").status_code == 200
    assert visitor().get(address).status_code == 404


def test_a_link_sets_a_password_once(visitor: Callable[..., Client]) -> None:
    ben = made("ben", "agent")
    link = password_link(ben.number, "")
    browser = visitor()
    form = browser.get(link, follow=True)
    field = {"password1": "another long sentence", "password2": "another long sentence"}
    done = browser.post(form.redirect_chain[-1][0], field, follow=True)
    assert done.status_code == 200
    assert get_user_model().objects.get(pk=ben.number).check_password("another long sentence")
    assert "invalid" in visitor().get(link).content.decode().lower()


def test_without_mail_the_reset_page_says_what_an_owner_can_do(
    visitor: Callable[..., Client],
) -> None:
    assert "rapport user link" in visitor().get("/account/password/reset/").content.decode()


def test_the_sixth_try_is_paused_and_says_so(visitor: Callable[..., Client]) -> None:
    ben = made("ben", "agent")
    browser = visitor()
    told = ""
    for _ in range(6):
        wrong = {"login": ben.email, "password": "wrong"}
        told = browser.post("/account/login/", wrong).content.decode()
    assert "Too many" in told


@pytest.mark.parametrize(
    "path",
    ["signup/", "email/", "3rdparty/", "3rdparty/signup/", "confirm-email/", "login/code/confirm/"],
)
def test_what_the_house_does_not_offer_is_not_there(
    visitor: Callable[..., Client], path: str
) -> None:
    ben = made("ben", "agent")
    assert visitor(ben.email).get(f"/account/{path}").status_code == 404
    assert visitor().get(f"/account/{path}").status_code == 404


@LocMem
def test_an_invitation_is_sent_in_our_words(visitor: Callable[..., Client]) -> None:
    ana = made("ana", "owner")
    told = {"email": "zoe@x.example", "role": "agent", "unit": ""}
    page = visitor(ana.email).post("/settings/invitations", told).content.decode()
    (sent,) = mail.outbox
    assert sent.to == ["zoe@x.example"]
    assert "Make your account by this link" in sent.body
    assert "/invitation/" in page


def test_the_second_of_two_who_change_one_person_is_told(visitor: Callable[..., Client]) -> None:
    ana, ben = made("ana", "owner"), made("ben", "agent")
    browser = visitor(ana.email)
    address = f"/settings/people/{ben.number}"
    seen = {"name": "Ben", "role": "analyst", "unit": "", "version": ben.version}
    assert browser.post(address, seen).status_code == 302
    second = browser.post(address, {**seen, "role": "owner"})
    assert second.status_code == 409
    assert "Somebody else changed this person" in second.content.decode()
    assert member_named(ben.email).role == "analyst"


def test_the_last_owner_cannot_be_shut_out_by_a_page(visitor: Callable[..., Client]) -> None:
    ana = made("ana", "owner")
    page = visitor(ana.email).post(f"/settings/people/{ana.number}/deactivate", follow=True)
    assert "last owner" in page.content.decode()
    assert member_named(ana.email).is_active


@pytest.mark.parametrize("role", sorted(GIVEN_ROLES))
def test_everybody_comes_to_a_page_that_is_for_them(
    visitor: Callable[..., Client], role: str
) -> None:
    browser = visitor(made("zoe", role).email)
    assert browser.get("/", follow=True).status_code == 200
