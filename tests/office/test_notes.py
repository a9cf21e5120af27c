"""Notes on the time line."""

import datetime as dt

import pytest

from rapport.kernel.errors import ForbiddenError, InputError, NotFoundError
from rapport.office.api import add_note, latest_lines, notes_of, remove_note

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)


def test_a_note_on_all_measures_is_shown_with_each(ana):
    add_note(DAY, " New  carrier ", actor=ana)
    add_note(DAY, "Scale changed", "csat", actor=ana)
    assert [note.text for note in notes_of("nps")] == ["New carrier"]
    assert [note.text for note in notes_of("csat")] == ["New carrier", "Scale changed"]
    assert notes_of("nps")[0].day == DAY


def test_a_note_that_is_taken_away_is_gone_and_audited(ana):
    number = add_note(DAY, "New carrier", actor=ana)
    remove_note(number, actor=ana)
    assert notes_of("nps") == []
    assert [line.act.verb for line in latest_lines(2)] == ["remove_note", "add_note"]
    with pytest.raises(NotFoundError):
        remove_note(number, actor=ana)


@pytest.mark.parametrize("text", ["", "  ", "x" * 256, "a\x00b"])
def test_a_note_is_a_line_of_text(ana, text):
    with pytest.raises(InputError):
        add_note(DAY, text, actor=ana)


def test_an_agent_writes_no_notes(ben):
    with pytest.raises(ForbiddenError):
        add_note(DAY, "New carrier", actor=ben)
