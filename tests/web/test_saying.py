"""What the rooms below say in English comes to a German reader in German."""

import re
from html.parser import HTMLParser

import pytest
from django.utils.translation import override

from rapport.kernel.errors import InputError, NotFoundError, RapportError
from rapport.measures.api import named
from rapport.web.saying import counted, said, said_all, said_error
from tests.web.served import Served, get
from tests.web.test_every_page import found_pages
from tests.web.test_language import entries

PLACE = re.compile(r"\{(\w+)\}")
# Written for who develops or programs, in English only.
IN_ENGLISH = re.compile(r"/styleguide|/api")


def error_of(action, *given: str) -> RapportError:
    with pytest.raises(RapportError) as found:
        action(*given)
    return found.value


def sayings() -> dict[str, str]:
    """Sentences with something filled in, and what they are in German."""
    return {
        one.id: one.string
        for one in entries("de")
        if isinstance(one.id, str) and isinstance(one.string, str) and PLACE.search(one.id)
    }


def _filled(place: re.Match[str]) -> str:
    return str(len(place[1]))


@override("de")
def test_each_sentence_is_recognised_with_what_is_filled_in() -> None:
    assert len(sayings()) > 200
    unlike = {
        source: said(PLACE.sub(_filled, source))
        for source, german in sayings().items()
        if said(PLACE.sub(_filled, source)) != PLACE.sub(_filled, german)
    }
    assert unlike == {}


def test_a_translation_fills_in_the_same_places() -> None:
    unlike = {
        source: german
        for source, german in sayings().items()
        if sorted(PLACE.findall(source)) != sorted(PLACE.findall(german))
    }
    assert unlike == {}


@override("de")
def test_an_error_says_all_its_parts_in_german() -> None:
    told = said_error(error_of(named, "npss"))
    assert told == "Eine Kennzahl 'npss' gibt es nicht. Meinten Sie nps?"
    assert said("Did you mean csat or csat_mean?") == "Meinten Sie csat oder csat_mean?"
    told = said_error(InputError("A segment needs a name", got="", expected="1 to 100 characters"))
    assert told == "Ein Segment braucht einen Namen. Erhalten: . Erwartet: 1 bis 100 Zeichen."


def test_an_error_is_as_it_was_in_english() -> None:
    error = error_of(named, "npss")
    with override("en"):
        assert said_error(error) == str(error)


@override("de")
def test_several_sentences_are_told_one_by_one() -> None:
    note = "Too few answers to say (7 of 30). Not answered and left out: 3."
    german = (
        "Zu wenige Antworten für eine Aussage (7 von 30). Nicht beantwortet und weggelassen: 3."
    )
    assert said_all(note) == german
    kept = str(NotFoundError("There is no file a.csv", got="a.csv", hint="Send it again."))
    assert said_all(kept).startswith("Eine Datei a.csv gibt es nicht. Erhalten: a.csv. Senden Sie")


@override("de")
def test_of_two_sentences_that_fit_the_one_that_says_more_is_told() -> None:
    assert said("numbers from 0 to 10, the name says nps") == (
        "Zahlen von 0 bis 10, der Name sagt nps"
    )
    assert said("Ort: AMBIGUOUS: day and month first fit both; make sure.") == (
        "Ort: MEHRDEUTIG: Tag zuerst und Monat zuerst passen beide; bitte prüfen."
    )


@override("de")
@pytest.mark.parametrize(
    "text", ["", "The answer", "<b>{name}</b>", "{name}", "\x00", "Ω≈ç√", "%s", "a is {x} (b"]
)
def test_what_is_nobodys_sentence_stays_as_it_is(text: str) -> None:
    assert said(text) == text
    assert counted(text) == text


@override("de")
def test_what_somebody_wrote_is_not_taken_for_a_sentence() -> None:
    assert counted("Monday") == "Monday"
    assert counted("the shop is empty") == "the shop is empty"
    assert counted("12,345 characters") == "12.345 Zeichen"


@pytest.mark.parametrize(
    ("address", "german"),
    [
        ("/measure/overview?period=never", "Einen solchen Zeitraum gibt es nicht"),
        ("/measure/overview?from=2026-02-30", "Das ist"),
        ("/measure/overview?where=chanel+%3D+web", "Meinten Sie"),
        ("/measure/measures/nps?every=second", "gibt es nicht"),
        ("/measure/measures/nps?set.minimum_n=x", "Der Parameter minimum_n kann nicht"),
        ("/measure/sql?q=DROP+TABLE+x", "Nur SELECT wird beantwortet"),
        ("/settings/audit?from=yesterday", "Das ist kein Tag"),
        ("/settings/audit?who=%00", "Keine Zeile des Prüfprotokolls enthält ein NUL"),
    ],
)
def test_what_cannot_be_used_is_said_in_german(
    served_demo: Served, address: str, german: str
) -> None:
    _, _, body = get(served_demo.address + address, language="de")
    assert german in body


class Texts(HTMLParser):
    """The visible texts of a page that are ours: not people's own words, nor code."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.found, self._left_out = set[str](), list[str]()
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found |= {given.get(name) or "" for name in ("aria-label", "placeholder", "title")}
        if self._left_out:
            self._left_out += [tag] * (tag == self._left_out[0])
        elif tag in ("script", "style", "code", "pre", "bdi") or given.get("dir") == "auto":
            self._left_out.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._left_out and tag == self._left_out[0]:
            self._left_out.pop()

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self.found.add(" ".join(data.split()))


@override("de")
def is_said(text: str) -> bool:
    return " " in text and said_all(text) != text


def test_no_page_says_in_english_what_there_is_in_german(served_demo: Served) -> None:
    # A single word may be a key or a name too, such as the channel "post".
    known = {one.id: one.string for one in entries("de") if isinstance(one.id, str)}
    foreign = {text for text, german in known.items() if " " in text and german != text}
    pages = [one for one in found_pages(served_demo.address) if not IN_ENGLISH.search(one)]
    assert len(pages) > 12
    left = {}
    for path in pages:
        _, _, body = get(served_demo.address + path, language="de")
        texts = Texts(body).found
        left[path] = {one for one in texts if one in foreign or is_said(one)}
    assert {path: texts for path, texts in left.items() if texts} == {}
