"""The pages of accounts and settings in a real browser: axe finds nothing, nothing overflows."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.web.served import Served
from tests.web.test_accessibility import opened

PATHS = (
    *("/account/", "/account/2fa/", "/account/2fa/webauthn/", "/account/password/set/"),
    *("/settings/organisation", "/settings/units", "/settings/people", "/settings/people/2"),
    *("/settings/invitations", "/settings/roles", "/settings/touchpoints", "/settings/calendars"),
    *("/settings/retention", "/settings/keys", "/settings/audit?check=1", "/settings/health"),
)


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1440)])
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser,
    served_demo: Served,
    scheme: str,
    width: int,
) -> None:
    page, complaints = opened(browser, served_demo.address, scheme, width)
    for path in PATHS:
        page.goto(served_demo.address + path)
        found = [one["id"] for one in Axe().run(page).response["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert (path, found, wide <= width) == (path, [], True)
    assert complaints == []


def test_signing_in_and_asking_for_a_password_are_clean(
    browser: Browser,
    served_demo: Served,
) -> None:
    page = browser.new_context(viewport={"width": 320, "height": 800}).new_page()
    for path in ("/account/login/", "/account/password/reset/"):
        page.goto(served_demo.address + path)
        assert Axe().run(page).response["violations"] == [], path
