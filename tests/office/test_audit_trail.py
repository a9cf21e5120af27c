"""The audit: searched, and chained so that no line is changed or removed unseen."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from rapport.office.api import (
    Act,
    Actor,
    Asked,
    chain_audit,
    check_chain,
    find_lines,
    known_verbs,
    write_line,
)

pytestmark = pytest.mark.django_db


def later() -> datetime:
    """When the lines of a test have been there for long enough."""
    return datetime.now(UTC) + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _lines() -> None:
    for number in range(5):
        actor = Actor(f"user:{number % 2}", frozenset())
        write_line(actor, Act(f"verb_{number % 3}", "thing", str(number), {"rows": number}))


def test_lines_are_found_by_who_what_and_when() -> None:
    def found(**asked: object) -> list[str]:
        return [line.act.object_id for _, line in find_lines(Asked(**asked))]  # type: ignore[arg-type]

    today = datetime.now(UTC).date()
    assert found(actor="user:1") == ["3", "1"]
    assert found(verb="verb_0") == ["3", "0"]
    assert found(thing="nothing") == []
    assert len(found(first_day=today, last_day=today)) == 5
    assert found(last_day=date(2020, 1, 1)) == []
    assert known_verbs() == ["verb_0", "verb_1", "verb_2"]


def test_pages_go_on_where_the_last_one_ended() -> None:
    first = find_lines(Asked(), limit=2)
    rest = find_lines(Asked(), before=first[-1][0])
    assert [line.act.object_id for _, line in [*first, *rest]] == ["4", "3", "2", "1", "0"]


def test_the_chain_holds_until_somebody_changes_a_line() -> None:
    assert chain_audit(later()) == 5
    assert chain_audit(later()) == 0
    assert check_chain().broken_at is None
    assert check_chain().lines == 5
    third = find_lines(Asked())[2][0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE office_auditline SET actor = 'user:9' WHERE id = %s", (third,))
    assert check_chain().broken_at == third


def test_the_chain_shows_that_a_line_was_removed() -> None:
    chain_audit(later())
    fourth, third = find_lines(Asked())[1][0], find_lines(Asked())[2][0]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM office_auditline WHERE id = %s", (third,))
    assert check_chain().broken_at == fourth


def test_a_young_line_waits() -> None:
    assert chain_audit() == 0
