"""The recency-frequency-monetary grid."""

import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.measures.api import compute
from rapport.methods import rfm

from .handmade import handmade


def order(customer: str, day: str, amount: float) -> tuple[str, str, dict[str, object]]:
    return (f"{day}T09:00", "order.completed", {"customer": customer, "amount": amount})


def test_five_customers_get_one_class_each() -> None:
    # The latest buyer spends most, the earliest least; all bought once.
    orders = [order(f"c{n}", f"2025-01-{n:02}", 10 * n) for n in range(1, 6)]
    found = compute(handmade(*orders), "rfm")
    cells = [(f.by["recency"], f.by["frequency"], f.by["monetary"], f.value) for f in found]
    assert cells == [(n, 1, n, 1.0) for n in range(1, 6)]


def test_cdnow_comes_out_as_the_reference_has_it(shared: Path) -> None:
    [case] = json.loads((shared / "reference" / "rfm.json").read_text())["cases"][:1]
    path = shared / "data" / "cdnow" / "cdnow_sample.csv.gz"
    with gzip.open(path, "rt") as file:
        orders = [
            order(line["master_id"], line["date"], float(line["amount_usd"]))
            for line in csv.DictReader(file)
        ]
    found = compute(handmade(*orders), "rfm", last_day=case["input"]["as_of"])
    for letter, name in (("R", "recency"), ("F", "frequency"), ("M", "monetary")):
        classes: Counter[str] = Counter()
        for figure in found:
            classes[str(figure.by[name])] += figure.n
        assert dict(classes) == case["expected"]["counts"][letter]


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_monetary_classes_equal_those_of_methods(spent: list[int]) -> None:
    orders = [order(f"c{n}", "2025-01-01", s) for n, s in enumerate(spent)]
    classes = Counter({f.by["monetary"]: f.n for f in compute(handmade(*orders), "rfm")})
    assert classes == Counter(rfm.scores(np.array(spent, dtype=float)).tolist())


def test_the_grids_of_two_currencies_are_told_apart() -> None:
    at = "2025-01-01T09:00"
    orders = [
        (at, "order.completed", {"customer": "ana", "amount": 10.0, "currency": "EUR"}),
        (at, "order.completed", {"customer": "ben", "amount": 10.0, "currency": "USD"}),
    ]
    assert [f.by["currency"] for f in compute(handmade(*orders), "rfm")] == ["EUR", "USD"]
    assert all("currency" not in f.by for f in compute(handmade(*orders[:1]), "rfm"))
