"""Passkeys from adding one to removing it, with an authenticator that Chromium plays."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from .served import Served
from .test_second_factor import confirm_password, is_clean, sign_in

EMAIL = "ben@x.example"
Key = dict[str, object]
# A computer's own: it keeps keys, asks for a finger and is shown the right one.
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
NAME = "My <b>laptop</b>"


@contextmanager
def browser_with(browser: Browser, address: str, keys: list[Key]) -> Iterator[Page]:
    """A new browser at the sign-in, whose authenticator holds the keys; new ones join them."""
    context = browser.new_context(viewport={"width": 320, "height": 800})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    which = {"authenticatorId": made["authenticatorId"]}
    for key in keys:
        session.send(
            "WebAuthn.addCredential", {**which, "credential": {"rpId": "localhost", **key}}
        )
    page.goto(f"{address}/account/login/")
    yield page
    keys[:] = session.send("WebAuthn.getCredentials", which)["credentials"]
    context.close()


def add_key(page: Page, address: str, *, passwordless: bool) -> None:
    """Add a passkey of that name to the account of who is signed in."""
    page.goto(f"{address}/account/2fa/webauthn/add/")
    confirm_password(page)
    is_clean(page)
    page.fill("[name=name]", NAME)
    page.set_checked("[name=passwordless]", passwordless)
    page.click("#mfa_webauthn_add")


def remove_key(page: Page, address: str) -> None:
    """Remove the one passkey there is."""
    page.goto(f"{address}/account/2fa/webauthn/")
    assert NAME in page.inner_text("main")
    is_clean(page)
    page.get_by_role("link", name=f"Remove {NAME}").click()
    confirm_password(page)
    page.click("main button.poor")
    page.wait_for_url("**/webauthn/")
    assert NAME not in page.inner_text("main")


@pytest.fixture
def by_name(served_own: Served) -> str:
    """The address by a name: browsers know no passkeys for one of numbers."""
    return served_own.address.replace("127.0.0.1", "localhost")


def test_a_passkey_signs_in_alone_until_it_is_removed(browser: Browser, by_name: str) -> None:
    keys: list[Key] = []
    with browser_with(browser, by_name, keys) as page:
        sign_in(page, EMAIL)
        add_key(page, by_name, passwordless=True)
        page.wait_for_url("**/recovery-codes/")
    with browser_with(browser, by_name, keys) as page:
        page.click("#passkey_login")
        page.wait_for_url("**/measure/overview")
        remove_key(page, by_name)
    with browser_with(browser, by_name, keys) as page:
        page.click("#passkey_login")
        page.get_by_text("Incorrect code").wait_for()
        assert page.goto(f"{by_name}/account/") is not None
        assert "/login/" in page.url


def test_a_key_is_asked_for_after_the_password(browser: Browser, by_name: str) -> None:
    keys: list[Key] = []
    with browser_with(browser, by_name, keys) as page:
        sign_in(page, EMAIL)
        add_key(page, by_name, passwordless=False)
        page.wait_for_url("**/recovery-codes/")
    with browser_with(browser, by_name, []) as page:
        sign_in(page, EMAIL)
        page.click("#mfa_webauthn_authenticate")
        page.get_by_text("No passkey was used").wait_for()
        is_clean(page)
    with browser_with(browser, by_name, keys) as page:
        sign_in(page, EMAIL)
        page.click("#mfa_webauthn_authenticate")
        page.wait_for_url("**/measure/overview")
        remove_key(page, by_name)
    with browser_with(browser, by_name, keys) as page:
        sign_in(page, EMAIL)
        page.wait_for_url("**/measure/overview")


def test_an_address_of_numbers_is_told_to_know_no_passkeys(
    browser: Browser, served_own: Served
) -> None:
    with browser_with(browser, served_own.address, []) as page:
        page.click("#passkey_login")
        page.get_by_text("Passkeys work only at an address with a name").wait_for()
        is_clean(page)
