"""Imports: what came in by files, bringing a file, and undoing."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from rapport.web.pages.imports.bringing import bring, progress, upload_page
from rapport.web.pages.imports.history import history, one_import, rejected_rows, undo
from rapport.web.shell import Entry

urlpatterns = [
    path("listen/imports", history, name="imports"),
    path("listen/imports/new", bring, name="bring"),
    path("listen/imports/new/<int:number>", upload_page, name="upload"),
    path("listen/imports/new/<int:number>/progress", progress, name="upload-progress"),
    path("listen/imports/<int:number>", one_import, name="import"),
    path("listen/imports/<int:number>/undo", undo, name="undo-import"),
    path("listen/imports/<int:number>/rejected.csv", rejected_rows, name="rejected-rows"),
]
NAVIGATION = [Entry("listen", 100, _("Imports"), "/listen/imports", "see_imports")]
