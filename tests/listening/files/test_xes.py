"""XES logs: a row per event, the short cut through them, and what is refused."""

import gzip
from pathlib import Path

import pyarrow.compute as pc
import pytest

from rapport.kernel.errors import InputError
from rapport.listening.files import limits, open_rows
from rapport.listening.files.xes_shapes import Shapes

from .conftest import Write
from .reading import read, records

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n'
EVENT = '<event>\n<string key="who" value="{}"/>\n<int key="n" value="{}"/>\n</event>\n'


def log(*events: str, head: str = HEAD, trace: str = '<string key="id" value="c1"/>\n') -> str:
    return head + "<trace>\n" + trace + "".join(events) + "</trace>\n</log>\n"


def ana_and_ben() -> list[str]:
    return [EVENT.format("Ana", 1), EVENT.format("Ben", 2)]


@pytest.mark.parametrize(
    ("path", "cases", "events", "activities"),
    [
        ("bpic2012_loans/bpic2012.xes.gz", 13_087, 262_200, 24),
        ("helpdesk_log/helpdesk.xes.gz", 4_580, 21_348, 14),
        ("bpic2013_incidents/bpic2013_incidents.xes.gz", 7_554, 65_533, 4),
        ("running_example/running-example.xes", 6, 42, 8),
    ],
)
def test_public_logs_have_their_published_counts(
    shared: Path, path: str, cases: int, events: int, activities: int
) -> None:
    counted, seen, names = 0, set(), set()
    for chunk in open_rows(shared / "data" / path).chunks():
        assert chunk.refused == ()
        counted += chunk.table.num_rows
        seen |= set(pc.unique(chunk.table["case:concept:name"]).to_pylist())
        names |= set(pc.unique(chunk.table["concept:name"]).to_pylist())
    assert (len(seen), counted, len(names)) == (cases, events, activities)


def test_the_short_cut_reads_what_the_parser_reads(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shared / "data" / "helpdesk_log" / "helpdesk.xes.gz"
    short = [(chunk.table, chunk.lines) for chunk in open_rows(path).chunks()]
    monkeypatch.setattr(Shapes, "fit", lambda *_: None)
    assert [(chunk.table, chunk.lines) for chunk in open_rows(path).chunks()] == short


def test_the_short_cut_goes_on_over_ends_of_traces_and_events_of_other_shapes(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, no_name = (
        '<event><string key="who" value="Ana"/>\n</event>\n',
        '<event><int key="n" value="1"/></event>',
    )
    empty = '<event><int key="n" value="2"/><string key="who" value=""/></event>'
    trace = '\n</trace>\n\n<trace><string key="id" value="c2"/><float key="x" value="1"/>\n'
    path = write(log(ana, no_name, trace, ana, trace.replace("c2", "c3"), empty, ana), "a.xes")
    short = [*open_rows(path).chunks()]
    rows = records(open_rows(path))
    assert [(row["case:id"], row.get("who"), row.get("n")) for row in rows] == [
        ("c1", "Ana", None),
        ("c1", None, "1"),
        ("c2", "Ana", None),
        ("c3", None, "2"),
        ("c3", "Ana", None),
    ]
    monkeypatch.setattr(Shapes, "fit", lambda *_: None)
    assert [(c.table, c.lines) for c in open_rows(path).chunks()] == [
        (c.table, c.lines) for c in short
    ]


def test_an_event_comes_with_its_line_and_the_attributes_of_its_trace(write: Write) -> None:
    rows = open_rows(write(log(*ana_and_ben()), "a.xes"))
    assert (rows.format, rows.columns) == ("xes", ("case:id", "who", "n"))
    assert read(rows) == ([(5, "c1", "Ana", "1"), (9, "c1", "Ben", "2")], [])


def test_attributes_of_a_trace_may_follow_its_events(write: Write) -> None:
    text = log(*ana_and_ben(), trace="").replace("</trace>", '<string key="id" value="9"/></trace>')
    assert {row["case:id"] for row in records(open_rows(write(text, "a.xes")))} == {"9"}


def test_defaults_classifiers_and_inner_attributes_are_no_columns(write: Write) -> None:
    head = (
        HEAD
        + '<global scope="event"><string key="zzz" value="x"/></global>'
        + '<classifier name="n" keys="k"/><string key="log" value="x"/>'
    )
    inner = '<event><string key="a" value="1"><int key="b" value="2"/></string></event>'
    rows = open_rows(write(log(inner, *ana_and_ben(), head=head), "a.xes"))
    assert [set(row) for row in records(rows)] == [{"case:id", "a", "who", "n"}] * 3
    assert rows.notes == ("1 attributes inside attributes were left out",)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("R&amp;D", "R&D"), ("&#90;o&#235;", "Zoë"), ("a\nb", "a b"), ("Zoë 你", "Zoë 你")],
)
def test_values_are_read_as_xml_means_them(write: Write, written: str, meant: str) -> None:
    rows = open_rows(write(log(*ana_and_ben(), EVENT.format(written, 3)), "a.xes"))
    assert [row["who"] for row in records(rows)] == ["Ana", "Ben", meant]


@pytest.mark.parametrize(
    "hidden",
    [f"<!-- {EVENT} -->", f"<![CDATA[{EVENT}]]>", f"<?pi {EVENT}?>", "<!-- " + EVENT * 3 + "-->"],
)
def test_events_in_comments_are_none(write: Write, hidden: str) -> None:
    events = [EVENT.format("Ana", 1), hidden, EVENT.format("Ben", 2), hidden]
    rows = records(open_rows(write(log(*events), "a.xes")))
    assert [row["who"] for row in rows] == ["Ana", "Ben"]


def test_names_with_a_prefix_are_understood(write: Write) -> None:
    text = log(*ana_and_ben()).replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    text = text.replace("<x:?xml", "<?xml").replace("<x:log", '<x:log xmlns:x="http://x"')
    assert len(records(open_rows(write(text, "a.xes")))) == 2


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8-sig"])
def test_other_encodings_are_read(write: Write, encoding: str) -> None:
    text = log(EVENT.format("Müller", 1)).replace('"UTF-8"', f'"{encoding.replace("-sig", "")}"')
    rows = open_rows(write(text.encode(encoding), "a.xes"))
    assert records(rows)[0]["who"] == "Müller"


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE log SYSTEM "file:///etc/passwd">',
    ],
)
def test_a_log_with_entities_is_refused(write: Write, declared: str) -> None:
    text = log(EVENT.format("&b;", 1)).replace("<log", declared + "<log")
    with pytest.raises(InputError, match="document type or entities is refused"):
        open_rows(write(text, "a.xes"))


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("<event><string></event>", 13),
        ('<event><string key="who" value="a<b"/></event>', 13),
        ("<event>" * 200, 13),
        ("\n<event>\n<string", 15),
        ("</trace></log>more", 13),
    ],
)
def test_a_log_that_breaks_off_keeps_the_events_before(
    write: Write, broken: str, line: int
) -> None:
    text = log(*ana_and_ben()).partition("</trace>")[0] + broken
    good, refused = read(open_rows(write(text, "a.xes")))
    assert [row[2] for row in good] == ["Ana", "Ben"]
    assert [(each.line, each.reason) for each in refused] == [(line, "malformed")]


def test_bytes_that_are_no_text_end_the_log_there(write: Write) -> None:
    text = log(*ana_and_ben(), EVENT.format("M?ller", 3)).encode().replace(b"?ller", b"\xfcller")
    good, refused = read(open_rows(write(text, "a.xes")))
    assert [row[2] for row in good[:2]] == ["Ana", "Ben"]
    assert (refused[0].line, "not well-formed" in refused[0].got) == (14, True)


def test_a_packed_log_that_breaks_off_keeps_the_events_before(write: Write) -> None:
    text = log(*(EVENT.format(n * 7919 % 10_007, n) for n in range(20_000))).encode()
    packed = gzip.compress(text)
    good, refused = read(open_rows(write(packed[: len(packed) // 2], "a.xes.gz")))
    assert 1_000 < len(good) < 19_000
    assert "break off" in refused[0].got


@pytest.mark.parametrize(
    "text", ["<?xml version='1.0'?><pnml/>", "<log><trace>", "<log", '<log><trace a="1" a="2"/>']
)
def test_what_is_no_log_is_an_error(write: Write, text: str) -> None:
    with pytest.raises(InputError, match="cannot be read as XES"):
        open_rows(write(text, "a.xes"))


def test_a_log_without_events_has_no_rows(write: Write) -> None:
    rows = open_rows(write(log(), "a.xes"))
    assert (rows.columns, read(rows)) == ((), ([], []))


def test_chunks_end_with_a_trace_or_within_a_long_one(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BLOCK_BYTES", 400)
    one = "<trace>" + EVENT.format("x", 1) * 30 + "</trace>"
    rows = open_rows(write(HEAD + one * 4 + "</log>", "a.xes"), chunk_rows=10)
    sizes = [chunk.table.num_rows for chunk in rows.chunks()]
    assert (sum(sizes), max(sizes)) == (120, 10)
