"""The letter that brings an invitation."""

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from rapport.web.store import ledger


def send_invitation(to: str, link: str) -> bool:
    """Send the link of an invitation; whether that could be done."""
    if not settings.SENDS_MAIL:
        return False
    told = {"link": link, "organisation": ledger().settings.organisation}
    subject = _("You are invited to Rapport of %(organisation)s") % told
    body = render_to_string("web/mail/invitation.txt", told)
    try:
        EmailMessage(" ".join(subject.split()), body, to=[to]).send()
    except (OSError, SMTPException):
        return False
    return True
