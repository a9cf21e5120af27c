"""The main tasks of the house done by keyboard alone, on a small store of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from .keyboard import Keyboard
from .people import PASSWORD
from .served import Served, cookies

Open = Callable[..., tuple[Page, Keyboard]]
ORDERS = "order,paid,customer,total_eur\n" + "".join(
    f"K{n},2026-03-01T10:{n:02d},C-000001,{n}.50\n" for n in range(20)
)


@pytest.fixture
def opened(browser: Browser, served_own: Served) -> Iterator[Open]:
    """Opens a page as somebody of a role; nobody touches a mouse."""
    contexts = []

    def open_page(path: str, role: str = "owner") -> tuple[Page, Keyboard]:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        contexts.append(context)
        if role != "nobody":
            context.add_cookies(cookies(served_own.address, role))
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(served_own.address + path)
        return page, Keyboard(page)

    yield open_page
    for context in contexts:
        context.close()


def test_signing_in_and_out(opened: Open) -> None:
    page, keys = opened("/account/login/", "nobody")
    keys.to("Email…").type("eva@x.example").to("Password").type(PASSWORD).press("Enter")
    page.wait_for_url("**/measure/overview")
    keys.to("eva@x.example").press("Enter")
    page.wait_for_url("**/account/")
    keys.skip().to("Sign out").press("Enter")
    page.wait_for_url("**/account/login/")


def test_a_customer_is_found_by_the_palette_and_their_thread_opened(opened: Open) -> None:
    page, keys = opened("/measure/overview")
    keys.press("Control+k").type("C-000008")
    page.locator("#palette-found a", has_text="C-000008").wait_for()
    keys.press("ArrowDown")
    assert "C-000008" in keys.stop()["called"]
    keys.press("Enter")
    page.wait_for_url("**/know/customers/C-000008")
    keys.skip()
    while keys.to("…", "summary") and not page.evaluate(
        "document.activeElement.closest('.thread')"
    ):
        pass
    keys.press("Enter")
    assert page.locator(".thread[open] .line-of").first.is_visible()


def test_the_palette_closes_and_leads_back(opened: Open) -> None:
    page, keys = opened("/measure/overview")
    keys.to("Find Ctrl K").press("Enter")
    assert page.locator("#palette").is_visible()
    keys.press("Escape")
    assert not page.locator("#palette").is_visible()
    assert keys.stop()["called"].startswith("Find")


def test_the_overview_is_filtered_and_a_card_read(opened: Open) -> None:
    page, keys = opened("/measure/overview")
    keys.to("Channel").press("ArrowDown", "ArrowDown").to("Apply").press("Enter")
    page.wait_for_url("**channel=**")
    page.locator(".card summary").first.wait_for()
    keys.skip().to("By month…", "summary").press("Enter")
    assert page.locator(".card details[open] table").first.is_visible()


def test_a_list_changed_by_arrows_goes_nowhere_before_one_says_so(opened: Open) -> None:
    page, keys = opened("/measure/overview")
    keys.to("Channel").press("ArrowDown").to("Business unit").press("Tab")
    assert "channel" not in page.url
    keys.press("Shift+Tab", "ArrowDown", "Enter")
    page.wait_for_url("**unit=**")
    assert "channel=" in page.url


def test_a_measure_is_split_and_taken_along(opened: Open) -> None:
    page, keys = opened("/measure/measures/volume")
    keys.to("Split by").press("ArrowDown").to("Apply").press("Enter")
    page.wait_for_url("**by=unit**")
    keys.skip()
    with page.expect_download() as taken:
        keys.to("CSV").press("Enter")
    assert "unit" in taken.value.path().read_text()


def test_a_file_is_brought_tried_and_imported(opened: Open, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)
    page, keys = opened("/listen/imports/new")
    keys.skip().to("Drop a file here…", "input")
    page.locator("input:focus").set_input_files(file)
    keys.to("Look at it").press("Enter")
    page.locator("#rows").wait_for()
    keys.skip().to("Try the whole file first").press("Enter")
    page.locator("#tried").wait_for()
    keys.skip().to("Import").press("Enter")
    page.locator("#facts").wait_for()
    assert page.locator(".balance dd").all_text_contents() == ["20", "20", "0", "0"]


def test_a_segment_is_made_and_filters_the_overview(opened: Open) -> None:
    page, keys = opened("/know/segments/new")
    keys.skip().to("Name").type("Seen twice").to("Value").type("2").press("Enter")
    page.get_by_role("heading", name="Seen twice").wait_for()
    keys.skip().to("Their figures").press("Enter")
    page.wait_for_url("**segment=seen-twice")


def test_two_customers_are_merged_and_two_again(opened: Open) -> None:
    page, keys = opened("/know/customers/C-000003")
    keys.skip().to("Merge").press("Enter")
    page.locator("#q").wait_for()
    keys.skip().to("Name, address, number or place").type("C-000004").press("Enter")
    page.get_by_role("link", name="C-000004").wait_for()
    keys.skip().to("C-000004").press("Enter")
    page.get_by_role("button", name="Merge them").wait_for()
    keys.skip().to("Merge them").press("Enter")
    page.get_by_role("button", name="Take it back").wait_for()
    keys.skip().to("Take it back").press("Enter")
    page.get_by_text("taken back", exact=True).wait_for()


def test_an_erasure_is_asked_for_and_approved_by_another(opened: Open) -> None:
    page, keys = opened("/know/customers/C-000005", "agent")
    keys.skip().to("Erase").press("Enter")
    page.locator("#id_reason").wait_for()
    keys.skip().to("Why").type("They asked on the phone.").to("Ask for it").press("Enter")
    page.locator(".message").wait_for()
    page, keys = opened("/know/privacy", "privacy officer")
    keys.skip().to("Approve").press("Enter")
    page.locator(".message").wait_for()
    assert page.get_by_role("button", name="Approve").count() == 0


def test_somebody_is_invited_and_the_audit_tells_it(opened: Open) -> None:
    page, keys = opened("/settings/invitations")
    keys.skip().to("E-mail address").type("zoe@x.example")
    keys.to("Role").type("analyst").to("Invite").press("Enter")
    page.locator("code.secret").wait_for()
    page.goto(page.url.replace("invitations", "audit"))
    keys.skip().to("Did").type("invite user").press("Tab", "Enter")
    page.locator("td", has_text="invite").first.wait_for()


def test_a_view_is_saved(opened: Open) -> None:
    page, keys = opened("/measure/explore")
    keys.skip().to("Count by").type("channel").to("Columns", "summary").press("Enter")
    keys.to("unit").press("Space").to("Show").press("Enter")
    page.locator("#counts").wait_for()
    keys.skip().to("Name").type("By channel").to("for everybody").press("Space")
    keys.to("Save this view").press("Enter")
    page.get_by_text("The view is saved").wait_for()
    assert "by=channel" in page.url
