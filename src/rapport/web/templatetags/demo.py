"""Template tags of the demo company."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from rapport.office.api import demo_users
from rapport.web.at_this_computer import is_local
from rapport.web.roles import TITLES

register = template.Library()


@register.simple_tag(takes_context=True)
def demo_people(context: Any) -> list[dict[str, str]]:
    """People of the demo company whom somebody at this computer may be; else nobody."""
    if not is_local(context["request"]):
        return []
    return [
        {"email": user.email, "name": user.name, "role": str(TITLES.get(user.role, _("employee")))}
        for user in demo_users()
    ]
