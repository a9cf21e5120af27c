"""The room as a Django app."""

from django.apps import AppConfig


class ListeningConfig(AppConfig):
    """How interactions come in."""

    name = "rapport.listening"
    label = "listening"
    verbose_name = "Listening"
