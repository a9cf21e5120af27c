"""Every case of the reference files comes out within its own tolerance."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rapport.kernel.scales import SCALES
from rapport.methods import means, nps, proportions, rfm

FOLDER = Path(__file__).parents[3] / "shared" / "reference"


def cases(name: str) -> list[Any]:
    """One pytest parameter for each case of the file; one visible skip where it is absent."""
    path = FOLDER / name
    if not path.is_file():
        absent = pytest.mark.skip(reason=f"../shared/reference/{name} is not here")
        return [pytest.param(None, id="absent", marks=absent)]
    listed = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return [pytest.param(case, id=case["id"]) for case in listed]


def agrees(got: Any, expected: Any, tolerance: float) -> bool:
    """Whether numbers, lists and objects agree; every expected key must have been computed."""
    if isinstance(expected, dict):
        return got.keys() == expected.keys() and all(
            agrees(got[key], expected[key], tolerance) for key in expected
        )
    if isinstance(expected, list):
        pairs = zip(got, expected, strict=True)
        return all(agrees(one, other, tolerance) for one, other in pairs)
    return bool(abs(got - expected) <= tolerance)


def nps_intervals(case: Any) -> Any:
    given = case["input"]
    found = {}
    ways: tuple[tuple[str, nps.Method], ...] = (
        ("wald", "wald"),
        ("adjusted_wald_3T", "adjusted_wald"),
    )
    for name, method in ways:
        estimate = nps.nps(
            given["promoters"],
            given["passives"],
            given["detractors"],
            confidence=given["confidence"],
            method=method,
        )
        n = estimate.n + (3 if method == "adjusted_wald" else 0)
        centre, margin, error = (
            estimate.extra[key] / 100 for key in ("centre", "margin", "standard_error")
        )
        # The file's ends are not clipped; ours are, as its note asks.
        assert estimate.low == pytest.approx(100 * max(-1, centre - margin), abs=1e-9)
        assert estimate.high == pytest.approx(100 * min(1, centre + margin), abs=1e-9)
        found[name] = {
            "nps": centre,
            "var": n * error**2,
            "se": error,
            "moe": margin,
            "lo": centre - margin,
            "hi": centre + margin,
        }
    return found


def nps_difference(case: Any) -> Any:
    a, b = (
        nps.nps(promoters, passives, detractors, method="wald")
        for detractors, passives, promoters in (case["input"]["a"], case["input"]["b"])
    )
    found: Any = nps.difference(a, b)
    return {
        "diff": found.value / 100,
        "se": found.standard_error / 100,
        "lo": found.low / 100,
        "hi": found.high / 100,
        "z": found.z,
        "p": found.p,
    }


def nps_margin(case: Any) -> Any:
    return {"moe_points": nps.margin_of_error(**case["input"])}


def nps_categories(case: Any) -> Any:
    found = nps.categories(case["input"]["scores"])
    score: Any = nps.nps(found.promoters, found.passives, found.detractors).value
    return {
        "detractors": found.detractors,
        "passives": found.passives,
        "promoters": found.promoters,
        "invalid": found.invalid,
        "nps": score / 100,
    }


def nps_score(case: Any) -> Any:
    given = case["input"]
    passives = given["n"] - given["promoters"] - given["detractors"]
    found: Any = nps.nps(
        given["promoters"],
        passives,
        given["detractors"],
        confidence=given["confidence"],
        method="score",
    )
    return {"score_interval": [found.low / 100, found.high / 100]}


def share_intervals(case: Any) -> Any:
    given = case["input"]
    found = {}
    for method in case["expected"]:
        estimate = proportions.share(
            given["x"], given["n"], confidence=given["confidence"], method=method
        )
        found[method] = [estimate.low, estimate.high]
    return found


def share_differences(case: Any) -> Any:
    given = case["input"]
    counts = (given["x1"], given["n1"], given["x2"], given["n2"])
    new = proportions.share_difference(*counts, confidence=given["confidence"])
    old = proportions.share_difference(*counts, confidence=given["confidence"], method="wald")
    found = {
        "diff": new.value,
        "wald": [old.low, old.high],
        "newcombe_hybrid_score": [new.low, new.high],
    }
    return {key: found[key] for key in case["expected"]}


def satisfaction(case: Any) -> Any:
    counts = {int(score): often for score, often in case["input"]["counts"].items()}
    found = proportions.top_box(counts, SCALES["csat5"], confidence=case["input"]["confidence"])
    return {"csat": found.value, "valid": found.n, "wilson": [found.low, found.high]}


def effort(case: Any) -> Any:
    counts = {int(score): often for score, often in case["input"]["counts"].items()}
    return {
        "mean": means.mean_of_scores(counts, SCALES["ces7"]).value,
        "share_5_7": proportions.top_box(counts, SCALES["ces7"]).value,
    }


def before_and_after(case: Any) -> Any:
    (_, lost), (gained, _) = case["input"]["table"]
    found = proportions.mcnemar(gained, lost)
    return {
        "chi2_uncorrected": found.chi_squared,
        "chi2_corrected": found.chi_squared_corrected,
        "p_corrected": found.p_corrected,
    }


WAYS: list[tuple[str, Callable[[Any], Any]]] = [
    ("nps_difference", nps_difference),
    ("nps_moe", nps_margin),
    ("nps_categories", nps_categories),
    ("nps_score", nps_score),
    ("nps", nps_intervals),
    ("wilson", share_intervals),
    ("newcombe", share_differences),
    ("csat", satisfaction),
    ("ces", effort),
    ("mcnemar", before_and_after),
]


def computed(case: Any) -> Any:
    """The case's figures by our methods, found by the beginning of its name."""
    return next(way for start, way in WAYS if case["id"].startswith(start))(case)


@pytest.mark.parametrize("case", cases("nps.json"))
def test_net_promoter_figures_come_out_again(case: Any) -> None:
    found = computed(case)
    assert agrees(found, case["expected"], case["tolerance"]), found


@pytest.mark.parametrize("case", cases("proportions.json"))
def test_share_figures_come_out_again(case: Any) -> None:
    found = computed(case)
    assert agrees(found, case["expected"], case["tolerance"]), found


@pytest.mark.parametrize("case", cases("rfm.json"))
def test_recency_frequency_and_money_come_out_again(case: Any) -> None:
    found = cdnow(case["data"], np.datetime64(case["input"]["as_of"]))
    assert agrees(found, case["expected"], case["tolerance"]), found


def cdnow(data: str, as_of: np.datetime64) -> dict[str, Any]:
    """Score the purchases of the file, as the case describes the three values."""
    who, day, cents = purchases(data)
    customers, index = np.unique(who, return_inverse=True)
    days = np.unique(np.column_stack([index, day.astype(np.int64)]), axis=0)
    last = np.full(customers.size, np.iinfo(np.int64).min)
    np.maximum.at(last, index, day.astype(np.int64))
    recency = as_of.astype("datetime64[D]").astype(np.int64) - last
    frequency = np.bincount(days[:, 0])
    monetary = np.bincount(index, weights=cents) / 100
    r = rfm.scores(recency, lower_is_better=True)
    f, m = rfm.scores(frequency), rfm.scores(monetary)
    return {
        "customers": customers.size,
        "transactions": who.size,
        "purchase_days": len(days),
        "revenue": float(cents.sum()) / 100,
        "quantiles": {
            "recency": rfm.cut_points(recency).tolist(),
            "frequency": rfm.cut_points(frequency).tolist(),
            "monetary": rfm.cut_points(monetary).tolist(),
        },
        "counts": {"R": tally(r), "F": tally(f), "M": tally(m)},
        "n_555": int(np.count_nonzero((r == 5) & (f == 5) & (m == 5))),
    }


def tally(scored: Any) -> dict[str, int]:
    found, often = np.unique(scored, return_counts=True)
    return {str(score): int(count) for score, count in zip(found, often, strict=True)}


def purchases(data: str) -> tuple[Any, Any, Any]:
    """Customer, day and whole cents of each line, as arrays."""
    with (FOLDER / data).open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    iso = [f"{row['date'][:4]}-{row['date'][4:6]}-{row['date'][6:]}" for row in rows]
    return (
        np.array([int(row["masterid"]) for row in rows]),
        np.array(iso, dtype="datetime64[D]"),
        np.array([round(float(row["sales"]) * 100) for row in rows]),
    )
