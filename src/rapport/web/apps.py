"""The room as a Django app: template tags and templates are found by it; it keeps no tables."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WebConfig(AppConfig):
    """Pages, addresses, commands."""

    name = "rapport.web"
    label = "web"
    verbose_name = "Web"

    def ready(self) -> None:
        """Let the framework write no permissions of its own: roles are told in office."""
        post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
