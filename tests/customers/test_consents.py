"""A word on a consent is added to the history; nothing said before is rewritten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from rapport.customers.api import merge_customers, profile, put_customers, record_consent
from rapport.kernel.errors import ForbiddenError, InputError, NotFoundError
from rapport.office.api import Actor, latest_lines

pytestmark = pytest.mark.django_db
Rows = Callable[..., pa.Table]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def people(ana: Actor, rows: Rows) -> None:
    told = {"key": "eva", "consent:news": "yes", "consent_at": LONG_AGO}
    put_customers(rows(told, {"key": "eva2"}), actor=ana)


@pytest.mark.usefixtures("people")
def test_the_latest_word_counts_and_the_first_stays(ben: Actor) -> None:
    record_consent("eva", "news", "revoked", actor=ben, source="phone", text_version="3")
    found = profile("eva")
    assert found.consents == {"news": "revoked"}
    assert [word.status for word in found.consent_history] == ["granted", "revoked"]
    assert (found.consent_history[1].source, found.consent_history[1].text_version) == (
        "phone",
        "3",
    )


@pytest.mark.usefixtures("people")
def test_a_merged_customer_speaks_for_the_kept_one(ana: Actor) -> None:
    merge_customers("eva", "eva2", actor=ana)
    record_consent("eva2", "calls", "no", actor=ana)
    assert profile("eva").consents["calls"] == "denied"


@pytest.mark.usefixtures("people")
def test_one_moment_has_one_word(ana: Actor) -> None:
    with pytest.raises(InputError, match="something else"):
        record_consent("eva", "news", "denied", actor=ana, at=LONG_AGO)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("scope", "status"), [("", "yes"), ("news", "perhaps"), ("news", ""), ("a\0", "yes")]
)
def test_half_a_word_is_none(ana: Actor, scope: str, status: str) -> None:
    with pytest.raises(InputError):
        record_consent("eva", scope, status, actor=ana)


@pytest.mark.usefixtures("people")
def test_nobody_has_spoken_tomorrow(ana: Actor) -> None:
    with pytest.raises(InputError, match="yet"):
        record_consent("eva", "news", "no", actor=ana, at=datetime.now(UTC) + timedelta(days=3))


@pytest.mark.usefixtures("people")
def test_the_audit_line_tells_no_name(ben: Actor) -> None:
    record_consent("eva", "news", "no", actor=ben)
    line = latest_lines(1)[0]
    assert (line.actor, line.act.verb, line.act.object_id) == (ben.id, "record_consent", "")


@pytest.mark.usefixtures("people")
def test_who_only_sees_figures_may_not(ana: Actor) -> None:
    with pytest.raises(ForbiddenError):
        record_consent("eva", "news", "no", actor=Actor("person:3", frozenset({"employee"})))
    with pytest.raises(NotFoundError):
        record_consent("nobody", "news", "no", actor=ana)
