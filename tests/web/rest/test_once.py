"""A request with a key is done once only."""

import threading
from itertools import count
from typing import Any

import pytest

from .shop import Answer, Shop

NOTES = "/api/v1/notes"
_KEYS = count()


def write(shop: Shop, key: str, text: str, role: str = "owner") -> Answer:
    note = {"day": "2026-03-01", "text": text}
    return shop.call(NOTES, send=note, role=role, headers={"Idempotency-Key": key})


def texts(shop: Shop) -> list[str]:
    return [note["text"] for note in shop.call(NOTES).json["notes"]]


@pytest.fixture
def key() -> str:
    return f"key-{next(_KEYS)}"


def test_the_same_request_again_gives_the_same_answer_and_does_nothing(shop: Shop, key) -> None:
    first, again = write(shop, key, "once"), write(shop, key, "once")
    assert again.body == first.body
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert texts(shop).count("once") == 1


def test_another_request_under_the_same_key_is_refused(shop: Shop, key) -> None:
    write(shop, key, "one")
    told = write(shop, key, "another")
    assert told.status == 409
    assert "another" not in texts(shop)


def test_a_key_is_its_users_own(shop: Shop, key) -> None:
    assert write(shop, key, "of both").status == 200
    assert write(shop, key, "of both", role="manager").status == 200


def test_what_was_refused_may_be_mended_under_its_key(shop: Shop, key) -> None:
    assert write(shop, key, "").status == 422
    assert write(shop, key, "mended").status == 200


def test_many_at_once_are_done_once(shop: Shop, key) -> None:
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(write(shop, key, "at once")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status for answer in answers} <= {200, 409}
    assert texts(shop).count("at once") == 1


def test_a_secret_is_not_kept_to_be_told_again(shop: Shop, key) -> None:
    def make() -> Any:
        sent = {"name": f"for {key}", "scopes": ["see_figures"]}
        headers = {"Idempotency-Key": key}
        return shop.call("/api/v1/tokens", send=sent, headers=headers)

    assert make().status == 200
    again = make()
    assert again.status == 409
    assert "not kept" in again.json["detail"]


@pytest.mark.parametrize("key", ["", "x" * 256, "two words", "é"])
def test_a_key_that_cannot_be_is_refused(shop: Shop, key) -> None:
    assert write(shop, key, "never").status == 422
