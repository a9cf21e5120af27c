"""A second factor from end to end in a real browser, and the pages of it as axe sees them."""

import re

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from .people import PASSWORD
from .served import Served

EMAIL = "ana@x.example"


def test_totp_from_setting_up_to_a_recovery_code(browser: Browser, served_own: Served) -> None:
    page = _page(browser, served_own)
    sign_in(page)
    page.goto(f"{served_own.address}/account/2fa/totp/activate/")
    confirm_password(page)
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page.content())
    assert secret is not None
    is_clean(page)
    page.fill("[name=code]", _code(secret[1]))
    page.click("main button.first")
    page.goto(f"{served_own.address}/account/2fa/recovery-codes/")
    recovery = page.locator("textarea").input_value().split()
    assert len(recovery) == 10
    is_clean(page)
    page.goto(f"{served_own.address}/account/2fa/")
    is_clean(page)

    again = _page(browser, served_own)
    sign_in(again)
    assert "/2fa/authenticate/" in again.url
    is_clean(again)
    again.fill("[name=code]", "000000")
    again.click("main button.first")
    assert "Incorrect code" in again.content()
    again.fill("[name=code]", recovery[0])
    again.click("main button.first")
    assert "/2fa/" not in again.url
    used = _page(browser, served_own)
    sign_in(used)
    used.fill("[name=code]", recovery[0])
    used.click("main button.first")
    assert "Incorrect code" in used.content()


def _page(browser: Browser, served: Served) -> Page:
    page = browser.new_context(viewport={"width": 320, "height": 800}).new_page()
    page.on("console", lambda said: _never(said.text) if said.type == "error" else None)
    page.goto(f"{served.address}/account/login/")
    return page


def _never(said: str) -> None:
    raise AssertionError(said)


def sign_in(page: Page, email: str = EMAIL) -> None:
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form.fields button")


def confirm_password(page: Page) -> None:
    if "reauthenticate" in page.url:
        is_clean(page)
        page.fill("[name=password]", PASSWORD)
        page.click("main button.first")


def is_clean(page: Page) -> None:
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
