"""Explore: the ledger as a table, counted by any field, taken along as a file."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from rapport.web.pages.explore.saved import keep, remove
from rapport.web.pages.explore.sql import sql_download, sql_page
from rapport.web.pages.explore.table import download, explore
from rapport.web.shell import Entry

urlpatterns = [
    path("measure/explore", explore, name="explore"),
    path("measure/explore/download", download, name="explore-download"),
    path("measure/sql", sql_page, name="sql"),
    path("measure/sql/download", sql_download, name="sql-download"),
    path("measure/explore/views", keep, name="keep-view"),
    path("measure/explore/views/<int:number>/remove", remove, name="remove-view"),
]
NAVIGATION = [
    Entry("measure", 230, _("Explore"), "/measure/explore", "see_interactions"),
    Entry("measure", 240, _("SQL"), "/measure/sql", "query_sql"),
]
