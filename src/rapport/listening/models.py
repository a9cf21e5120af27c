"""The tables of listening."""

# Fields have types through the plugin of django-stubs only.
# mypy: disable-error-code="var-annotated"

from typing import ClassVar

from django.db import models

_NAME_LENGTH = 255


class TrackingKey(models.Model):
    """A key by which a system of ours sends events; it names the source of its interactions.

    Only a hash of the key is kept: it is shown once, when it is made.
    """

    PERSONAL: ClassVar[dict[str, str]] = {}
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("name", "digest", "made_at", "revoked_at")

    name = models.CharField(primary_key=True, max_length=_NAME_LENGTH)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
