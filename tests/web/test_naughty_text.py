"""Any text in any form and any address: an answer that can be understood, and never a program.

Forms are found on the pages that links lead to, so that a new one is tried without being named.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client
from django.utils.html import escape

from rapport.demo.api import company
from rapport.office.api import Actor, add_user
from rapport.web.store import ledger

from .test_every_page import LEFT_OUT, pattern_of
from .test_routes import routes

MARKUP = "</textarea><script>alert(1)</script>\"'> {{ 7*7 }} %s %(x)s"
TEXTS = {
    "markup": MARKUP,
    "odd": "' OR 1=1; -- ../../x \u202eexe.gnp \u200b👩‍👩‍👧‍👦 Z\u0351\u036b e\u0301 é ﷽ \ufeff",
    "nul": "a\0b",
    "surrogate": "a\ud800b",
    "long": "x" * 100_000,
    "number": "9" * 400,
    "lines": "a\r\nSet-Cookie: x=1\r\n\r\nb",
    "spaces": " \t\u00a0 ",
}
TYPED = {"text", "search", "email", "password", "number", "date", "url", "tel", "textarea"}


@dataclass
class Form:
    """A form of a page: where it goes, what stands in it, and which fields one types into."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms and links of a page."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.found, self.links = address, list[Form](), list[str]()
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "a" and has.get("href"):
            self.links.append(urljoin(self.address, has["href"].partition("#")[0]))
        elif tag == "form":
            action = urljoin(self.address, has.get("action", ""))
            self._open = Form(action, has.get("method", "get"))
            self.found.append(self._open)
        elif self._open and tag in ("input", "textarea", "button") and "name" in has:
            self._field(self._open, tag, has)

    def _field(self, form: Form, tag: str, has: dict[str, str]) -> None:
        kind = has.get("type", "text") if tag == "input" else tag
        if kind in TYPED:
            form.typed.append(has["name"])
        elif kind not in ("file", "checkbox") and has["name"] != "csrfmiddlewaretoken":
            form.values.setdefault(has["name"], has.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


@pytest.fixture
def owner(bound_store: Path, settings: Any, db: None) -> Client:
    """An owner's browser at a small store of its own."""
    settings.FILE_UPLOAD_TEMP_DIR = str(bound_store)
    ledger().load(company(12).interactions(), "demo")
    number = add_user("ana@x.example", "owner", actor=Actor.operator())
    browser = Client(HTTP_HOST="localhost", raise_request_exception=False)
    browser.force_login(
        get_user_model().objects.get(pk=number),
        "allauth.account.auth_backends.AuthenticationBackend",
    )
    return browser


def walked(browser: Client) -> Iterator[tuple[str, Forms]]:
    """One page of each pattern that links lead to, with its forms."""
    waiting, seen = ["/measure/overview", "/account/login/"], set[str | None]([None, ""])
    while waiting:
        path = waiting.pop(0)
        pattern = pattern_of(path)
        if pattern in seen or LEFT_OUT.search(path):
            continue
        seen.add(pattern)
        answer = browser.get(path)
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        forms = Forms(path)
        forms.feed(body_of(answer))
        waiting += [link for link in forms.links if not urlsplit(link).netloc]
        yield path, forms


def body_of(answer: HttpResponse) -> str:
    content = b"".join(answer) if answer.streaming else answer.content
    return content.decode("utf-8", "replace")


def sent(browser: Client, form: Form, text: str) -> HttpResponse:
    """The answer to a form with the text in every field that one types into."""
    fields = {**form.values, **dict.fromkeys(form.typed, text)}
    body = "&".join(f"{quote(n)}={encoded(value)}" for n, value in fields.items())
    if form.method == "get":
        return browser.get(f"{form.action.partition('?')[0]}?{body}")
    return browser.post(form.action, body, content_type="application/x-www-form-urlencoded")


def encoded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))


def is_kept(answer: HttpResponse, text: str) -> bool:
    """Whether a form that is shown again holds what was typed."""
    return escape(text) in body_of(answer)


def test_every_form_takes_any_text(owner: Client) -> None:
    pages = list(walked(owner))
    forms = {(f.action.partition("?")[0], *f.typed): f for _, found in pages for f in found.found}
    typed = [form for form in forms.values() if form.typed]
    assert len(typed) > 15
    wrong = []
    for form in typed:
        for name, text in TEXTS.items():
            answer = sent(owner, form, text)
            if answer.status_code >= 500:
                wrong.append((form.action, name, answer.status_code))
            if name == "markup" and answer.status_code in (200, 400):
                if "<script>alert(1)" in body_of(answer):
                    wrong.append((form.action, name, "is a program"))
                if form.method == "post" and not is_kept(answer, text):
                    wrong.append((form.action, form.typed, answer.status_code, "lost"))
    assert not wrong, "\n".join(map(str, wrong))
    for path, _ in pages:
        answer = owner.get(path)
        assert answer.status_code < 400, path
        assert "<script>alert(1)" not in body_of(answer), path


NAMES = (
    *("q", "where", "col", "by", "every", "period", "from", "to", "channel", "unit", "segment"),
    *("before", "customer", "kept", "merged", "kind", "text", "page", "as", "who", "verb", "thing"),
    *("programme", "set.minimum_n", "next", "like", "sort", "whole", "check"),
)


@pytest.mark.parametrize("name", ["markup", "nul", "surrogate", "number", "lines"])
def test_every_address_takes_any_text(owner: Client, name: str) -> None:
    text, wrong = encoded(TEXTS[name][:2000]), []
    query = "&".join(f"{one}={text}" for one in NAMES)
    for route in routes():
        if route.name == "account_logout":
            continue
        named = [route.with_sample(text)] if route.has_parameters else []
        for address in (f"{route.address}?{query}", *named):
            answer = owner.get(address)
            told = body_of(answer) if answer.status_code < 500 else ""
            if answer.status_code >= 500 or "<script>alert(1)" in told:
                wrong.append((address[:200], answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))


def test_a_key_of_several_lines_has_a_page(owner: Client) -> None:
    key = "north\r\nand/south ?#%"
    owner.post("/settings/units", {"key": key, "name": "Odd"})
    listed = body_of(owner.get("/settings/units"))
    found = re.search(r'href="(/settings/units/[^"]+south[^"]*)"', listed)
    assert found is not None
    assert owner.get(found[1]).status_code == 200
