"""People are everywhere, are erased, and every byte is searched for them."""

from .proving import figures, proved


def test_nobody_is_found_who_was_erased() -> None:
    report = figures(proved("erase"))
    assert report["hits after the erasure"] == "0"
    assert report["hits in a restored backup"] == "0"
