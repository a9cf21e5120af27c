"""The pages of customers, as people of several roles see them."""

import re
from io import BytesIO
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen
from zipfile import ZipFile

import pytest

from tests.web.served import Served, cookies, get, post

WHO = "C-000008"


def test_a_customer_is_found_by_the_beginning_of_a_key(served_demo: Served) -> None:
    status, _, body = get(f"{served_demo.address}/know/customers?q=C-00000")
    assert status == 200
    assert f'href="/know/customers/{WHO}"' in body


def test_the_palette_leads_to_a_customer(served_demo: Served) -> None:
    assert f'href="/know/customers/{WHO}"' in get(f"{served_demo.address}/find?q={WHO}")[2]


def test_without_customers_the_page_says_what_to_do(served_empty: Served) -> None:
    assert "Import a file" in get(f"{served_empty.address}/know/customers")[2]


def test_the_timeline_tells_what_happened_and_filters_it(served_demo: Served) -> None:
    address = f"{served_demo.address}/know/customers/{WHO}"
    everything, orders = get(address)[2], get(f"{address}?kind=order.completed")[2]
    assert len(re.findall('class="line-of"', everything)) > 50
    shown = set(re.findall('class="what">([^<]+)<', orders))
    assert shown == {"Order"}
    assert "Nothing of that kind happened" in get(f"{address}?text={quote('qqq~')}")[2]


def test_pages_of_a_timeline_neither_repeat_nor_miss(served_demo: Served) -> None:
    address = f"{served_demo.address}/know/customers/{WHO}"
    seen, query = [], ""
    for _ in range(5):
        body = get(address + query)[2]
        seen += re.findall('id="i([0-9a-f]{32})"', body)
        more = re.search(r'href="(\?before=[^"]+)"', body)
        if more is None:
            break
        query = more[1]
    told = int(re.search(r"(\d+) interactions in all", body)[1])  # type: ignore[index]
    assert len(seen) == len(set(seen)) == told


@pytest.mark.parametrize("role", ["employee"])
def test_who_may_not_see_customers_finds_no_page(served_demo: Served, role: str) -> None:
    for path in ("/know/customers", f"/know/customers/{WHO}", f"/know/merge?kept={WHO}"):
        assert get(served_demo.address + path, role)[0] == 404


def test_an_analyst_is_offered_nothing_that_they_may_not_do(served_demo: Served) -> None:
    body = get(f"{served_demo.address}/know/customers/{WHO}", "analyst")[2]
    assert "Merge" not in body
    assert "Erase" not in body


@pytest.mark.parametrize("name", ["nobody", "'; --", "<b>", "名前", "%00", "a/b", "..%2F..%2Fetc"])
def test_a_name_that_nobody_has_is_not_found(served_demo: Served, name: str) -> None:
    assert get(f"{served_demo.address}/know/customers/{quote(name, safe='%')}")[0] in (400, 404)


@pytest.mark.parametrize("before", ["x", "1-zz", "9" * 40 + "-00", "-"])
def test_a_place_that_is_none_is_told(served_demo: Served, before: str) -> None:
    status, _, body = get(f"{served_demo.address}/know/customers/{WHO}?before={before}")
    assert status == 400
    assert "This is no place in a timeline" in body


def test_a_merge_shows_beforehand_what_would_change(served_demo: Served) -> None:
    body = get(f"{served_demo.address}/know/merge?kept={WHO}&merged=C-000001")[2]
    assert "Are they one customer?" in body
    counts = [
        int(n)
        for n in re.search(r"Interactions</th><td>(\d+)</td><td>(\d+)</td><td>(\d+)", body).groups()
    ]  # type: ignore[union-attr]
    assert counts[0] + counts[1] == counts[2]
    same = get(f"{served_demo.address}/know/merge?kept={WHO}&merged={WHO}")[2]
    assert "These are one customer already" in same


def test_a_split_of_somebody_elses_merge_is_refused(served_demo: Served) -> None:
    get(f"{served_demo.address}/know/customers/{WHO}")
    fields = {"customer": WHO, "merge": "1"}
    assert post(f"{served_demo.address}/know/split", fields)[0] == 400


def test_an_agent_hands_no_copy_out(served_demo: Served) -> None:
    get(f"{served_demo.address}/know/customers/{WHO}")
    fields = {"customer": WHO}
    request = post(f"{served_demo.address}/know/privacy/export", fields, "agent")
    assert request[0] == 404


def test_a_copy_of_a_person_comes_as_a_zip(served_demo: Served) -> None:
    held = {one["name"]: one["value"] for one in cookies(served_demo.address, "owner")}
    fields = {"customer": WHO, "csrfmiddlewaretoken": held["rapport_csrf"]}
    request = Request(f"{served_demo.address}/know/privacy/export", urlencode(fields).encode())
    request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in held.items()))
    with urlopen(request, timeout=60) as answer, ZipFile(BytesIO(answer.read())) as pack:
        assert WHO in pack.read("interactions-1.jsonl").decode()
        assert WHO not in answer.headers["Content-Disposition"]


def test_the_privacy_page_begins_with_what_to_do(served_empty: Served) -> None:
    assert "Nobody has asked to be forgotten" in get(f"{served_empty.address}/know/privacy")[2]


def test_an_erasure_without_a_reason_is_not_asked_for(served_demo: Served) -> None:
    address = f"{served_demo.address}/know/privacy/ask?customer={WHO}"
    get(address)
    assert "This field is required" in post(address, {"how": "anonymise"})[2]


def test_an_agent_of_one_unit_sees_its_interactions_only(served_demo: Served) -> None:
    who, address = "agent of one unit", f"{served_demo.address}/know/customers"
    theirs = _listed(get(address, who)[2])
    assert theirs
    counts = [_interactions(get(f"{address}/{theirs[0]}", role)[2]) for role in (who, "owner")]
    assert 0 < counts[0] < counts[1]
    hidden = next(key for key in _listed(get(address)[2]) if not _found(address, key, who))
    assert get(f"{address}/{hidden}", who)[0] == 404
    assert get(f"{address}/{hidden}")[0] == 200


def _listed(body: str) -> list[str]:
    return re.findall(r'href="/know/customers/([^"]+)"', body)


def _found(address: str, key: str, role: str) -> list[str]:
    return _listed(get(f"{address}?q={key}", role)[2])


def _interactions(body: str) -> int:
    told = re.search(r"(\d+) interactions? in all", body)
    assert told is not None
    return int(told[1])
