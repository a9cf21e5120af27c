"""The pages under Settings, without a browser: changed, refused in words, never broken."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from rapport.office.api import (
    Actor,
    add_user,
    calendars,
    touchpoints,
    unit_history,
    unit_tree,
    write_line,
)
from rapport.office.audit import Act
from rapport.privacy.api import rules_of
from rapport.web.store import ledger, stored_figures
from rapport.web.verifying import latest_proof, proof_is_due, prove

pytestmark = pytest.mark.django_db
OWNER = Actor.operator()
Post = Callable[..., tuple[int, str]]
NAUGHTY = [
    "\x00",
    "a\x00b",
    "\u202e\u2066abc",
    "</script><script>alert(1)</script>",
    "'; DROP TABLE office_unit; --",
    "{{ 7 * 7 }}{% debug %}",
    "../../etc/passwd",
    "👩‍👩‍👧‍👦 ﷽ Z̸̢̛a̸l̸g̸o̸",
    "\u00e9 e\u0301",
    "%s %n %x",
    "x" * 10_000,
    "\r\nBcc: all@x.example",
    " \u00a0\u200b ",
    "1" * 400,
]


@pytest.fixture
def post(bound_store: Path) -> Post:
    """Sends a form as an owner; the status and what the page that follows says."""
    number = add_user("ana@x.example", "owner", actor=OWNER, name="Ana")
    browser = Client(HTTP_HOST="localhost")
    user = get_user_model().objects.get(pk=number)
    browser.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")

    def sent(path: str, **fields: Any) -> tuple[int, str]:
        answer = browser.post(path, fields, follow=True)
        return answer.status_code, answer.content.decode()

    sent.browser = browser  # type: ignore[attr-defined]
    return sent


FORMS: dict[str, dict[str, Any]] = {
    "/settings/organisation": {"name": 1, "was": "Trapperloo"},
    "/settings/units": {"key": 1, "name": 1, "parent": ""},
    "/settings/people/1": {"name": 1, "role": "owner", "unit": "", "version": 0},
    "/settings/invitations": {"email": 1, "role": "agent", "unit": ""},
    "/settings/touchpoints": {"key": 1, "title": 1, "stage": 1, "channel": 1, "unit": ""},
    "/settings/calendars": {"key": 1, "name": 1, "zone": "UTC", "version": 0, "holidays": 1},
    "/settings/retention": {"kind": "", "source": 1, "months": 3, "then": "delete", "sure": 1},
    "/settings/keys": {"name": 1},
    "/settings/keys/revoke": {"name": 1},
    "/account/": {"name": 1, "language": "", "zone": "", "scheme": ""},
}


@pytest.mark.parametrize("path", FORMS)
def test_naughty_words_are_stored_as_they_are_or_refused_in_words(post: Post, path: str) -> None:
    for words in NAUGHTY:
        fields = {name: words if value == 1 else value for name, value in FORMS[path].items()}
        status, page = post(path, **fields)
        assert status in (200, 400, 404, 409), (status, words[:40])
        assert "<script>alert" not in page


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "from=2026-02-30", "verb=\x00", "who=%"]
)
def test_a_search_of_the_audit_that_means_nothing_is_told(post: Post, query: str) -> None:
    browser = post.browser  # type: ignore[attr-defined]
    assert browser.get(f"/settings/audit?{query}").status_code in (200, 400)


def test_the_organisation_is_renamed_and_the_second_is_told(post: Post) -> None:
    assert "Changed." in post("/settings/organisation", name="Other", was="Trapperloo")[1]
    assert ledger().settings.organisation == "Other"
    status, page = post("/settings/organisation", name="Third", was="Trapperloo")
    assert (status, "Somebody else changed the name" in page) == (409, True)


def test_a_unit_is_added_and_moved_and_remembered(post: Post) -> None:
    for key in ("all", "north"):
        post("/settings/units", key=key, name=key.title(), parent="")
    post("/settings/units/north", name="North", parent="all", was_name="North", was_parent="")
    assert [(node.key, node.depth) for node in unit_tree()] == [("all", 0), ("north", 1)]
    assert [place.parent for place in unit_history("north")] == ["all", None]
    late = {"name": "N", "parent": "", "was_name": "North", "was_parent": ""}
    assert post("/settings/units/north", **late)[0] == 409
    assert (
        "below itself"
        in post("/settings/units/all", name="All", parent="north", was_name="All", was_parent="")[1]
    )
    assert "already" in post("/settings/units", key="all", name="x", parent="")[1]


def test_a_touchpoint_is_named_and_renamed(post: Post) -> None:
    for title, was in (("Checkout", ""), ("Till", '["Checkout", "", "web", ""]')):
        told = {"title": title, "channel": "web", "was": was}
        assert post("/settings/touchpoints", key="c", **told)[0] == 200
    assert [row["title"] for row in touchpoints().to_pylist()] == ["Till"]


def test_of_two_who_change_a_touchpoint_the_second_is_told(post: Post) -> None:
    first = {"key": "till", "title": "Till", "was": ""}
    assert post("/settings/touchpoints", **first)[0] == 200
    status, page = post("/settings/touchpoints", **{**first, "title": "Mine"})
    assert (status, "not as you saw it" in page) == (409, True)
    assert 'value="Mine"' in page
    seen = {**first, "title": "Checkout", "was": '["Till", "", "", ""]'}
    assert post("/settings/touchpoints", **seen)[0] == 200


def test_hours_that_are_none_are_told_at_their_day(post: Post) -> None:
    told = {"key": "shop", "name": "Shop", "zone": "UTC", "version": 0, "holidays": ""}
    status, page = post("/settings/calendars", **told, mon="nine to five")
    assert (status, "These are no hours" in page) == (400, True)
    assert post("/settings/calendars", **told, mon="9:00-17:00")[0] == 200
    assert calendars()[0].hours["mon"] == (("09:00", "17:00"),)
    assert post("/settings/calendars", **told, mon="9:00-17:00")[0] == 409


def test_a_rule_is_looked_at_before_it_is_added(post: Post) -> None:
    rule = {"kind": "page.viewed", "source": "", "months": 14, "then": "delete", "count": 0}
    assert "would go within a day" in post("/settings/retention", **rule)[1]
    assert rules_of(ledger().home) == ()
    post("/settings/retention", **rule, sure="1")
    assert [one.months for one in rules_of(ledger().home)] == [14]
    assert post("/settings/retention", **rule, sure="1")[0] == 409
    post("/settings/retention/1/remove", count=1)
    assert rules_of(ledger().home) == ()


def test_a_key_is_shown_once(post: Post) -> None:
    _, page = post("/settings/keys", name="shop")
    assert "rapport_" in page
    browser = post.browser  # type: ignore[attr-defined]
    assert "rapport_" not in browser.get("/settings/keys").content.decode().replace(
        "rapport_csrf", ""
    )
    assert "revoked" in post("/settings/keys/revoke", name="shop")[1]


def test_the_audit_goes_page_by_page(post: Post) -> None:
    for number in range(60):
        write_line(OWNER, Act("merge_customers", "customers", str(number)))
    browser = post.browser  # type: ignore[attr-defined]
    first = browser.get("/settings/audit?verb=merge_customers").content.decode()
    assert first.count('<td class="when">') == 50
    older = first.split('<p class="pages"><a href="')[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(f"/settings/audit{older}").content.decode().count('class="when"') == 10


def test_a_proof_is_given_by_the_worker(post: Post) -> None:
    post("/settings/health/verify")
    assert proof_is_due(stored_figures())
    prove(ledger(), stored_figures())
    proof = latest_proof(stored_figures())
    assert proof is not None
    assert proof.answer.holds
    assert not proof_is_due(stored_figures())


def test_moments_are_shown_in_the_readers_own_zone(post: Post) -> None:
    write_line(OWNER, Act("merge_customers", "customers", "7"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE office_auditline SET at = '2026-01-15 12:00:00'")
    browser = post.browser  # type: ignore[attr-defined]
    assert "1 p.m." in browser.get("/settings/audit").content.decode()
    post("/account/", name="Ana", language="", zone="Asia/Tokyo", scheme="")
    assert "9 p.m." in browser.get("/settings/audit?verb=merge_customers").content.decode()
