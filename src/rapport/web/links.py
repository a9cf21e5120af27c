"""Links that open once: to set a password, to accept an invitation."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest

_AT_HOME = "http://127.0.0.1:8000"


def origin_of(request: HttpRequest | None) -> str:
    """Where links of ours begin: the public address, else where the request came in."""
    if settings.ADDRESS is not None:
        return str(settings.ADDRESS.geturl())
    return f"{request.scheme}://{request.get_host()}" if request else _AT_HOME


def password_link(number: int, origin: str) -> str:
    """The way by which a user sets a password without knowing the one before; opens once."""
    user = get_user_model().objects.get(pk=number)
    key = default_token_generator.make_token(user)
    return f"{origin}/account/password/reset/key/{user_pk_to_url_str(user)}-{key}/"


def invitation_link(secret: str, origin: str) -> str:
    """The way by which somebody who is invited makes their account."""
    return f"{origin}/invitation/{secret}"
