"""Every address with every role: who may not see it gets what nobody's address gives.

New addresses are found by themselves. One with a parameter wants a sample in SAMPLES that is there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from rapport.customers.api import put_accounts, put_customers
from rapport.office.api import (
    GIVEN_ROLES,
    ROLES,
    Actor,
    add_user,
    put_units,
)
from rapport.web.access import _CLOSED, ANYBODY, SIGNED_IN, need_of

OWNER = Actor.operator()
# One sample for each parameter, by its name, or by the address's own name and its.
SAMPLES: dict[str, str] = {
    "key": "ana",
    "settings_unit.key": "north",
    "name": "nps",
    "number": "1",
    "act": "deactivate",
    "secret": "none",
    "uidb36": "1",
    "provider_id": "none",
    "pk": "1",
    "measure": "nps",
    "form": "csv",
    "token": "none",
    "path": "none",
}
# And what addresses ask for in their query.
QUERIES = {
    "/know/consent": "?customer=ana",
    "/know/merge": "?kept=ana",
    "/know/privacy/ask": "?customer=ana",
}
# What an address may give who may see it; beside these, that a sample is not there.
FINE = {200, 301, 302, 303, 400, 405, 429}
# The library that signs people in asks for more first, or has nothing to show.
LIBRARY = FINE | {401, 403, 404}
# The API tells in its own way (problem+json, 401): its own tests walk it.
OWN_WAY = ("api/",)
# Said by hand, beside the table of the code: what must not be seen by more than these.
SAID = {
    "settings_people": {"owner", "privacy officer"},
    "settings_audit": {"owner", "privacy officer"},
    "settings_person": {"owner"},
    "settings_person_link": {"owner"},
    "settings_invitations": {"owner"},
    "prove_store": {"owner"},
    "settings_keys": {"owner", "manager"},
    "remove_rule": {"owner", "privacy officer"},
}


@dataclass(frozen=True)
class Route:
    """An address with samples for its parameters, and the view behind it."""

    name: str
    address: str
    view: Any
    has_parameters: bool
    route: str

    def with_sample(self, given: str) -> str:
        """The address with something else in place of each parameter."""
        return "/" + re.sub(r"<[\w:]+>", lambda _: given, self.route)

    @property
    def need(self) -> str | None:
        return need_of(self.view)

    def is_fine(self, status: int) -> bool:
        if (self.view.__module__ or "").startswith("allauth."):
            return status in LIBRARY
        return status in FINE or (status == 404 and self.has_parameters)

    def is_for(self, role: str) -> bool:
        if self.name in _CLOSED or self.need is None:
            return False
        return self.need in (ANYBODY, SIGNED_IN) or self.need in ROLES[role]


def routes() -> list[Route]:
    return [
        route
        for route in _walk(get_resolver().url_patterns, "")
        if not route.address.startswith(tuple(f"/{start}" for start in OWN_WAY))
    ]


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Route]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            name = pattern.name or ""
            address = _filled(route, name)
            yield Route(name, address, pattern.callback, "<" in route, _plain(route))


def _plain(route: str) -> str:
    """A route whose parameters are all written as Django's own."""
    route = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", route)
    return route.replace("^", "").replace("$", "")


def _filled(route: str, name: str) -> str:
    def sample(found: re.Match[str]) -> str:
        parameter = found[1].rpartition(":")[2]
        known = SAMPLES.get(f"{name}.{parameter}", SAMPLES.get(parameter))
        assert known is not None, f"{route}: add a sample for {parameter!r} to SAMPLES"
        return known

    return "/" + re.sub(r"<([\w:]+)>", sample, _plain(route))


def plain(answer: HttpResponse) -> tuple[int, str]:
    """Status and body without what is new in every answer."""
    body = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, re.sub(r'"x-csrftoken": "\w+"', "", body.decode("utf-8", "replace"))


@pytest.fixture
def browsers(bound_demo: object, db: None) -> dict[str, Client]:
    """Somebody of each role, signed in; a customer, a unit and an account to look at."""
    put_units(pa.table({"key": ["north"], "name": ["North"]}), actor=OWNER)
    put_accounts(pa.table({"key": ["ana"], "kind": ["company"]}), actor=OWNER)
    put_customers(pa.table({"key": ["ana"], "account": ["ana"]}), actor=OWNER)
    found = {}
    for role in sorted(GIVEN_ROLES):
        number = add_user(f"{role.replace(' ', '-')}@x.example", role, actor=OWNER)
        found[role] = Client(HTTP_HOST="localhost", raise_request_exception=False)
        found[role].force_login(
            get_user_model().objects.get(pk=number),
            "allauth.account.auth_backends.AuthenticationBackend",
        )
    return found


def test_every_view_says_who_may_see_it() -> None:
    silent = [
        route.address for route in routes() if route.need is None and "social" not in route.address
    ]
    assert not silent, "mark the view with @allowed(...)"


def test_who_may_see_more_than_most_is_said_by_hand() -> None:
    known = {route.name: route for route in routes()}
    for name, roles in SAID.items():
        assert {role for role in GIVEN_ROLES if known[name].is_for(role)} == roles, name


@pytest.mark.parametrize("role", sorted(GIVEN_ROLES))
def test_a_role_sees_what_the_table_says_and_nothing_else(
    browsers: dict[str, Client], role: str
) -> None:
    browser, wrong = browsers[role], []
    unknown = {method: plain(getattr(browser, method)("/nowhere")) for method in ("get", "post")}
    assert unknown["get"][0] == 404
    for route in routes():
        if route.name in ("account_logout",):
            continue
        if route.is_for(role):
            answer = plain(browser.get(route.address + QUERIES.get(route.address, "")))
            told = answer[0] == 404 and answer != unknown["get"]
            if not told and not route.is_fine(answer[0]):
                wrong.append(f"{route.address} gives {answer[0]} to who may see it")
            continue
        for method, expected in unknown.items():
            if plain(getattr(browser, method)(route.address)) != expected:
                wrong.append(f"{method} {route.address} does not look like an unknown address")
    assert not wrong


def test_nobody_is_sent_to_sign_in(browsers: dict[str, Client]) -> None:
    nobody, wrong = Client(HTTP_HOST="localhost", raise_request_exception=False), []
    for route in routes():
        answer = nobody.get(route.address)
        if route.name in _CLOSED:
            right = answer.status_code == 404
        elif route.need == ANYBODY:
            right = route.is_fine(answer.status_code)
        else:
            right = answer.status_code == 302 and "/account/login/" in answer.headers["Location"]
        if not right:
            wrong.append(f"{route.address} gives {answer.status_code}")
    assert not wrong
