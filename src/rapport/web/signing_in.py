"""How the library that signs people in is told about our house."""

import sys
import threading
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.shortcuts import render

from rapport.office.api import accept_invitation, invitation_for

_LONGEST_NAME = 255


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # it has no types
    """Nobody makes an account by themselves: people are invited, or the owner makes them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send in the background: how long it takes must not tell whether somebody is known."""
        message = self.render_mail(template_prefix, email, {"request": self.request, **context})
        threading.Thread(target=_send, args=(message,), daemon=True).start()

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's own account."""
        return "/account/"


class OutsideAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # it has no types
    """Signs in by another's word only people who exist or are invited.

    The address must be one that the provider has verified: else somebody could write in the
    address of another.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: who may come in is found before."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find whose address it is; tie the provider's name for them to the account."""
        if sociallogin.is_existing:
            return
        user = self._user(sociallogin)
        if user is None:
            page = render(request, "web/entering/unknown.html", status=403)
            raise ImmediateHttpResponse(page)
        sociallogin.connect(request, user)

    def _user(self, sociallogin: Any) -> Any:
        told = sociallogin.account.extra_data
        claims = told.get("userinfo") or told.get("id_token") or {}
        # Some providers write truth as text; text that says "false" is true to Python.
        if claims.get("email_verified") not in (True, "true") or not claims.get("email"):
            return None
        address = str(claims["email"]).strip().lower()
        users = get_user_model().objects
        found = users.filter(email=address).first()
        invitation = invitation_for(address) if found is None else None
        if invitation is not None:
            name = str(claims.get("name") or "")[:_LONGEST_NAME]
            found = users.get(pk=accept_invitation(invitation, name=name, password=None))
        return found


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except (OSError, SMTPException) as error:
        sys.stderr.write(f"rapport: A mail could not be sent: {error}\n")
