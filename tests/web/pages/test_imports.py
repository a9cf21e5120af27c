"""Imports as people do them: a file is brought, looked at, tried, imported, mended, undone."""

import http.client
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from rapport.ledger.api import create_ledger
from tests.web.people import add_people
from tests.web.served import Served, cookies, get, post, serve
from tests.web.test_accessibility import opened

ORDERS = (
    "order,paid,customer,total_eur\n"
    + "".join(f"A{n},2025-03-01T10:{n:02d},c{n},{n}.50\n" for n in range(59))
    + "A99,never,c9,7\n"
)
MENDED = "order,paid,customer,total_eur\nA99,2025-03-30T10:00,c9,7\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("imports") / "store"
    create_ledger(home).close()
    add_people(home)
    return home


@pytest.fixture(scope="module")
def served(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = serve(home, tmp_path_factory.mktemp("served") / "log")
    yield running
    running.stop()


def send_file(
    served: Served,
    name: str,
    content: bytes,
    *,
    cut: int = 0,
    role: str = "analyst",
    like: str = "",
) -> tuple[int, str, str]:
    """Status, place and body after a file was brought as a form does, less `cut` bytes of it."""
    edge = uuid.uuid4().hex
    jar = {cookie["name"]: cookie["value"] for cookie in cookies(served.address, role)}
    fields = [
        ('name="csrfmiddlewaretoken"', jar["rapport_csrf"].encode()),
        (f'name="file"; filename="{name}"\r\nContent-Type: text/csv', content),
        ('name="whole"', b"yes"),
    ]
    body = b"".join(
        f"--{edge}\r\nContent-Disposition: form-data; {what}\r\n\r\n".encode() + value + b"\r\n"
        for what, value in fields
    )
    body = body + f"--{edge}--\r\n".encode()
    body = body[: len(body) - cut]
    connection = http.client.HTTPConnection(served.address.removeprefix("http://"), timeout=60)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={edge}",
        "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
        "Referer": served.address,
    }
    connection.request("POST", f"/listen/imports/new{like}", body, headers)
    answer = connection.getresponse()
    return answer.status, answer.headers.get("Location", ""), answer.read().decode()


def waiting(home: Path) -> list[Path]:
    return [path for path in (home / "uploads").rglob("*") if path.is_file()]


def test_a_whole_import_in_the_browser(browser, served, home, tmp_path):
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, "utf-8")
    page, complaints = opened(browser, served.address + "/listen/imports/new", "light", 320)
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("cell", name="order.completed").first.wait_for()
    assert page.get_by_role("combobox", name="Column").first.is_visible()
    page.locator("#column-thread").select_option("")
    page.locator("#value-channel").evaluate("field => field.closest('details').open = true")
    page.locator("#value-channel").fill("web")
    page.get_by_role("button", name="Read it like this").first.click()
    page.get_by_role("cell", name="web").first.wait_for()
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Try the whole file first").click()
    page.wait_for_selector("#tried")
    assert page.locator(".balance dd").all_text_contents() == ["60", "59", "0", "1"]
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_selector("#facts")
    assert page.locator(".balance dd").all_text_contents() == ["60", "59", "0", "1"]
    assert page.get_by_role("cell", name="never").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert Axe().run(page).response["violations"] == []
    assert complaints == []
    assert waiting(home) == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1440, "dark")])
def test_axe_finds_nothing_on_the_pages_of_imports(browser, served, scheme, width):
    _, place, _ = send_file(served, "axe.csv", ORDERS.encode(), role="owner")
    for path in ("/listen/imports", place):
        page, complaints = opened(browser, served.address + path, scheme, width)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert Axe().run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert complaints == []
    post(served.address + place, {"do": "drop"}, "owner")


def test_an_upload_that_breaks_off_leaves_nothing(served, home):
    before = waiting(home)
    status, _, body = send_file(served, "cut.csv", ORDERS.encode(), cut=300)
    assert status == 400
    assert "did not arrive whole" in body
    assert waiting(home) == before


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.csv", b"", "is empty"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n....", "a picture"),
        ("head.csv", b"a,b\n", "no rows"),
    ],
)
def test_a_file_that_is_no_use_is_told_and_gone(served, home, name, content, told):
    before = waiting(home)
    status, _, body = send_file(served, name, content)
    assert status == 400
    assert told in body
    assert waiting(home) == before


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)<script>.csv", "../../x.csv", "\u202etxt.csv", "🙂.csv", "a" * 400 + ".csv"],
)
def test_any_name_will_do(served, home, name):
    encoded = name.replace('"', "%22").encode().decode("latin-1")
    status, place, _ = send_file(served, encoded, ORDERS.encode())
    assert status == 302
    status, _, body = get(served.address + place, "analyst")
    assert status == 200
    assert "<script>alert" not in body
    post(served.address + place, {"do": "drop"}, "analyst")


def test_nobody_else_sees_a_file_and_who_may_not_import_brings_none(served, home):
    _, place, _ = send_file(served, "mine.csv", ORDERS.encode())
    assert get(served.address + place, "owner")[0] == 404
    assert get(served.address + place, "employee")[0] == 404
    assert get(served.address + place + "/progress", "owner")[0] == 404
    before = waiting(home)
    assert send_file(served, "theirs.csv", ORDERS.encode(), role="agent")[0] == 404
    assert waiting(home) == before
    post(served.address + place, {"do": "drop"}, "analyst")


def test_who_edits_what_was_changed_meanwhile_is_told_and_loses_nothing(served):
    _, place, _ = send_file(served, "twice.csv", ORDERS.encode())
    mine = 'source = "mine"\n# my words\n'
    status, _, body = post(
        served.address + place, {"do": "write", "was": "older", "mapping": mine}, "analyst"
    )
    assert status == 409
    assert "another window" in body
    assert "# my words" in body
    post(served.address + place, {"do": "drop"}, "analyst")


def test_rejected_rows_are_downloaded_mended_and_undone(served):
    listed = get(served.address + "/listen/imports", "analyst")[2]
    number = re.search(r'href="/listen/imports/(\d+)"', listed)
    assert number is not None, "the import of the first test"
    address = f"{served.address}/listen/imports/{number[1]}"
    status, headers, body = get(address + "/rejected.csv", "analyst")
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert body.splitlines()[0].startswith("order,paid,customer,total_eur,rapport_line")
    assert "never" in body
    _, place, _ = send_file(served, "mended.csv", MENDED.encode(), like=f"?like={number[1]}")
    assert "chosen by hand" in get(served.address + place, "analyst")[2]
    post(served.address + place, {"do": "drop"}, "analyst")
    assert get(address + "/undo", "analyst")[0] == 404
    assert "Undo this import?" in get(address + "/undo", "manager")[2]
    assert "Undone: 59 records" in post(address + "/undo", {}, "manager")[2]
    assert "undone before" in post(address + "/undo", {}, "manager")[2]


@pytest.mark.parametrize("path", ["0", "99999999999999999", "new/99999999"])
def test_what_is_not_there_is_not_found(served, path):
    assert get(f"{served.address}/listen/imports/{path}", "owner")[0] == 404


def test_an_empty_history_says_what_to_do_next(served_empty):
    assert "No file was imported yet" in get(served_empty.address + "/listen/imports")[2]
