"""A new token for the API."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.office.api import SIGHTS
from rapport.web.saying import said_word

_DAYS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("a year")), ("", _("no end"))]


class NewToken(forms.Form):
    """What a token is for, and what it opens."""

    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("The program that will use it, such as “weekly report”."),
        max_length=100,
    )
    days = forms.ChoiceField(label=_("How long?"), choices=_DAYS, required=False, initial="90")
    scopes = forms.MultipleChoiceField(
        label=_("What does it open?"),
        help_text=_("Never more than you may do yourself at that moment."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, scopes: Sequence[str], *given: Any) -> None:
        """Args: the scopes to choose from, and what was sent."""
        super().__init__(*given)
        named = [(scope, said_word(scope)) for scope in scopes]
        groups = [
            (_("To see"), [one for one in named if one[0] in SIGHTS]),
            (_("To do"), [one for one in named if one[0] not in SIGHTS]),
        ]
        self.fields["scopes"].choices = groups  # type: ignore[attr-defined]

    def clean_days(self) -> int | None:
        """The days as a number; None for no end."""
        return int(self.cleaned_data["days"]) if self.cleaned_data["days"] else None
