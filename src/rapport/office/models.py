"""The tables of the office.

Keys are the organisation's own words for its units and people, and are what interactions carry;
so they are primary keys here too. PERSONAL says of each field that can point to a person why we
keep it and how it is erased; IMPERSONAL lists the others, so that nobody forgets to say which a new
field is.
"""

# Fields have types through the plugin of django-stubs only, and nobody reads them here: verbs and
# queries work on whole sets of rows by SQL.
# mypy: disable-error-code="var-annotated"

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

_KEY_LENGTH = 255


class Unit(models.Model):
    """A business unit; units form a tree."""

    PERSONAL: ClassVar[dict[str, str]] = {}
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("key", "name", "parent")

    key = models.CharField(primary_key=True, max_length=_KEY_LENGTH)
    name = models.CharField(max_length=_KEY_LENGTH)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")


class Employee(models.Model):
    """One of our people; a data subject like a customer."""

    PERSONAL: ClassVar[dict[str, str]] = {
        "key": "tells who took part in an interaction; replaced by a pseudonym on erasure",
        "name": "to greet and to list; emptied on erasure",
        "email": "to reach them about their work; emptied on erasure",
        "role": "what they do; kept, it points to nobody alone",
        "hired": "length of service; emptied on erasure",
        "left": "length of service; emptied on erasure",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("unit",)

    key = models.CharField(primary_key=True, max_length=_KEY_LENGTH)
    name = models.CharField(max_length=_KEY_LENGTH)
    email = models.CharField(max_length=_KEY_LENGTH)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=_KEY_LENGTH)
    hired = models.DateField(null=True)
    left = models.DateField(null=True)


class Touchpoint(models.Model):
    """Where in the experience customers meet us."""

    PERSONAL: ClassVar[dict[str, str]] = {}
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("key", "title", "stage", "channel", "unit")

    key = models.CharField(primary_key=True, max_length=_KEY_LENGTH)
    title = models.CharField(max_length=_KEY_LENGTH)
    stage = models.CharField(max_length=_KEY_LENGTH)
    channel = models.CharField(max_length=_KEY_LENGTH)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")


class _Users(BaseUserManager["User"]):
    """How the framework finds and makes users; people are made by the verbs."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> "User":
        user = self.model(email=email.strip().lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in. The e-mail address is the name they sign in with, in lower case."""

    PERSONAL: ClassVar[dict[str, str]] = {
        "email": "the name they sign in with; replaced by a pseudonym on erasure",
        "name": "to greet and to list; emptied on erasure",
        "password": "a hash that lets them in; made unusable on erasure",
        "last_login": "shows whether an account is in use; emptied on erasure",
        "employee": "ties the account to one of our people; emptied on erasure",
        "language": "in which language they read; emptied on erasure",
        "zone": "in which zone they read times; emptied on erasure",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = (
        *("id", "is_active", "made_at", "scheme", "version", "signed_out"),
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    id = models.BigAutoField(primary_key=True)
    email = models.CharField(max_length=_KEY_LENGTH, unique=True)
    name = models.CharField(max_length=_KEY_LENGTH, blank=True)
    employee = models.ForeignKey(Employee, models.SET_NULL, null=True, related_name="+")
    language = models.CharField(max_length=10, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    # How pages are lit: "" as the machine says, light or dark.
    scheme = models.CharField(max_length=5, blank=True)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(auto_now_add=True)
    # Counts changes by others, so that of two who change the person at once the second is told.
    version = models.IntegerField(default=0)
    # How often they were signed out everywhere; every session knows the number it began with.
    signed_out = models.IntegerField(default=0)

    objects = _Users()

    def get_session_auth_hash(self) -> str:
        """What a session must know to go on: it ends with the password, and with `signed_out`."""
        return f"{super().get_session_auth_hash()}{self.signed_out}"


class Grant(models.Model):
    """A role that a user has, in one unit and those below it, or everywhere (no unit)."""

    PERSONAL: ClassVar[dict[str, str]] = {
        "user": "who may do something; the row is removed with the account",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("id", "role", "unit")

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    role = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "role", "unit"], name="office_grant_once"),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(unit__isnull=True),
                name="office_grant_everywhere_once",
            ),
        ]


class Note(models.Model):
    """What happened on a day that one should know when one reads a trend."""

    PERSONAL: ClassVar[dict[str, str]] = {
        "by": "opaque id of whoever wrote it; forgotten when that account is erased",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("id", "day", "text", "measure", "at")

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    text = models.CharField(max_length=_KEY_LENGTH)
    # Name of the measure it belongs to, "" for all.
    measure = models.CharField(max_length=_KEY_LENGTH, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=_KEY_LENGTH)


class Invitation(models.Model):
    """Somebody who may make an account, by a link that opens once."""

    PERSONAL: ClassVar[dict[str, str]] = {
        "email": "whom the link is for; the row is removed on erasure",
        "digest": "of the link's secret; the row is removed on erasure",
        "made_by": "who invited; an opaque number, forgotten with their account",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = (
        *("id", "role", "unit", "made_at", "expires_at", "accepted_at", "withdrawn_at"),
    )

    id = models.BigAutoField(primary_key=True)
    email = models.CharField(max_length=_KEY_LENGTH)
    role = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=_KEY_LENGTH)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)


class UnitPlace(models.Model):
    """Under which unit a unit was, from when to when; the open one is where it is now."""

    PERSONAL: ClassVar[dict[str, str]] = {}
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("id", "unit", "parent", "since", "until")

    id = models.BigAutoField(primary_key=True)
    # Not references: an import of units that is undone takes the unit, its history stays.
    unit = models.CharField(max_length=_KEY_LENGTH, db_index=True)
    parent = models.CharField(max_length=_KEY_LENGTH, null=True)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)


class Calendar(models.Model):
    """When we work: hours of each weekday in a zone, and the days on which we do not."""

    PERSONAL: ClassVar[dict[str, str]] = {}
    IMPERSONAL: ClassVar[tuple[str, ...]] = (
        *("key", "name", "zone", "hours", "holidays", "version"),
    )

    key = models.CharField(primary_key=True, max_length=_KEY_LENGTH)
    name = models.CharField(max_length=_KEY_LENGTH)
    zone = models.CharField(max_length=64)
    hours = models.JSONField()
    holidays = models.JSONField()
    version = models.IntegerField(default=0)


class AuditLine(models.Model):
    """Who did what, when. Only added to; a job fills in the chain of hashes afterwards."""

    PERSONAL: ClassVar[dict[str, str]] = {
        "actor": "an opaque id; who it was is forgotten when the person's account is erased",
        "object_id": "a number of ours; it points to nobody once the row of that number is gone",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = (
        "id",
        "at",
        "verb",
        "object_kind",
        "details",
        "import_id",
        "chain",
    )

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=_KEY_LENGTH)
    verb = models.CharField(max_length=_KEY_LENGTH)
    object_kind = models.CharField(max_length=_KEY_LENGTH)
    object_id = models.CharField(max_length=_KEY_LENGTH)
    details = models.JSONField()
    import_id = models.BigIntegerField(null=True)
    chain = models.BinaryField(null=True)


class PersonChange(models.Model):
    """What a row held before a verb wrote it, so that an import can be undone whole.

    `table` and `key` name the row; `before` is null where the row was new.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "key": "finds the row again; the line is removed with the person",
        "before": "a former state of a person's row; the line is removed with the person",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("id", "import_id", "table")

    id = models.BigAutoField(primary_key=True)
    import_id = models.BigIntegerField(null=True)
    table = models.CharField(max_length=_KEY_LENGTH)
    key = models.TextField()
    before = models.TextField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["import_id"], name="office_change_import"),
            models.Index(fields=["table", "key"], name="office_change_row"),
        ]


class Token(models.Model):
    """What opens the API for a program of a user's, who may do through it what `scopes` name.

    Only a hash of the secret is kept: it is shown once, when the token is made.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "user": "for whom it acts; the row is removed with the account",
        "name": "to tell their tokens apart; removed with the row",
        "last_used": "the day it was last used, to find forgotten ones; removed with the row",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = (
        *("id", "digest", "scopes", "made_at", "expires_at", "revoked_at"),
    )

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(max_length=_KEY_LENGTH)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)


class KeptAnswer(models.Model):
    """What the API answered to a request that changed something, so that it is done once only.

    `body` is null while the request runs, and where the answer may not be kept.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "user": "whose request it was; the row is removed after a day, or with the account",
        "key": "the name that their program gave the request; removed after a day",
        "body": "the answer, which may name people; emptied on erasure, removed after a day",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("id", "digest", "status", "at")

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=_KEY_LENGTH)
    # Of the method, the address and the body.
    digest = models.CharField(max_length=64)
    status = models.IntegerField()
    body = models.TextField(null=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "key"], name="office_answer_once"),
        ]


class SavedView(models.Model):
    """An address of a page under a name."""

    PERSONAL: ClassVar[dict[str, str]] = {
        "name": "to find it again; the row is removed where it names somebody who is erased",
        "query": "what is asked, which may name somebody; the row is removed with them",
        "by": "opaque id of whose it is; forgotten when that account is erased",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("id", "page", "shared", "at")

    id = models.BigAutoField(primary_key=True)
    page = models.CharField(max_length=40)
    name = models.CharField(max_length=_KEY_LENGTH)
    query = models.TextField()
    by = models.CharField(max_length=_KEY_LENGTH)
    shared = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "name", "by"], name="office_view_once"),
        ]
