"""People who sign in: invited, changed."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from rapport.office.api import units
from rapport.web.roles import TITLES

_LONGEST = 255


def unit_choices() -> list[tuple[str, str]]:
    """Business units by name, nothing first."""
    known = units().to_pylist()
    named = [(row["key"], row["name"] or row["key"]) for row in known]
    return [("", str(_("everywhere"))), *sorted(named, key=lambda one: one[1].casefold())]


def role_field() -> forms.ChoiceField:
    """The roles that can be given."""
    return forms.ChoiceField(label=_("Role"), choices=list(TITLES.items()), initial="employee")


def unit_field() -> forms.ChoiceField:
    """Where a role holds."""
    return forms.ChoiceField(
        label=_("Business unit"),
        help_text=_("They see interactions of this unit and those below it."),
        choices=unit_choices,
        required=False,
    )


class Invite(forms.Form):
    """Somebody who may make an account."""

    email = forms.EmailField(label=_("E-mail address"), max_length=_LONGEST)
    role = role_field()
    unit = unit_field()


class ChangePerson(forms.Form):
    """What somebody is called and may do; `version` tells whether it is still what was seen."""

    name = forms.CharField(label=_("Name"), max_length=_LONGEST, required=False)
    role = role_field()
    unit = unit_field()
    version = forms.IntegerField(widget=forms.HiddenInput)


class Accept(forms.Form):
    """The account of somebody who is invited."""

    name = forms.CharField(label=_("Your name"), max_length=_LONGEST)
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
