"""Template tags about mail."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def sends_mail() -> bool:
    """Whether this installation can send mail."""
    return bool(settings.SENDS_MAIL)
