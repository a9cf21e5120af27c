"""One module for each family of pages. It is found by its name: adding one edits nothing central.

A module holds its views, each marked with what one must be allowed to see it (`access.allowed`),
its `urlpatterns`, and `NAVIGATION`: what it adds to the rail, none where it is not there.
`TABS` are pages that share a line of the rail: those of the group "settings" stand under Settings.
"""

from rapport.web import keyed

__all__ = ["keyed"]  # registers `<key:...>` before any module writes an address with it
