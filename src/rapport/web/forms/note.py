"""A note on the time line."""

from django import forms
from django.utils.translation import gettext_lazy as _


class NoteForm(forms.Form):
    """What happened on a day."""

    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    text = forms.CharField(label=_("What happened"), max_length=255)
    only_here = forms.BooleanField(label=_("For this measure only"), required=False)
