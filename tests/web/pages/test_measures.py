"""The pages of measures: figure, trend, split, distribution, rows, notes, downloads."""

import io
import re
import xml.etree.ElementTree as ET

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from rapport.ledger.api import open_ledger
from rapport.measures.api import all_measures, compute
from tests.web.served import get, get_bytes, post

NPS = "/measure/measures/nps"
SPAN = "from=2025-11-01&to=2026-10-31"


def test_every_measure_has_its_page(served_demo):
    _, _, body = get(served_demo.address + "/measure/measures")
    assert set(re.findall(r'href="/measure/measures/(\w+)"', body)) == set(all_measures())


@pytest.mark.parametrize("name", all_measures())
def test_a_page_of_a_measure_answers_whole(served_demo, name):
    status, _, body = get(f"{served_demo.address}/measure/measures/{name}?whole=1&period=all")
    assert status == 200
    assert all_measures()[name].source.split()[0] in body


def test_the_figure_is_the_one_that_is_computed(served_demo, demo_home):
    with open_ledger(demo_home).read() as snapshot:
        found = compute(snapshot, "nps", first_day="2025-11-01", last_day="2026-10-31")
    [ours] = [f for f in found if f.programme == "relational" and not f.by.get("brand")]
    _, _, body = get(f"{served_demo.address}{NPS}?{SPAN}&programme=relational")
    assert f'<span class="value">{round(ours.value or 0):+d}</span>' in body
    assert f"n {ours.n:,}" in body


def test_the_trend_is_drawn_with_marks_that_say_their_figure(served_demo):
    _, _, body = get(f"{served_demo.address}{NPS}?{SPAN}&every=quarter")
    drawn = body[body.index('<svg xmlns="http://www.w3.org/2000/svg"') :]
    chart = ET.fromstring(drawn[: drawn.index("</svg>") + 6])
    told = [mark.get("aria-label") or "" for mark in chart.iter() if mark.get("aria-label")]
    assert sum("2026-Q" in one and "n " in one for one in told) >= 3
    assert "vega.github.io" not in body


def test_groups_come_highest_first_and_too_few_last(served_demo):
    _, _, body = get(
        f"{served_demo.address}/measure/measures/volume/split?{SPAN}&by=unit&set.minimum_n=60"
    )
    rows = re.findall(r"<tr><th.*?</th><td>(.*?)</td>", body)
    values = [int(one.replace(",", "")) for one in rows if "few" not in one]
    assert values == sorted(values, reverse=True)
    assert "too few" in rows
    assert rows.index("too few") == len(values)


def test_a_field_that_is_not_there_says_which_are(served_demo):
    _, _, body = get(f"{served_demo.address}{NPS}/split?{SPAN}&by=colour")
    assert "There is no field colour" in body
    assert "channel" in body


def test_answers_are_laid_out_by_score(served_demo, demo_home):
    _, _, body = get(f"{served_demo.address}{NPS}/distribution?{SPAN}&programme=relational")
    with open_ledger(demo_home).read() as snapshot:
        found = compute(
            snapshot, "nps", first_day="2025-11-01", last_day="2026-10-31",
            where=["programme = relational", "brand is empty"],
        )  # fmt: skip
    counts = [int(n.replace(",", "")) for n in re.findall(r'scope="row">\d+</th><td>(.*?)<', body)]
    assert sum(counts) == found[0].n


def test_figures_can_be_taken_along(served_demo):
    address = f"{served_demo.address}{NPS}/download?{SPAN}&every=quarter&by=channel&as="
    status, headers, text = get(address + "csv")
    table = pyarrow.csv.read_csv(io.BytesIO(text.encode()))
    assert (status, table.num_rows > 1) == (200, True)
    assert {"value", "low", "high", "n", "definition"} <= set(table.column_names)
    assert "attachment" in headers["content-disposition"]
    assert get(address + "svg")[2].startswith("<svg")
    assert get(address + "nothing")[0] == 404


def test_parquet_and_picture_are_what_they_say(served_demo):
    address = f"{served_demo.address}{NPS}/download?{SPAN}&every=quarter&as="
    table = pq.read_table(io.BytesIO(get_bytes(address + "parquet")))
    assert table.num_rows > 1
    assert get_bytes(address + "png").startswith(b"\x89PNG")


def test_rows_stand_behind_a_point(served_demo):
    _, _, body = get(f"{served_demo.address}{NPS}/rows?{SPAN}")
    assert body.count("<tr>") > 20
    assert get(f"{served_demo.address}{NPS}/rows?{SPAN}", "employee")[0] == 404


def test_a_note_is_seen_on_the_line_and_can_be_taken_away(served_demo):
    page = f"{served_demo.address}{NPS}"
    status, _, body = post(
        f"{page}/notes", {"day": "2026-03-02", "text": "New <b>carrier</b>", "query": SPAN}
    )
    assert (status, "New &lt;b&gt;carrier&lt;/b&gt;" in body) == (200, True)
    [number] = re.findall(r"notes/(\d+)/remove", body)
    _, _, body = post(f"{page}/notes/{number}/remove", {"query": SPAN})
    assert "carrier" not in body
    assert "The note is gone" in body


def test_a_measure_that_is_not_there_is_not_found(served_demo):
    assert get(served_demo.address + "/measure/measures/nothing")[0] == 404


@pytest.mark.parametrize("query", ["period=7y", "from=yesterday", "every=hour", "set.color=red"])
def test_what_cannot_be_asked_is_told(served_demo, query):
    status, _, body = get(f"{served_demo.address}{NPS}?{query}")
    assert status == 400
    assert "That did not work" in body


def test_who_sees_figures_only_sees_no_way_to_rows_and_notes(served_demo):
    status, _, body = get(f"{served_demo.address}{NPS}?{SPAN}", "employee")
    assert status == 200
    assert "Rows behind" not in body
    assert "Add the note" not in body
