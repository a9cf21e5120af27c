"""Asking that a customer be erased."""

from django import forms
from django.utils.translation import gettext_lazy as _

_LONGEST = 2_000


class Erasure(forms.Form):
    """Why, and how."""

    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Such as: they asked for it on the phone on 3 May."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=_LONGEST,
    )
    how = forms.ChoiceField(
        label=_("What becomes of their interactions"),
        choices=[
            ("anonymise", _("They stay without anything that points to the person; figures stay")),
            ("delete", _("They go too; figures of the past change")),
        ],
        widget=forms.RadioSelect,
        initial="anonymise",
    )
