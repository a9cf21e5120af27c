"""Customers, accounts, segments and privacy in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.test_accessibility import opened

WHO = "C-000008"
PATHS = (
    f"/know/customers/{WHO}",
    f"/know/merge?kept={WHO}&merged=C-000001",
    "/know/segments/new",
    f"/know/privacy/ask?customer={WHO}",
    "/know/accounts",
    "/know/privacy",
    "/know/customers",
)


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1440)])
def test_axe_finds_nothing_and_nothing_overflows(browser, served_demo, scheme, width):
    page, complaints = opened(browser, served_demo.address, scheme, width)
    for path in PATHS:
        page.goto(served_demo.address + path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert Axe().run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert complaints == []


def test_customers_are_found_while_one_types(browser, served_demo):
    page, _ = opened(browser, f"{served_demo.address}/know/customers", "light", 1440)
    page.locator("#q").fill(WHO.lower())
    page.locator(f'#found a[href$="{WHO}"]').click()
    page.wait_for_url(f"**/know/customers/{WHO}")


def test_a_thread_folds_open_and_earlier_days_follow(browser, served_demo):
    page, _ = opened(browser, f"{served_demo.address}/know/customers/{WHO}", "light", 1440)
    page.locator(".thread summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".thread[open] .line-of").first.is_visible()
    shown = page.locator(".line-of").count()
    page.locator("#earlier a").click()
    page.locator(".line-of").nth(shown).wait_for(state="attached")


def test_the_count_follows_the_rule_while_it_is_typed(browser, served_demo):
    page, complaints = opened(browser, f"{served_demo.address}/know/segments/new", "light", 320)
    page.locator("#value-0").fill("1")
    page.locator("#size strong").wait_for()
    page.locator("#kind-0").select_option("order.completed")
    page.locator("#size .rule", has_text="kind = 'order.completed'").wait_for()
    assert complaints == []
