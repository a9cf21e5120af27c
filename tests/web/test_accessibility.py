"""The pages in a real browser: axe finds nothing, nothing is blocked, nothing overflows."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from .served import cookies

SCHEMES = ["light", "dark"]


def opened(browser: Browser, address: str, scheme: str, width: int) -> tuple[Page, list[str]]:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    context.add_cookies(cookies("/".join(address.split("/")[:3]), "owner"))
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # A request that a navigation cut short is not refused; what is refused is on the console too.
    page.on(
        "requestfailed",
        lambda request: "ERR_ABORTED" in (request.failure or "") or complaints.append(request.url),
    )
    page.goto(address)
    return page, complaints


@pytest.mark.parametrize("path", ["/", "/nowhere"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_where_nothing_is(browser, served_empty, scheme, path):
    page, _ = opened(browser, served_empty.address + path, scheme, 320)
    assert Axe().run(page).response["violations"] == []


def test_figures_are_there_without_a_script(browser, served_demo):
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies(served_demo.address, "owner"))
    page = context.new_page()
    page.goto(served_demo.address)
    assert page.locator(".card .value").count() >= 5
