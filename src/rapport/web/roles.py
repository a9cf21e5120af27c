"""The roles in words for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES: dict[str, Promise | str] = {
    "owner": _("owner"),
    "manager": _("CX manager"),
    "analyst": _("analyst"),
    "team lead": _("team lead"),
    "agent": _("agent"),
    "employee": _("employee"),
    "privacy officer": _("privacy officer"),
}
