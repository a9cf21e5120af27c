"""What every request of the API passes: who, how, and errors that teach."""

import json

import pytest

import rapport
from rapport.web.contract.problems import MEDIA_TYPE
from tests.web.served import cookies, serve

from .shop import Shop


def test_nobody_is_told_how_to_come_in(shop: Shop) -> None:
    answer = shop.call("/api/v1/me", role=None)
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "/settings/tokens" in answer.json["hint"]


@pytest.mark.parametrize("sent", ["Bearer x", "Bearer", "Basic YTpi", "Bearer rapport_api_x"])
def test_what_opens_nothing_is_nobody(shop: Shop, sent) -> None:
    assert shop.call("/api/v1/me", role=None, headers={"Authorization": sent}).status == 401


def test_a_token_tells_whose_it_is(shop: Shop) -> None:
    told = shop.call("/api/v1/me", role="figures only").json
    assert (told["roles"], told["scopes"]) == (["owner"], ["see_figures"])


def test_what_one_may_not_reads_as_what_is_not_there(shop: Shop) -> None:
    forbidden = shop.call("/api/v1/interactions", role="employee")
    unknown = shop.call("/api/v1/nowhere", role="employee")
    assert (forbidden.status, forbidden.body) == (unknown.status, unknown.body)
    assert forbidden.status == 404


def test_a_scope_that_is_missing_closes_the_door_for_an_owner(shop: Shop) -> None:
    assert shop.call("/api/v1/interactions", role="figures only").status == 404


def test_another_method_is_told_which_there_are(shop: Shop) -> None:
    answer = shop.call("/api/v1/me", method="DELETE")
    assert (answer.status, answer.headers["allow"]) == (405, "GET")


def test_a_name_that_nobody_reads_is_an_error(shop: Shop) -> None:
    told = shop.call("/api/v1/measures/nps/figures?bye=channel")
    assert told.status == 422
    assert told.json["errors"] == [{"field": "query.bye", "message": "unknown"}]
    assert told.json["hint"] == "Did you mean by?"


def test_a_value_that_cannot_be_names_its_field(shop: Shop) -> None:
    told = shop.call("/api/v1/measures/nps/figures?from=soon&confidence=2").json
    assert {one["field"] for one in told["errors"]} == {"query.from", "query.confidence"}


def test_answers_are_kept_nowhere_on_their_way(shop: Shop) -> None:
    assert shop.call("/api/v1/interactions?limit=1").headers["cache-control"] == "no-store"


def test_a_session_reads_without_a_token(shop: Shop) -> None:
    jar = cookies(shop.served.address, "owner")
    session = {"Cookie": "; ".join(f"{one['name']}={one['value']}" for one in jar)}
    assert shop.call("/api/v1/me", role=None, headers=session).status == 200


def test_who_asks_is_told_how_much_they_may_still_ask(shop: Shop) -> None:
    told = shop.call("/api/v1/me").headers
    assert int(told["ratelimit-remaining"]) < int(told["ratelimit-limit"]) == 1_000_000


def test_the_page_to_begin_with_lists_every_operation(shop: Shop) -> None:
    page = shop.call("/api/", role=None)
    tree = json.loads(shop.call("/api/openapi.json", role=None).body)
    assert page.status == 200
    assert all(address in page.body.decode() for address in tree["paths"])


def test_who_asks_too_often_is_told_when_to_come_again(shop: Shop, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("RAPPORT_API_PER_MINUTE", "3")
    running = serve(shop.home, tmp_path / "log")
    hasty = Shop(shop.home, running, shop.tokens)
    try:
        answers = [hasty.call("/api/v1/me") for _ in range(4)]
        other = hasty.call("/api/v1/me", role="agent")
        patient = rapport.connect(running.address, shop.tokens["analyst"])
    finally:
        running.stop()
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert other.status == 200
    assert patient.address == running.address
