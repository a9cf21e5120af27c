"""Explore: the ledger as a table, counted by any field, taken along as a file."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from rapport.web.pages.explore.table import download, explore
from rapport.web.shell import Entry

urlpatterns = [
    path("measure/explore", explore, name="explore"),
    path("measure/explore/download", download, name="explore-download"),
]
NAVIGATION = [
    Entry("measure", 230, _("Explore"), "/measure/explore", "see_interactions"),
]
