"""The organisation: its name, units, touchpoints, calendars, retention, keys."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.ledger.api import known_kinds
from rapport.privacy.api import HOW
from rapport.web.forms.own_account import zone_choices
from rapport.web.forms.people import unit_choices
from rapport.web.kinds import kind_title

_LONGEST = 255


def _above() -> list[tuple[str, str]]:
    return [("", str(_("nothing: at the top"))), *unit_choices()[1:]]


def _hours(day: Any) -> forms.CharField:
    return forms.CharField(label=day, max_length=200, required=False)


def _kinds() -> list[tuple[str, str]]:
    return [(kind, f"{kind_title(kind)} ({kind})") for kind in known_kinds()]


class Organisation(forms.Form):
    """What the organisation is called; `was` tells whether it is still what was seen."""

    name = forms.CharField(label=_("Name"), max_length=_LONGEST)
    was = forms.CharField(widget=forms.HiddenInput)


class NewUnit(forms.Form):
    """A business unit that is not there yet."""

    key = forms.CharField(
        label=_("Key"), help_text=_("As your files call it, such as north."), max_length=_LONGEST
    )
    name = forms.CharField(label=_("Name"), max_length=_LONGEST)
    parent = forms.ChoiceField(label=_("Below"), choices=_above, required=False)


class ChangeUnit(forms.Form):
    """A unit's name and place, with what they were when the form was shown."""

    name = forms.CharField(label=_("Name"), max_length=_LONGEST)
    parent = forms.ChoiceField(label=_("Below"), choices=_above, required=False)
    was_name = forms.CharField(widget=forms.HiddenInput, required=False)
    was_parent = forms.CharField(widget=forms.HiddenInput, required=False)


class PutTouchpoint(forms.Form):
    """Where in the experience customers meet us; `was` tells what of it was seen."""

    key = forms.CharField(
        label=_("Key"),
        help_text=_("As interactions carry it, such as checkout."),
        max_length=_LONGEST,
    )
    title = forms.CharField(label=_("Title"), max_length=_LONGEST)
    stage = forms.CharField(label=_("Stage"), max_length=_LONGEST, required=False)
    channel = forms.CharField(label=_("Channel"), max_length=_LONGEST, required=False)
    unit = forms.ChoiceField(
        label=_("Who answers for it"),
        choices=lambda: [("", _("nobody yet")), *unit_choices()[1:]],
        required=False,
    )
    was = forms.CharField(widget=forms.HiddenInput, required=False)


class PutCalendar(forms.Form):
    """When we work; one field for each weekday."""

    key = forms.CharField(label=_("Key"), help_text=_("A short word."), max_length=_LONGEST)
    name = forms.CharField(label=_("Name"), max_length=_LONGEST)
    zone = forms.ChoiceField(label=_("Time zone"), choices=lambda: zone_choices()[1:])
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    mon = _hours(_("Monday"))
    tue = _hours(_("Tuesday"))
    wed = _hours(_("Wednesday"))
    thu = _hours(_("Thursday"))
    fri = _hours(_("Friday"))
    sat = _hours(_("Saturday"))
    sun = _hours(_("Sunday"))
    holidays = forms.CharField(
        label=_("Days off"),
        help_text=_("One a line: 2026-12-25 Christmas Day"),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
    )


class NewRule(forms.Form):
    """How long interactions of a kind, of a source or both are kept."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=lambda: [
            ("", _("any")),
            *((kind, f"{kind_title(kind)} ({kind})") for kind in sorted(known_kinds())),
        ],
        required=False,
    )
    source = forms.CharField(label=_("Source"), max_length=_LONGEST, required=False)
    months = forms.IntegerField(label=_("Months"), min_value=1, max_value=1200)
    then = forms.ChoiceField(
        label=_("Then"), choices=list(zip(HOW, (_("anonymise"), _("delete")), strict=True))
    )

    def clean(self) -> dict[str, object]:
        """A rule is about something."""
        given = super().clean() or {}
        if not given.get("kind") and not given.get("source"):
            raise forms.ValidationError(_("Say a kind or a source."))
        return given


class NewKey(forms.Form):
    """A system of ours that sends events."""

    name = forms.CharField(
        label=_("Name of the system"),
        help_text=_("The source of what it sends, such as shop."),
        max_length=_LONGEST,
    )
