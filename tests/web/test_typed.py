"""What somebody has typed outlives a session that ended, and nothing else."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from .people import PASSWORD
from .served import Served

ASK = "/know/privacy/ask?customer=C-00000"


@pytest.fixture
def page(browser: Browser, served_own: Served) -> Iterator[Page]:
    """A page of an owner who has signed in by a password."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(f"{served_own.address}/account/login/")
    sign_in(page)
    page.wait_for_url("**/measure/overview")
    yield page
    context.close()


def sign_in(page: Page) -> None:
    page.fill("[name=login]", "eva@x.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")


def end_session(page: Page) -> None:
    page.context.clear_cookies(name="rapport_session")


def test_a_form_that_is_sent_too_late_is_there_again(page: Page, served_own: Served) -> None:
    page.goto(f"{served_own.address}{ASK}7")
    page.fill("#id_reason", "They asked <b>twice</b>.")
    page.check("[value=delete]")
    end_session(page)
    page.get_by_role("button", name="Ask for it").click()
    page.wait_for_url("**/account/login/**")
    sign_in(page)
    page.wait_for_url("**/know/privacy/ask**")
    assert page.input_value("#id_reason") == "They asked <b>twice</b>."
    assert page.is_checked("[value=delete]")

    page.goto(f"{served_own.address}{ASK}6")
    assert page.input_value("#id_reason") == "", "that was about somebody else"
    page.goto(f"{served_own.address}{ASK}7")
    page.get_by_role("button", name="Ask for it").click()
    page.locator(".message.success").wait_for()
    page.goto(f"{served_own.address}{ASK}7")
    assert page.input_value("#id_reason") == "", "it has arrived"


def test_a_rule_is_there_again_and_a_dropped_condition_is_not(
    page: Page, served_own: Served
) -> None:
    page.goto(f"{served_own.address}/know/segments/new")
    page.fill("#name", "Half a rule")
    page.fill("#value-0", "3")
    end_session(page)
    page.get_by_role("button", name="Another condition").click()
    page.wait_for_url("**/account/login/**")
    sign_in(page)
    page.wait_for_url("**/know/segments/new")
    assert (page.input_value("#name"), page.input_value("#value-0")) == ("Half a rule", "3")
    page.get_by_role("button", name="Another condition").click()
    page.get_by_role("button", name="Drop").click()
    page.locator("#value-1").wait_for(state="detached")
    assert (page.input_value("#name"), page.input_value("#value-0")) == ("Half a rule", "")


def test_a_part_of_a_page_never_shows_the_sign_in(page: Page, served_own: Served) -> None:
    page.goto(f"{served_own.address}/know/customers")
    end_session(page)
    page.fill("#q", "anything")
    page.wait_for_url("**/account/login/?next=/know/customers**")
