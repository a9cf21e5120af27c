"""A proposed mapping is valid, says why, and imports the file it was made for."""

from pathlib import Path

import pytest

from rapport.ledger.api import Settings
from rapport.listening.api import parse_mapping, suggest, try_mapping

from .conftest import Store

REAL = [
    "cdnow/cdnow_sample.csv.gz",
    "app_reviews/uber_play_reviews.csv.gz",
    "nyc_constituent_cases/cases_2019_2021.parquet",
    "helpdesk_log/helpdesk.xes.gz",
]


@pytest.mark.parametrize("name", REAL)
def test_the_proposal_for_a_real_file_imports_it(store: Store, shared: Path, name: str) -> None:
    path = shared / "data" / name
    receipt = store.take(path, suggest(path).text).receipt
    assert receipt.stored > 0
    assert receipt.rejected == 0


def proposed(store: Store, content: str, record: str = "interactions") -> str:
    path = store.file(content)
    text = suggest(path, record).text
    trial = try_mapping(path, parse_mapping(text), Settings())
    assert trial.made.num_rows > 0
    assert not trial.rejected, text
    return text


DATES = [
    ("13/01/2025", "05/02/2025", "%d/%m/%Y"),
    ("01/13/2025", "02/05/2025", "%m/%d/%Y"),
    ("13.01.2025 08:15", "05.02.2025 09:30", "%d.%m.%Y %H:%M"),
    ("01/13/2025 08:15 AM", "02/05/2025 09:30 PM", "%m/%d/%Y %I:%M %p"),
]


@pytest.mark.parametrize(("one", "other", "form"), DATES)
def test_a_day_above_twelve_tells_the_order_of_dates(
    store: Store, one: str, other: str, form: str
) -> None:
    text = proposed(store, f"date,amount_eur\n{one},1.50\n{other},2.50\n{other},3.50\n")
    assert f'format = "{form}"' in text


def test_a_date_that_can_be_read_in_two_ways_is_said_to_be(store: Store) -> None:
    path = store.file("date,amount_eur\n01/02/2025,1.50\n03/04/2025,2.50\n05/06/2025,7.50\n")
    made = suggest(path)
    assert "AMBIGUOUS" in made.text
    assert any("AMBIGUOUS" in note for note in made.notes)


def test_columns_on_one_scale_are_items_and_codes_beside_it_no_answers(store: Store) -> None:
    head = "respondent,date,q1,q2,q3,q4,recommend,comment\n"
    rows = (
        f"{n},2025-01-{n % 28 + 1:02d},{n % 5 + 1},{(n + 1) % 5 + 1},{(n + 2) % 5 + 1},"
        f"{n % 6 or 6},{n % 12},it took the people at the desk very long {n}\n"
        for n in range(60)
    )
    text = proposed(store, head + "".join(rows))
    assert '"recommend" = { scale = "nps", null = ["11"] }' in text
    assert '"q4" = { null = ["6"] }' in text
    assert '"comment" = { text = { column = "comment" } }' in text


def test_quantity_and_price_are_multiplied_and_money_knows_its_currency(store: Store) -> None:
    text = proposed(
        store,
        "kunde_nr,rechnung_nr,datum,menge,price_eur\n"
        "7,r1,2025-01-05,2,1.50\n8,r2,2025-01-06,3,2.50\n9,r3,2025-01-07,1,9.95\n",
    )
    assert 'amount = { product = ["menge", "price_eur"] }' in text
    assert 'currency = { value = "EUR" }' in text
    assert 'customer = "kunde_nr"' in text


def test_customers_keep_what_has_no_field_as_traits(store: Store) -> None:
    text = proposed(store, "customer_id,company,city\n1,Acme,Ulm\n2,Beta,Lyon\n", "customers")
    assert 'key = "customer_id"' in text
    assert 'properties = ["city"]' in text


def test_a_trial_tells_of_faults_and_stores_nothing(store: Store) -> None:
    path = store.file("who,when,mark\nana,2025-01-05,11\nben,2025-01-06,7\n")
    mapping = parse_mapping(
        'source = "t"\n[fields]\ncustomer = "who"\noccurred_at = "when"\nscore = "mark"\n'
        'scale = { value = "nps" }\nkind = { value = "survey.answered" }\n'
    )
    trial = try_mapping(path, mapping, Settings())
    assert (trial.made.num_rows, [r.line for r in trial.rejected]) == (1, [2])
    assert store.ask("SELECT count(*) FROM interactions") == [(0,)]
