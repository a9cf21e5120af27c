"""The room as a Django app."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """What people may ask of us about their data."""

    name = "rapport.privacy"
    label = "privacy"
    verbose_name = "Privacy"
