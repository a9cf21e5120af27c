"""Public data sets under the mappings we keep: every row accounted for, known figures met.

What is expected is counted in the files themselves, or was published with them.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import duckdb
import pytest
from django.db import transaction

from rapport.kernel.figures import Figure
from rapport.ledger.api import Ledger, Settings, create_ledger
from rapport.listening.api import Report, import_file, load_mapping
from rapport.measures.api import compute

from .conftest import OPERATOR
from .real import BY_NAME, CASES, DATA, MAPPINGS, Case, Expected, rows

# Makes the database for audit lines and customers, though the store outlives each test.
pytestmark = pytest.mark.django_db


class Real:
    """One store for all data sets; each is imported when a test first asks for it."""

    def __init__(self, ledger: Ledger, unblock: Callable[[], Any]) -> None:
        self.ledger = ledger
        self.unblock = unblock
        self.reports: dict[str, tuple[Report, Report | None]] = {}

    def take(self, name: str) -> tuple[Report, Report | None]:
        """The reports of the first import and, where the case has one, of the second."""
        if name not in self.reports:
            case = BY_NAME[name]
            # Audit lines and customers are those of this test alone, and go again.
            with self.unblock(), transaction.atomic():
                first = self._import(case)
                self.reports[name] = first, self._import(case) if case.again else None
                transaction.set_rollback(True)
        return self.reports[name]

    def _import(self, case: Case) -> Report:
        mapping = load_mapping(MAPPINGS / f"{case.mapping}.toml")
        return import_file(self.ledger, DATA / case.file, mapping, actor=OPERATOR)

    def ask(self, name: str, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query over the interactions of one data set, named `found`."""
        self.take(name)
        source = load_mapping(MAPPINGS / f"{name}.toml").source
        found = f"WITH found AS (SELECT * FROM interactions WHERE source = '{source}') {query}"
        with self.ledger.read() as snapshot:
            return [tuple(row.values()) for row in snapshot.sql(found).to_pylist()]

    def figures(self, name: str, measure: str, **asked: Any) -> list[Figure]:
        """Figures of a measure over the interactions of one data set."""
        self.take(name)
        source = load_mapping(MAPPINGS / f"{name}.toml").source
        where = (f"source = '{source}'", *asked.pop("where", ()))
        with self.ledger.read() as snapshot:
            return list(compute(snapshot, measure, where=where, **asked))


@pytest.fixture(scope="session")
def real(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Real]:
    """The store with real data."""
    if not DATA.is_dir():
        pytest.skip("the folder ../shared with real data is not here (a clone alone has none)")
    ledger = create_ledger(tmp_path_factory.mktemp("real") / "store", Settings(zone="UTC"))
    yield Real(ledger, django_db_blocker.unblock)
    ledger.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.mapping)
def test_every_row_is_accounted_for(real: Real, case: Case) -> None:
    receipt = real.take(case.mapping)[0].receipt
    expected = case.count(case.file)
    counted = Expected(receipt.received, receipt.interactions, receipt.rejected, receipt.aside)
    assert counted == expected
    assert receipt.stored == expected.received - expected.rejected
    assert receipt.duplicate == 0


@pytest.mark.parametrize("case", [c for c in CASES if c.again], ids=lambda case: case.mapping)
def test_the_same_file_again_stores_nothing_new(real: Real, case: Case) -> None:
    first, second = real.take(case.mapping)
    assert second is not None
    assert second.receipt.stored == 0
    assert second.receipt.duplicate == first.receipt.stored
    assert second.receipt.rejected == first.receipt.rejected


def test_every_mapping_we_keep_is_tried() -> None:
    assert {path.stem for path in MAPPINGS.glob("*.toml")} == set(BY_NAME)


def test_cdnow_is_worth_what_fader_and_hardie_say(real: Real) -> None:
    query = "SELECT sum(amount), count(DISTINCT customer) FROM found"
    ((total, customers),) = real.ask("cdnow", query)
    assert (float(total), customers) == (2_500_315.63, 23_570)


def test_online_retail_is_worth_what_its_lines_are(real: Real) -> None:
    query = "SELECT sum(amount), count(customer), count(DISTINCT customer) FROM found"
    ((total, named, customers),) = real.ask("online_retail", query)
    assert float(total) == pytest.approx(9_747_747.934, abs=0.001)
    assert (541_909 - named, customers) == (135_080, 4_372)


def test_online_retail_keeps_equal_lines_and_tells_sales_from_corrections(real: Real) -> None:
    query = "SELECT kind, touchpoint, count(*) FROM found GROUP BY ALL ORDER BY 3"
    assert real.ask("online_retail", query) == [
        ("event.happened", "bad debt adjustment", 3),
        ("event.happened", "stock adjustment", 2_475),
        ("order.refunded", None, 9_288),
        ("order.completed", "checkout", 530_143),
    ]


def test_complete_journey_has_its_baskets_and_its_sales(real: Real) -> None:
    query = "SELECT sum(amount), count(DISTINCT thread), count(DISTINCT customer) FROM found"
    ((total, baskets, households),) = real.ask("complete_journey_transactions", query)
    assert float(total) == pytest.approx(3_418_294.89, abs=0.01)
    assert (baskets, households) == (117_530, 1_852)


def test_campaigns_reach_households_on_the_day_they_begin(real: Real) -> None:
    query = "SELECT count(DISTINCT touchpoint), min(day), max(day) FROM found"
    ((campaigns, first, last),) = real.ask("complete_journey_campaigns", query)
    assert campaigns == 27
    # 2016-11-14 and 2017-12-28, midnight in New York, counted from 1970.
    assert (first, last) == (17_119, 17_528)


def test_passengers_recommend_the_airport(real: Real) -> None:
    (nps,) = real.figures("sfo_2017", "nps")
    assert (nps.n, round(nps.value or 0, 1)) == (2_746, 39.8)
    shares = "SELECT avg((score >= 9)::INT), avg((score <= 6)::INT) FROM found WHERE item='NETPRO'"
    ((promoters, detractors),) = real.ask("sfo_2017", shares)
    assert (round(100 * promoters, 1), round(100 * detractors, 1)) == (52.3, 12.5)


def test_passengers_recommend_the_airport_weighted(real: Real) -> None:
    (nps,) = real.figures("sfo_2017", "nps", weight="properties.weight")
    assert round(nps.value or 0, 1) == 40.4


def test_passengers_of_2014_are_as_satisfied_as_they_said(real: Real) -> None:
    answers = [row["Q7ALL"] for row in rows("sfo_survey/sfo_2014.csv.gz")]
    (csat,) = real.figures("sfo_2014", "csat", where=("item = Q7ALL",))
    good, all_of_them = (sum(a in given for a in answers) for given in ("45", "12345"))
    assert csat.n == all_of_them
    assert csat.value == pytest.approx(good / all_of_them)


def test_tweets_are_as_people_judged_them(real: Real) -> None:
    query = "SELECT score, count(*) FROM found GROUP BY 1 ORDER BY 1"
    assert real.ask("airline_tweets", query) == [(-1.0, 8_042), (0.0, 2_205), (1.0, 1_667)]
    brands = dict(real.ask("airline_tweets", "SELECT brand, count(*) FROM found GROUP BY 1"))
    assert brands == {"United": 3_822, "US Airways": 2_913, "American": 2_759, "Southwest": 2_420}


def test_reviewers_give_the_stars_they_gave(real: Real) -> None:
    (good,) = real.figures("uber_reviews", "csat", parameters={"scale": "stars5"})
    assert good.n == 8_400
    assert good.value == pytest.approx((5_622 + 564) / 8_400)


def test_contracts_churn_as_ibm_says(real: Real) -> None:
    span = {"first_day": date(2017, 12, 1), "last_day": date(2018, 1, 1)}
    asked = {**span, "parameters": {"base": "any"}}
    (whole,) = real.figures("telco_contracts", "churn", **asked)
    assert whole.n == 7_043
    assert whole.value == pytest.approx(1_869 / 7_043)
    by = real.figures("telco_contracts", "churn", by=("product",), **asked)
    shares = {f.by["product"]: round(100 * (f.value or 0), 1) for f in by}
    assert shares == {"Month-to-month": 42.7, "One year": 11.3, "Two year": 2.8}


def test_loans_have_the_published_cases_and_events(real: Real) -> None:
    query = "SELECT count(DISTINCT thread), count(*), count(DISTINCT touchpoint) FROM found"
    assert real.ask("bpic2012", query) == [(13_087, 262_200, 24)]
    steps = dict(real.ask("bpic2012", "SELECT kind, count(*) FROM found GROUP BY 1"))
    assert steps == {"step.completed": 164_506, "step.started": 71_376, "step.scheduled": 26_318}


def test_tickets_take_the_time_the_log_says(real: Real) -> None:
    spans = "SELECT max(t) - min(t) AS span FROM found GROUP BY thread"
    ((days, tickets),) = real.ask(
        "helpdesk", f"SELECT median(span) / 86400e6, count(*) FROM ({spans})"
    )
    assert (round(days, 1), tickets) == (39.9, 4_580)


def test_incidents_are_solved_as_fast_as_their_log_says(real: Real) -> None:
    path = DATA / BY_NAME["servicenow"].file
    moment = "strptime({}, '%d/%m/%Y %H:%M')"
    query = f"""
        SELECT median(solved - opened), count(*) FROM (
            SELECT epoch(min({moment.format("sys_updated_at")})
                FILTER (WHERE incident_state = 'Resolved')) / 3600 AS solved,
                epoch(min({moment.format("opened_at")})) / 3600 AS opened,
                count(*) FILTER (WHERE sys_mod_count = 0) AS begun
            FROM read_csv('{path}', all_varchar = true) GROUP BY number
        ) WHERE begun > 0 AND solved IS NOT NULL
    """
    ((hours, solved),) = duckdb.sql(query).fetchall()
    opened = "SELECT thread FROM found WHERE kind = 'case.opened'"
    ((found, count),) = real.ask(
        "servicenow",
        f"""SELECT median(solved - opened) / 36e8, count(*) FROM (
            SELECT min(t) FILTER (WHERE kind = 'case.resolved') AS solved,
                min(t) FILTER (WHERE kind = 'case.opened') AS opened
            FROM found WHERE thread IN ({opened}) GROUP BY thread) WHERE solved IS NOT NULL""",
    )
    assert (found, count) == (pytest.approx(hours), solved)


def test_council_offices_close_cases_in_a_median_of_six_days(real: Real) -> None:
    pairs = "SELECT o.day AS o, c.day AS c FROM found o LEFT JOIN found c ON c.thread = o.thread"
    distinct = f"{pairs} AND c.kind = 'case.closed' WHERE o.kind = 'case.opened'"
    ((days,),) = real.ask("nyc_cases", f"SELECT median(c - o) FROM ({distinct})")
    assert days == 6
    kinds = dict(real.ask("nyc_cases", "SELECT kind, count(*) FROM found GROUP BY 1"))
    assert round(1 - kinds["case.closed"] / kinds["case.opened"], 3) == 0.029


def test_seats_are_rated_as_the_reviews_say(real: Real) -> None:
    dated = [r for r in rows("skytrax_reviews/seat_reviews.csv.gz") if r["date"] != "1970-01-01"]
    scores = [float(row["overall_rating"]) for row in dated if row["overall_rating"]]
    query = "SELECT avg(score), count(score), count(DISTINCT brand) FROM found"
    ((mean, count, airlines),) = real.ask("skytrax_seats", query)
    assert (mean, count) == (pytest.approx(sum(scores) / len(scores)), len(scores))
    assert airlines == len({row["airline_name"] for row in dated})


def test_the_last_message_of_a_conversation_gets_its_time_from_the_duration(real: Real) -> None:
    ended = [row for row in rows(BY_NAME["twitter_care"].file) if row["sent_at"] == ""]
    known = [row["duration"].split(":") for row in ended if not row["duration"].startswith("-")]
    seconds = sum(3600 * int(h) + 60 * int(m) + float(s) for h, m, s in known)
    starts = "SELECT thread, min(t) AS begun FROM found GROUP BY thread"
    query = f"""
        SELECT count(*), sum(t - begun) / 1e6 FROM found JOIN ({starts}) USING (thread)
        WHERE properties LIKE '%"page"%'
    """
    ((count, found),) = real.ask("twitter_care", query)
    assert (count, found) == (len(known), pytest.approx(seconds))


def test_employees_agree_as_they_ticked(real: Real) -> None:
    by_item = dict(real.ask("employee_survey", "SELECT item, count(*) FROM found GROUP BY 1"))
    assert len(by_item) == 10, "two spellings of a statement are one item"
    ((agreed,),) = real.ask("employee_survey", "SELECT count(*) FROM found WHERE score >= 3")
    assert agreed == 5_737 + 5_236
