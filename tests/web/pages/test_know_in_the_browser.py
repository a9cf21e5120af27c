"""Customers, accounts, segments and privacy in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.test_accessibility import opened

WHO = "C-000008"


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1440)])
def test_axe_finds_nothing_on_what_a_merge_would_do(browser, served_demo, scheme, width):
    address = f"{served_demo.address}/know/merge?kept={WHO}&merged=C-000001"
    page, complaints = opened(browser, address, scheme, width)
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


def test_customers_are_found_while_one_types(browser, served_demo):
    page, _ = opened(browser, f"{served_demo.address}/know/customers", "light", 1440)
    page.locator("#q").fill(WHO.lower())
    page.locator(f'#found a[href$="{WHO}"]').click()
    page.wait_for_url(f"**/know/customers/{WHO}")


def test_earlier_days_follow(browser, served_demo):
    page, _ = opened(browser, f"{served_demo.address}/know/customers/{WHO}", "light", 1440)
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
