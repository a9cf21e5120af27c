"""What an installation is told about the world around it, by its environment.

RAPPORT_ADDRESS      where people reach the pages: https://cx.example.org. With https a proxy in
                     front speaks TLS and passes X-Forwarded-For and X-Forwarded-Proto on
RAPPORT_SMTP_URL     smtp://user:password@host:587 (STARTTLS), smtps://... (TLS from the start) or
                     smtp://host:25?tls=no; without it nothing is sent and links are shown to copy
RAPPORT_MAIL_FROM    the sender of our mails; default: rapport@ the host of the address
RAPPORT_OIDC_URL     issuer of an OpenID Connect provider: people sign in with it too
RAPPORT_OIDC_CLIENT, RAPPORT_OIDC_SECRET    as the provider knows us
RAPPORT_OIDC_NAME    what the button calls it; default: its host
"""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from rapport.kernel.errors import InputError

OIDC = "organisation"
_MAIL_PORTS = {"smtp": 587, "smtps": 465}
_SECONDS = 10


def public_address(environment: Mapping[str, str] = os.environ) -> SplitResult | None:
    """Where people reach the pages, None where nobody said.

    Raises:
        InputError: it is no address.

    >>> public_address({"RAPPORT_ADDRESS": "https://cx.example.org/"}).hostname
    'cx.example.org'
    """
    given = environment.get("RAPPORT_ADDRESS", "").rstrip("/")
    if not given:
        return None
    found = urlsplit(given)
    if found.scheme not in ("http", "https") or not found.hostname or found.path:
        raise InputError(
            "RAPPORT_ADDRESS is no address", got=given, expected="such as https://cx.example.org"
        )
    return found


def mail_settings(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Django's settings for sending mail; a backend that sends nothing where nobody said how.

    Raises:
        InputError: the address of the mail server is none.

    >>> mail_settings({})["EMAIL_BACKEND"]
    'django.core.mail.backends.dummy.EmailBackend'
    >>> mail_settings({"RAPPORT_SMTP_URL": "smtps://ana:se%40cret@mail.example"})["EMAIL_PORT"]
    465
    """
    given = environment.get("RAPPORT_SMTP_URL", "")
    if not given:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    url = urlsplit(given)
    if url.scheme not in _MAIL_PORTS or not url.hostname:
        raise InputError(
            "RAPPORT_SMTP_URL names no mail server",
            got=f"{url.scheme}://{url.hostname or ''}",
            expected="smtp://user:password@host:587 or smtps://user:password@host",
        )
    plain = parse_qs(url.query).get("tls") == ["no"]
    address = public_address(environment)
    host = (address.hostname if address else None) or "localhost"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": url.port or _MAIL_PORTS[url.scheme],
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_SSL": url.scheme == "smtps",
        "EMAIL_USE_TLS": url.scheme == "smtp" and not plain,
        "EMAIL_TIMEOUT": _SECONDS,
        "DEFAULT_FROM_EMAIL": environment.get("RAPPORT_MAIL_FROM") or f"rapport@{host}",
    }


def oidc_providers(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The provider that people sign in with, as the library wants it; none where nobody said.

    Raises:
        InputError: an address without a client, or one without the other.

    >>> oidc_providers({})
    {}
    """
    url = environment.get("RAPPORT_OIDC_URL", "").rstrip("/")
    client = environment.get("RAPPORT_OIDC_CLIENT", "")
    if not url and not client:
        return {}
    if not url.startswith(("https://", "http://")) or not client:
        raise InputError(
            "Sign-in by OpenID Connect is told by half",
            got=f"RAPPORT_OIDC_URL={url!r}, RAPPORT_OIDC_CLIENT={client!r}",
            expected="the address of the issuer, and the client it knows us by",
        )
    app = {
        "provider_id": OIDC,
        "name": environment.get("RAPPORT_OIDC_NAME") or urlsplit(url).hostname,
        "client_id": client,
        "secret": environment.get("RAPPORT_OIDC_SECRET", ""),
        "settings": {"server_url": url, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}
