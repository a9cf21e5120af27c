"""Every page that links lead to, in a real browser: axe finds nothing, nothing is blocked.

Pages are found by following links from the front, one of each address pattern, so a new page is
looked at without being named here.
"""

import gzip
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page

from .served import Served, cookies, get, get_bytes

# What signs the visitor out, or gives a file.
LEFT_OUT = re.compile(r"/account/logout|download|export|\.(csv|json|svg|png)|as=|csv=|/styleguide")
MOST = 60
# 640 is a window of 1280 at 200 %.
LOOKS = [("light", (320,)), ("dark", (640, 1440))]
MOST_BYTES = 300_000
UNMARKED = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
  )].filter((it) => {
    if (!it.checkVisibility({ visibilityProperty: true }) || it.disabled) return false;
    it.focus({ focusVisible: true, preventScroll: true });
    const style = getComputedStyle(it);
    const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    return document.activeElement === it && !marked;
  }).map((it) => it.outerHTML.slice(0, 200))"""


def found_pages(address: str) -> list[str]:
    """One address of each pattern that links lead to, the front first."""
    waiting, patterns = ["/measure/overview", "/styleguide"], dict[str, str]()
    while waiting and len(patterns) < MOST:
        path = waiting.pop(0)
        pattern = pattern_of(path)
        # The front leads to the overview, which is the first.
        if not pattern or pattern in patterns:
            continue
        status, headers, body = get(address + path)
        if status != 200 or "html" not in headers["content-type"]:
            continue
        patterns[pattern] = path
        links = re.findall(r'<a [^>]*?href="([^"#]+)"', body)
        inside = (urljoin(address + path, link.replace("&amp;", "&")) for link in links)
        waiting += [
            one.removeprefix(address)
            for one in inside
            if one.startswith(address) and not LEFT_OUT.search(one)
        ]
    return list(patterns.values())


def pattern_of(path: str) -> str | None:
    try:
        return str(resolve(urlsplit(path).path).route)
    except Resolver404:
        return None


@pytest.fixture(scope="module")
def pages(served_demo: Served) -> list[str]:
    return found_pages(served_demo.address)


@pytest.fixture(params=LOOKS, ids=lambda look: look[0])
def visitor(
    request, browser: Browser, served_demo: Served
) -> Iterator[tuple[Page, tuple[int, ...], list[str]]]:
    """A page of somebody who is signed in, its widths, and what the browser complains about."""
    scheme, widths = request.param
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    context.add_cookies(cookies(served_demo.address, "owner"))
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page, widths, complaints
    context.close()


def faults_of(page: Page) -> list[tuple[str, list[str]]]:
    """What is wrong with a page as it stands."""
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"][:3]])
        for one in Axe().run(page).response["violations"]
    ]


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_axe_finds_nothing_and_nothing_is_too_wide_or_blocked(visitor, pages, served_demo):
    page, widths, complaints = visitor
    faults: dict[str, object] = {}
    assert len(pages) > 12
    for path in pages:
        page.set_viewport_size({"width": widths[0], "height": 900})
        page.goto(served_demo.address + path)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        wrong: list[object] = [*faults_of(page)]
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            wrong += [f"too wide at {width}"] if is_too_wide(page) else []
        unmarked = page.evaluate(UNMARKED)
        if wrong or complaints or unmarked:
            faults[path] = [*wrong, *complaints, *unmarked]
            complaints.clear()
    assert faults == {}


def test_no_page_is_broken_from_right_to_left(browser, pages, served_demo):
    context = browser.new_context(viewport={"width": 375, "height": 800})
    context.add_cookies(cookies(served_demo.address, "owner"))
    page = context.new_page()
    wide = []
    for path in pages:
        page.goto(served_demo.address + path)
        page.evaluate("document.documentElement.dir = 'rtl'")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    context.close()
    assert wide == []


def test_script_and_style_of_the_heaviest_page_are_light(pages, served_demo):
    heaviest = 0
    sizes: dict[str, int] = {}
    for path in pages:
        _, _, body = get(served_demo.address + path)
        files = re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', body)
        for file in files:
            sizes.setdefault(file, len(gzip.compress(get_bytes(served_demo.address + file))))
        heaviest = max(heaviest, sum(sizes[file] for file in set(files)))
    assert 0 < heaviest < MOST_BYTES
