"""The API for everything a page can do: each address of a page has its operations, or a reason."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from rapport.web.contract.assembly import views

# Address of a page: the operations that do and show the same.
DONE_BY = {
    "account/": "my_account change_my_account",
    "account/sign-out-others": "sign_me_out",
    "know/accounts": "search_accounts change_accounts",
    "know/accounts/<key:key>": "one_account figures",
    "know/consent": "one_customer add_consent",
    "know/customers": "search_customers change_customers",
    "know/customers/<key:key>": "one_customer customer_timeline customer_standing",
    "know/merge": "preview_merge merge search_customers",
    "know/privacy": "list_erasure_requests",
    "know/privacy/<int:number>/approve": "approve",
    "know/privacy/<int:number>/decline": "decline",
    "know/privacy/ask": "preview_erasure ask_for_erasure",
    "know/privacy/export": "export",
    "know/segments": "list_segments",
    "know/segments/<slug:key>": "one_segment segment_sizes segment_members",
    "know/segments/<slug:key>/edit": "change_segment",
    "know/segments/<slug:key>/remove": "delete_segment",
    "know/segments/count": "try_rule",
    "know/segments/new": "make_segment",
    "know/split": "split",
    "listen/imports": "list_imports list_uploads",
    "listen/imports/<int:number>": "one_import rejected_reasons rejected",
    "listen/imports/<int:number>/rejected.csv": "rejected",
    "listen/imports/<int:number>/undo": "undo",
    "listen/imports/new": "bring",
    "listen/imports/new/<int:number>": (
        "one_upload preview_upload propose_mapping map_file start cancel drop vocabulary"
    ),
    "listen/imports/new/<int:number>/progress": "one_upload",
    "measure/explore": "list_interactions count_interactions vocabulary list_views",
    "measure/explore/download": "list_interactions",
    "measure/explore/views": "keep_view",
    "measure/explore/views/<int:number>/remove": "delete_view",
    "measure/measures": "list_measures",
    "measure/measures/<str:name>": "one_measure figures list_notes",
    "measure/measures/<str:name>/distribution": "spread",
    "measure/measures/<str:name>/download": "figures",
    "measure/measures/<str:name>/explained": "explanation",
    "measure/measures/<str:name>/notes": "write_note",
    "measure/measures/<str:name>/notes/<int:number>/remove": "delete_note",
    "measure/measures/<str:name>/rows": "rows",
    "measure/measures/<str:name>/split": "figures",
    "measure/overview": "figures list_changes",
    "measure/overview/card/<str:measure>": "figures",
    "measure/overview/changes": "list_changes",
    "measure/overview/heard": "count_interactions list_interactions",
    "measure/sql": "ask_sql list_views",
    "measure/sql/download": "ask_sql",
    "settings/audit": "list_audit audit_chain",
    "settings/calendars": "list_calendars one_calendar keep_calendar",
    "settings/health": "store_status store_health",
    "settings/health/verify": "ask_for_proof",
    "settings/invitations": "list_invitations invite",
    "settings/invitations/<int:number>/withdraw": "withdraw",
    "settings/keys": "list_tracking_keys make_tracking_key",
    "settings/keys/rejected": "list_rejected_events",
    "settings/keys/revoke": "end_tracking_key",
    "settings/organisation": "get_organisation name_organisation",
    "settings/people": "list_users",
    "settings/people/<int:number>": "one_user alter_user",
    "settings/people/<int:number>/<slug:act>": "open_or_shut sign_user_out drop_second_factor",
    "settings/people/<int:number>/link": "link_user",
    "settings/retention": "list_rules count_going change_retention",
    "settings/retention/<int:number>/remove": "change_retention",
    "settings/roles": "list_roles",
    "settings/tokens": "list_tokens make_token",
    "settings/tokens/<int:number>/revoke": "end_token",
    "settings/touchpoints": "list_touchpoints change_touchpoints",
    "settings/units": "list_units change_units",
    "settings/units/<key:key>": "one_unit alter_unit",
}
# Address of a page: why the API has nothing like it.
ONLY_FOR_PEOPLE = {
    "": "leads to the first page",
    "account/demo": "a way in, for a person at this computer",
    "api/": "explains the API",
    "api/openapi.json": "describes the API",
    "find": "leads to pages; customers, accounts and measures are searched each by itself",
    "health": "tells a watcher that we live, without any account",
    "invitation/<str:secret>": "a way in: whoever comes in has no token yet",
    "settings/": "leads to the first tab",
    "styleguide": "shows how pages look",
    "welcome": "a way in: makes the first account, at this computer",
}


def pages() -> dict[str, Callable[..., Any]]:
    """Address and view of every page; the library's own, by which one signs in, are left out."""
    found = dict(_walked(get_resolver().url_patterns))
    return {
        address: view
        for address, view in found.items()
        if not address.startswith("api/v1/") and not _of_library(address, view)
    }


def _of_library(address: str, view: Callable[..., Any]) -> bool:
    # Redirects of the library have a class of Django's.
    return view.__module__.startswith("allauth.") or (
        address.startswith("account/") and not view.__module__.startswith("rapport.")
    )


def _walked(
    patterns: list[URLPattern | URLResolver], before: str = ""
) -> Iterator[tuple[str, Callable[..., Any]]]:
    for one in patterns:
        address = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from _walked(one.url_patterns, address)
        else:
            yield address, one.callback


def changes_something(view: Callable[..., Any]) -> bool:
    """Whether a view takes forms: asked with a method that nobody has, it says which it takes."""
    request: HttpRequest = RequestFactory().generic("BREW", "/")
    return "POST" in view(request).headers["Allow"]


def test_every_page_has_its_operations_or_a_reason() -> None:
    """A new page: add an operation to `web/rest` and a line to the table above."""
    assert sorted(pages()) == sorted({**DONE_BY, **ONLY_FOR_PEOPLE})
    assert not DONE_BY.keys() & ONLY_FOR_PEOPLE.keys()


@pytest.mark.parametrize("address", sorted(DONE_BY))
def test_the_operations_of_a_page_are_there(address) -> None:
    known = {one.view_func.__name__: one.methods for _, view in views() for one in view.operations}
    names = DONE_BY[address].split()
    assert set(names) <= known.keys()
    if changes_something(pages()[address]):
        assert any(known[name] != ["GET"] for name in names), "no operation changes what it does"


def test_every_operation_but_those_of_programs_is_that_of_a_page() -> None:
    known = {one.view_func.__name__ for _, view in views() for one in view.operations}
    of_pages = {name for names in DONE_BY.values() for name in names.split()}
    # Who am I; what pages do by imports only; a proof at once, which a page leaves to the worker.
    assert known - of_pages == {
        *("me", "list_employees", "change_employees"),
        "store_verification",
    }
