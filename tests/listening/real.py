"""The public data sets, and how to count what is in their files without us."""

import csv
import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

MAPPINGS = Path(__file__).parents[2] / "mappings"
DATA = Path(__file__).parents[3] / "shared" / "data"
Row = dict[str, str]


@dataclass(frozen=True)
class Expected:
    """What an import must come to."""

    received: int
    interactions: int
    rejected: int = 0
    aside: int = 0


def rows(name: str) -> list[Row]:
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(name: str) -> Expected:
    """One interaction for every row of a CSV file."""
    count = len(rows(name))
    return Expected(count, count)


def typed(name: str) -> Expected:
    """One interaction for every row of a Parquet file."""
    count = pq.read_metadata(DATA / name).num_rows
    return Expected(count, count)


def people(name: str) -> Expected:
    """Rows that are no interactions."""
    count = len(rows(name)) if name.endswith(".gz") else pq.read_metadata(DATA / name).num_rows
    return Expected(count, 0)


def events(name: str) -> Expected:
    """One interaction for every event of a log."""
    with gzip.open(DATA / name, "rt", encoding="utf-8") as file:
        count = len(re.findall("<event>", file.read()))
    return Expected(count, count)


def sfo(name: str) -> Expected:
    """One interaction for every answered item; the codes are those of the publisher."""
    answered = [sum(map(_is_answer, row.items())) for row in rows(name)]
    silent = answered.count(0)
    return Expected(len(answered) - silent, sum(answered), aside=silent)


def _is_answer(cell: tuple[str, str]) -> bool:
    column, value = cell
    if column == "NETPRO":
        return value not in ("", "11.0")
    if column == "Q15PROBLEM":
        return value in ("1", "2")
    rated = re.fullmatch("Q7[A-Z]+|Q9(?!COM)[A-Z]+|Q10SAFE|Q13GETRATE|Q14[A-Z]+", column)
    return rated is not None and value in ("1", "2", "3", "4", "5")


def reviews(name: str) -> Expected:
    found = rows(name)
    return Expected(len(found), len(found) + sum(row["repliedAt"] != "" for row in found))


def contracts(name: str) -> Expected:
    found = rows(name)
    return Expected(len(found), len(found) + sum(row["Churn"] == "Yes" for row in found))


def incidents(name: str) -> Expected:
    found = rows(name)
    return Expected(len(found), len(found) + sum(row["sys_mod_count"] == "0" for row in found))


def cases(name: str) -> Expected:
    table = pq.read_table(DATA / name)
    return Expected(table.num_rows, 2 * table.num_rows - table["closedate"].null_count)


def seats(name: str) -> Expected:
    found = rows(name)
    undated = sum(row["date"] == "1970-01-01" for row in found)
    return Expected(len(found), len(found) - undated, rejected=undated)


def messages(name: str) -> Expected:
    found = rows(name)
    untimed = sum(row["sent_at"] == "" and row["duration"].startswith("-") for row in found)
    return Expected(len(found), len(found) - untimed, rejected=untimed)


def employees(name: str) -> Expected:
    found = rows(name)
    silent = sum(row["Response"] in ("", "0.0") for row in found)
    return Expected(len(found) - silent, len(found) - silent, aside=silent)


@dataclass(frozen=True)
class Case:
    """A mapping, the file it is for, and how to count what is in that file."""

    mapping: str
    file: str
    count: Callable[[str], Expected]
    again: bool = True


CASES = [
    Case("cdnow", "cdnow/cdnow_master.csv.gz", lines),
    Case("online_retail", "online_retail/online_retail_2010_2011.parquet", typed),
    # The second import of large files is left out, for time.
    Case(
        "complete_journey_transactions", "complete_journey/transactions.parquet", typed, again=False
    ),
    Case("complete_journey_redemptions", "complete_journey/coupon_redemptions.parquet", typed),
    Case("complete_journey_campaigns", "complete_journey/campaigns.parquet", typed),
    Case("complete_journey_customers", "complete_journey/demographics.parquet", people),
    Case("sfo_2014", "sfo_survey/sfo_2014.csv.gz", sfo, again=False),
    Case("sfo_2015", "sfo_survey/sfo_2015.csv.gz", sfo, again=False),
    Case("sfo_2016", "sfo_survey/sfo_2016.csv.gz", sfo, again=False),
    Case("sfo_2017", "sfo_survey/sfo_2017.csv.gz", sfo),
    Case("airline_tweets", "airline_tweets/tweets.csv.gz", lines),
    Case("uber_reviews", "app_reviews/uber_play_reviews.csv.gz", reviews),
    Case("telco_contracts", "telco_churn/telco_churn.csv.gz", contracts),
    Case("telco_customers", "telco_churn/telco_churn.csv.gz", people),
    Case("bpic2012", "bpic2012_loans/bpic2012.xes.gz", events, again=False),
    Case("helpdesk", "helpdesk_log/helpdesk.xes.gz", events),
    Case(
        "servicenow",
        "servicenow_incidents/incident_events_opened_to_2016-04.csv.gz",
        incidents,
        again=False,
    ),
    Case("nyc_cases", "nyc_constituent_cases/cases_2019_2021.parquet", cases, again=False),
    Case("skytrax_seats", "skytrax_reviews/seat_reviews.csv.gz", seats),
    Case("twitter_care", "twitter_customer_care/conversations_dev.csv.gz", messages),
    Case("employee_survey", "employee_survey/pierce_county_responses.csv.gz", employees),
]
BY_NAME = {case.mapping: case for case in CASES}
