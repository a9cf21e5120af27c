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


class Upload(models.Model):
    """A file that somebody brought, and what the worker is asked to do with it.

    The file itself lies in the home (`uploads.keeping`); both go after the import, or after a day.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "file": "the name of the file, to be recognised; removed with the file",
        "mapping": "how the file is read; removed with the file",
        "examples": "rows that would be rejected, to mend them; removed with the file",
        "trouble": "what was in the way, in words that may quote the file; removed with the file",
        "actor": "an opaque id of who brought it; removed with the file",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = (
        *("id", "size", "state", "trial", "share", "counts", "import_id"),
        *("made_at", "changed_at"),
    )

    id = models.BigAutoField(primary_key=True)
    file = models.CharField(max_length=_NAME_LENGTH)
    size = models.BigIntegerField()
    mapping = models.TextField()
    actor = models.CharField(max_length=_NAME_LENGTH)
    # Of a closed list, see uploads.keeping.
    state = models.CharField(max_length=12)
    # Whether only a trial is asked for, which stores nothing.
    trial = models.BooleanField(default=False)
    share = models.FloatField(default=0.0)
    counts = models.TextField()
    examples = models.TextField()
    trouble = models.TextField()
    import_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
