"""The room as a Django app: template tags and templates are found by it; it keeps no tables."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, addresses, commands."""

    name = "rapport.web"
    label = "web"
    verbose_name = "Web"
