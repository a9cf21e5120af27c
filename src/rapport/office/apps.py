"""The room as a Django app."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Our own organisation."""

    name = "rapport.office"
    label = "office"
    verbose_name = "Office"
