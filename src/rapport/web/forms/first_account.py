"""The first account of a store."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

_LONGEST = 255


class FirstAccount(forms.Form):
    """Who owns the store."""

    name = forms.CharField(label=_("Your name"), max_length=_LONGEST)
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("You sign in with it."), max_length=_LONGEST
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 8 characters; a sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def clean_password(self) -> Any:
        """A password that is not among those everybody tries."""
        password = self.cleaned_data["password"]
        validate_password(password)
        return password
