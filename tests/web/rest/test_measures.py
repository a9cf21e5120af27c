"""Measures over the API."""

import io

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

import rapport
from rapport.measures.api import all_measures

from .shop import Shop

FIGURES = "/api/v1/measures/nps/figures"


def test_every_measure_is_listed_and_defined(shop: Shop) -> None:
    names = [one["name"] for one in shop.call("/api/v1/measures").json["measures"]]
    assert names == list(all_measures())
    for name in names:
        told = shop.call(f"/api/v1/measures/{name}").json
        assert told["parameters"][-1]["name"] == "minimum_n"


def test_figures_are_those_of_the_store(shop: Shop) -> None:
    asked = {"by": ["channel"], "every": "quarter", "where": ["language != fr"], "confidence": 0.9}
    found = shop.call(
        f"{FIGURES}?by=channel&every=quarter&where=language+%21%3D+fr&confidence=0.9"
    ).json["figures"]
    assert found == rapport.open(shop.home).measure("nps", **asked).rows()
    assert found


def test_a_parameter_is_set_by_name(shop: Shop) -> None:
    told = shop.call(f"{FIGURES}?set=minimum_n%3D1000000").json["figures"]
    assert [one["value"] for one in told] == [None]
    assert shop.call(f"{FIGURES}?set=minimum").json["detail"] == (
        "A parameter is set as NAME=VALUE"
    )


@pytest.mark.parametrize(
    ("form", "read"),
    [
        ("text/csv", pc.read_csv),
        ("application/vnd.apache.parquet", pq.read_table),
        ("application/vnd.apache.arrow.stream", lambda f: pa.ipc.open_stream(f).read_all()),
    ],
)
def test_figures_come_as_files_too(shop: Shop, form, read) -> None:
    answer = shop.call(f"{FIGURES}?by=channel", headers={"Accept": form})
    table = read(io.BytesIO(answer.body))
    assert answer.headers["content-type"].startswith(form)
    assert table.column("channel").to_pylist() == ["email"]


def test_a_format_that_there_is_not_is_refused(shop: Shop) -> None:
    answer = shop.call(FIGURES, headers={"Accept": "application/pdf"})
    assert answer.status == 406
    assert "text/csv" in answer.json["expected"]


def test_an_answer_that_still_holds_is_not_computed_again(shop: Shop) -> None:
    first = shop.call(FIGURES)
    again = shop.call(FIGURES, headers={"If-None-Match": first.headers["etag"]})
    other = shop.call(f"{FIGURES}?by=channel", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert other.status == 200


def test_who_sees_one_shop_gets_its_figures(shop: Shop) -> None:
    path = "/api/v1/measures/volume/figures"
    ours = shop.call(path, role="of ghent").json["figures"]
    asked = rapport.open(shop.home).measure("volume", where="unit = 'store-ghent'").rows()
    assert [one["value"] for one in ours] == [one["value"] for one in asked]
    [all_of_them] = shop.call(path).json["figures"]
    assert ours[0]["value"] < all_of_them["value"]


def test_who_sees_one_shop_cannot_filter_their_way_out(shop: Shop) -> None:
    path = "/api/v1/measures/volume/figures?by=unit&where=unit+%3D+%27care-phone%27+or+day+%3E+0"
    assert shop.call(path, role="of ghent").status == 422
    path = "/api/v1/measures/volume/figures?by=unit&where=day+%3E+2000-01-01+or+unit+%3D+digital"
    assert {one["by"]["unit"] for one in shop.call(path, role="of ghent").json["figures"]} <= {
        "store-ghent"
    }


def test_an_explanation_holds_the_sql(shop: Shop) -> None:
    told = shop.call("/api/v1/measures/nps/explanation?by=channel").json["explanation"]
    assert "SELECT" in told
    assert "adjusted Wald" in told


def test_the_rows_behind_are_there_to_look_at(shop: Shop) -> None:
    rows = shop.call("/api/v1/measures/nps/rows?limit=3").json["rows"]
    assert len(rows) == 3
    assert all(0 <= row["score"] <= 10 for row in rows)


def test_an_unknown_measure_names_the_nearest(shop: Shop) -> None:
    told = shop.call("/api/v1/measures/npss/figures")
    assert (told.status, told.json["hint"]) == (404, "Did you mean nps?")


def test_single_observations_are_spread_by_score(shop: Shop) -> None:
    bins = shop.call("/api/v1/measures/nps/distribution?where=brand+is+empty").json["bins"]
    assert {one["low"] for one in bins} <= set(range(11))
    figures = shop.call(FIGURES).json["figures"]
    assert sum(one["n"] for one in bins) == sum(one["n"] for one in figures)
    assert shop.call("/api/v1/measures/volume/distribution").json == {"bins": []}


def test_what_changed_by_more_than_chance_is_told_with_both_figures(shop: Shop) -> None:
    told = shop.call("/api/v1/changes?days=200").json
    assert told["compared"] > 0
    for one in told["changes"]:
        assert one["by"] == pytest.approx(one["now"]["value"] - one["before"]["value"])
    assert shop.call("/api/v1/changes?to=0001-01-05").status == 422
    hidden = "/api/v1/changes?where=customer+%3D+C-000008"
    assert shop.call(hidden, role="employee").status == 422
