"""JSON Lines: every value as it is written, every bad line refused alone."""

import pytest

from rapport.kernel.errors import InputError
from rapport.listening.files import FileOptions, limits, open_rows

from .conftest import Write
from .reading import faults, read, records


def test_values_are_kept_as_they_are_written(write: Write) -> None:
    digits = "1" * 400
    path = write(f'{{"a": {digits}, "b": 1.50, "c": true, "d": null, "e": "Zo\\u00eb", "f": ""}}\n')
    rows = open_rows(path)
    assert (rows.format, rows.complete_columns) == ("jsonl", False)
    assert rows.columns == ("a", "b", "c", "d", "e", "f")
    assert read(rows)[0] == [(1, digits, "1.50", "true", None, "Zoë", None)]


def test_one_level_of_objects_gets_dots_and_the_rest_stays_json(write: Write) -> None:
    line = '{"user": {"id": 7, "tags": ["a", 1.0, {"x": null}]}, "list": [], "none": {}}'
    assert records(open_rows(write(line, "a.jsonl"))) == [
        {"user.id": "7", "user.tags": '["a",1.0,{"x":null}]', "list": "[]", "none": "{}"}
    ]


def test_different_keys_make_one_table(write: Write) -> None:
    path = write('{"a": 1}\n\n{"b": 2}\n')
    assert open_rows(path).columns == ("a", "b")
    assert read(open_rows(path))[0] == [(1, "1", None), (3, None, "2")]


@pytest.mark.parametrize(
    ("line", "got", "field"),
    [
        ('{"a": 1, "a": 2}', "the key a twice", "a"),
        ('{"a": {"b": 1, "b": 2}}', "the key b twice", "b"),
        ('{"a": NaN}', "NaN, which is no JSON", None),
        ('{"a": -Infinity}', "-Infinity, which is no JSON", None),
        ("[1, 2]", "[1, 2], which is no object", None),
        ("7", "7, which is no object", None),
        ('{"a": 1', "Expecting ',' delimiter at character 8: ", None),
        ('{"a": 1} x', "Extra data at character 10: x", None),
        ('{"a": "\\ud800"}', r"a: \ud800, which is no text in utf-8", "a"),
        ('{"a": "x\\u0000"}', r"a: x\x00, which is no text in utf-8", "a"),
        ('{"a": "x\ty"}', 'Invalid control character at at character 9: y"}', None),
    ],
)
def test_a_bad_line_is_refused_alone(write: Write, line: str, got: str, field: str | None) -> None:
    good, refused = read(open_rows(write(f'{{"a": 1}}\n{line}\n{{"a": 3}}\n')))
    assert good == [(1, "1"), (3, "3")]
    assert [(each.line, each.got, each.field) for each in refused] == [(2, got, field)]
    assert refused[0].raw == line


@pytest.mark.parametrize("inner", ["[" * 100_000, '{"a":' * 100_000])
def test_a_line_too_deep_is_refused_alone(write: Write, inner: str) -> None:
    good, refused = read(open_rows(write(f'{{"a": 1}}\n{{"a": {inner}\n')))
    assert good == [(1, "1")]
    assert refused[0].got == "objects or lists too deep inside each other"


def test_bytes_that_are_no_text_are_refused_with_their_line(write: Write) -> None:
    path = write('{"a": "Zoë"}\n{"a": "é"}\n'.encode() + b'{"a": "M\xfcller"}\n{"a": "x"}\n')
    good, refused = read(open_rows(path))
    assert [row[1] for row in good] == ["Zoë", "é", "x"]
    assert [(each.line, each.got) for each in refused] == [
        (3, r"a: M\xfcller, which is no text in utf-8")
    ]


def test_a_line_beyond_the_limit_is_refused(write: Write) -> None:
    long = '{"a": "' + "x" * 2 * limits.LINE_BYTES_MAX + '"}'
    good, refused = read(open_rows(write(f'{{"a": 1}}\n{long}\n{{"a": 3}}\n')))
    assert good == [(1, "1"), (3, "3")]
    assert faults(refused) == [(2, "too_long", None)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1}, {"a": 2}]', "jq -c"),
        ('{\n "a": 1\n}\n', "is not JSON Lines"),
        (" \n\n", "only blank lines"),
    ],
)
def test_other_json_says_what_to_do(write: Write, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_rows(write(text, "a.json"), FileOptions(format="jsonl"))


def test_keys_that_differ_in_each_line_are_no_table(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "COLUMNS_MAX", 1_500)
    lines = "".join(f'{{"k{n}": 1}}\n' for n in range(limits.COLUMNS_MAX + 1))
    with pytest.raises(InputError, match="too many columns"):
        read(open_rows(write(lines)))
