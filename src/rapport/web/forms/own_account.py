"""One's own account: how one is greeted, and how pages look to oneself."""

import zoneinfo
from functools import cache

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(zoneinfo.available_timezones() - {"localtime"}))


def zone_choices() -> list[tuple[str, str]]:
    """Every zone, and first that of the organisation."""
    return [("", str(_("as the organisation"))), *((zone, zone) for zone in _zones())]


class OwnAccount(forms.Form):
    """What one may change of one's own account."""

    name = forms.CharField(label=_("Name"), max_length=255)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("as the browser asks")), *settings.LANGUAGES],
        required=False,
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Moments are shown in it; days of figures stay those of the organisation."),
        choices=zone_choices,
        required=False,
    )
    scheme = forms.ChoiceField(
        label=_("Light or dark"),
        choices=[("", _("as the computer says")), ("light", _("light")), ("dark", _("dark"))],
        required=False,
    )
