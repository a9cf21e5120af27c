"""What a customer says about a use of their data."""

from django import forms
from django.utils.translation import gettext_lazy as _

_LONGEST = 255


class Consent(forms.Form):
    """One word on one use."""

    scope = forms.CharField(
        label=_("What it is about"),
        help_text=_("A use of their data, such as newsletter."),
        max_length=_LONGEST,
    )
    status = forms.ChoiceField(
        label=_("What they say"),
        choices=[
            ("granted", _("Yes, they allow it")),
            ("denied", _("No, they refuse it")),
            ("revoked", _("They take their yes back")),
        ],
    )
    source = forms.CharField(
        label=_("Where they said it"),
        help_text=_("Such as: on the phone, in the store."),
        max_length=_LONGEST,
        required=False,
    )
    text_version = forms.CharField(
        label=_("Version of the words they were shown"), max_length=_LONGEST, required=False
    )
