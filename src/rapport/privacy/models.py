"""The table of the privacy room."""

# Fields have types through the plugin of django-stubs only, and nobody reads them here: verbs and
# queries work by SQL.
# mypy: disable-error-code="var-annotated"

from typing import ClassVar

from django.db import models

_KEY_LENGTH = 255


class ErasureRequest(models.Model):
    """An erasure that somebody asked for and somebody else has to approve.

    `state` is asked, approved, declined or done. Once the person is gone, `customer` is null and
    `reason` empty; that there was a request stays.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "customer": "who is to be erased; emptied when they are gone",
        "reason": "why, which may tell of the person; emptied when they are gone",
        "asked_by": "opaque id of whoever asked; forgotten when that account is erased",
        "decided_by": "opaque id of whoever decided; forgotten when that account is erased",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = (
        "id",
        "how",
        "state",
        "asked_at",
        "decided_at",
        "due_at",
    )

    id = models.BigAutoField(primary_key=True)
    customer = models.CharField(max_length=2 * _KEY_LENGTH, null=True)
    reason = models.TextField()
    how = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    asked_by = models.CharField(max_length=_KEY_LENGTH)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=_KEY_LENGTH, null=True)
    decided_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(state__in=("asked", "approved")),
                name="privacy_erasure_asked_once",
            )
        ]
