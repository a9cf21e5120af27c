"""The tables of the customers' room.

Keys are what interactions carry; so they are primary keys here too. PERSONAL says of each field
that can point to a person why we keep it and how it is erased; IMPERSONAL lists the others.
"""

# Fields have types through the plugin of django-stubs only, and nobody reads them here: verbs and
# queries work on whole sets of rows by SQL.
# mypy: disable-error-code="var-annotated"

from typing import ClassVar

from django.db import models

_KEY_LENGTH = 255


class Account(models.Model):
    """A company or household that customers belong to."""

    PERSONAL: ClassVar[dict[str, str]] = {
        "key": "tells which customers belong together; removed with the last of its customers",
        "name": "a household's name points to people; emptied with the last of its customers",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("kind",)

    key = models.CharField(primary_key=True, max_length=_KEY_LENGTH)
    name = models.CharField(max_length=_KEY_LENGTH)
    kind = models.CharField(max_length=20)


class Customer(models.Model):
    """Whoever the interactions are with, current or potential.

    `first_known` is the earliest moment a source has told us of, null where none has.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "key": "ties interactions to one person; the row is removed on erasure",
        "account": "the company or household they act for; removed with the row",
        "traits": "what we know about them, to serve and compare groups; removed with the row",
        "first_known": "how long they are with us; removed with the row",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("unit",)

    key = models.CharField(primary_key=True, max_length=_KEY_LENGTH)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("office.Unit", models.PROTECT, null=True, related_name="+")
    traits = models.JSONField()
    first_known = models.DateTimeField(null=True)


class Identifier(models.Model):
    """A further name by which sources know a customer: an e-mail address, a card number.

    `key` is how an interaction would say it: `namespace:value`, or the bare value where the
    namespace is empty. That it is unique keeps a value from belonging to two customers.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "key": "recognises the person in other sources; the row is removed on erasure",
        "value": "recognises the person in other sources; the row is removed on erasure",
        "customer": "whose identifier it is; the row is removed on erasure",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("namespace",)

    key = models.CharField(primary_key=True, max_length=2 * _KEY_LENGTH)
    namespace = models.CharField(max_length=_KEY_LENGTH)
    value = models.CharField(max_length=_KEY_LENGTH)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")


class Consent(models.Model):
    """What a customer allowed or refused, as a history: rows are added, never rewritten."""

    PERSONAL: ClassVar[dict[str, str]] = {
        "customer": "whose word it is; the row is removed on erasure, after the proof's term",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = (
        "id",
        "scope",
        "at",
        "status",
        "source",
        "text_version",
    )

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    scope = models.CharField(max_length=_KEY_LENGTH)
    at = models.DateTimeField()
    status = models.CharField(max_length=10)
    source = models.CharField(max_length=_KEY_LENGTH)
    text_version = models.CharField(max_length=_KEY_LENGTH)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["customer", "scope", "at"], name="customers_consent_once"
            )
        ]


class Merge(models.Model):
    """Two customers are one person: from then on `merged` is read as `kept`."""

    PERSONAL: ClassVar[dict[str, str]] = {
        "kept": "who both are; the row is removed when either is erased",
        "merged": "who both are; the row is removed when either is erased",
        "by": "opaque id of whoever did it; forgotten when that account is erased",
        "undone_by": "opaque id of whoever undid it; forgotten when that account is erased",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = ("id", "at", "undone_at")

    id = models.BigAutoField(primary_key=True)
    kept = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    merged = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=_KEY_LENGTH)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=_KEY_LENGTH, null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["merged"],
                condition=models.Q(undone_at__isnull=True),
                name="customers_merged_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(kept=models.F("merged")), name="customers_merge_of_two"
            ),
        ]


class Segment(models.Model):
    """Customers whom a rule puts together; who they are lies beside the ledger.

    `version` counts every change, `rule_version` those of the rule: a new rule has a new past.
    """

    PERSONAL: ClassVar[dict[str, str]] = {
        "rule": "may name somebody; the name is replaced on erasure",
        "changed_by": "opaque id of whoever changed it; forgotten when that account is erased",
    }
    IMPERSONAL: ClassVar[tuple[str, ...]] = (
        "key",
        "name",
        "version",
        "rule_version",
        "changed_at",
    )

    key = models.CharField(primary_key=True, max_length=_KEY_LENGTH)
    name = models.CharField(max_length=_KEY_LENGTH)
    rule = models.TextField()
    version = models.IntegerField()
    rule_version = models.IntegerField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=_KEY_LENGTH)
