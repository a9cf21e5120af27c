"""Pages that nobody is signed in to see, in a real browser; all others: test_every_page.py."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.web.served import Served


def test_signing_in_and_asking_for_a_password_are_clean(
    browser: Browser,
    served_demo: Served,
) -> None:
    page = browser.new_context(viewport={"width": 320, "height": 800}).new_page()
    for path in ("/account/login/", "/account/password/reset/"):
        page.goto(served_demo.address + path)
        assert Axe().run(page).response["violations"] == [], path
