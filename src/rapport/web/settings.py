"""Django's settings, read from the environment.

RAPPORT_HOME    where the store lies; default: a folder of the user's data directory
RAPPORT_HOSTS   further host names we answer to, separated by commas
RAPPORT_LOCAL   1 where only this computer reaches the server; `rapport serve` sets it
RAPPORT_UPLOAD  bytes a file may have that somebody brings to be imported; default: 4 GiB
RAPPORT_API_PER_MINUTE  how many requests a minute one user, or one stranger, may send to the API
RAPPORT_DEBUG   1 shows tracebacks in the browser; never where others can reach the pages
DATABASE_URL    postgresql://...: keeps the relational half of the store there and not in SQLite
RAPPORT_SCHEMA  name of the schema that a new store on PostgreSQL gets; default: a new one

Mail, sign-in by OpenID Connect and a proxy in front are told in `outside.py`.
"""

import os
import sys
from pathlib import Path
from typing import Any

# A live file is opened through one SQLite library only, and versions before 3.51.3 can lose
# commits when the write-ahead log is reset (decision 0005). Must come before Django loads.
try:
    import pysqlite3
    import pysqlite3.dbapi2
except ImportError:  # no wheel for this platform: the interpreter's own library has to do
    pass
else:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.functional import lazy

from rapport.ledger.api import postgres_url, schema_of
from rapport.web.cli.main import default_home
from rapport.web.outside import mail_settings, oidc_providers, public_address
from rapport.web.secret import secret_key

HOME = default_home().absolute()
DEBUG = os.environ.get("RAPPORT_DEBUG") == "1"
LOCAL = os.environ.get("RAPPORT_LOCAL") == "1"
ADDRESS = public_address()

# Read when first needed, so that commands which sign nothing never touch it.
SECRET_KEY = lazy(secret_key, str)()
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"] + [
    host.strip() for host in os.environ.get("RAPPORT_HOSTS", "").split(",") if host.strip()
]
if ADDRESS is not None:
    ALLOWED_HOSTS.append(ADDRESS.hostname or "")
    CSRF_TRUSTED_ORIGINS = [ADDRESS.geturl()]
# A proxy in front speaks TLS: it says from whom a request is, and how it came.
BEHIND_TLS = ADDRESS is not None and ADDRESS.scheme == "https"
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

INSTALLED_APPS = [
    "rapport.office",
    "rapport.customers",
    "rapport.listening",
    "rapport.privacy",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rapport.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rapport.web.contract.door.api_middleware",
    "rapport.web.access.access_middleware",
    "rapport.web.language.language_middleware",
    "rapport.web.trouble.told_middleware",
]

# --- who signs in (decision 0022) ----------------------------------------------------------

AUTH_USER_MODEL = "office.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_ADAPTER = "rapport.web.signing_in.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = None
# A link to set a password opens for a day, and once.
PASSWORD_RESET_TIMEOUT = 24 * 3600
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Rapport"
MFA_TOTP_TOLERANCE = 1
# Whoever invites somebody says which address is theirs; none is verified by a mail of ours.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Browsers take a name without TLS for safe only where it is this very computer.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
SOCIALACCOUNT_ADAPTER = "rapport.web.signing_in.OutsideAdapter"
SOCIALACCOUNT_PROVIDERS = oidc_providers()
# By a link: a form that ends at another host would need a hole in our policy of contents.
SOCIALACCOUNT_LOGIN_ON_GET = True
_MAIL = mail_settings()
SENDS_MAIL = len(_MAIL) > 1
globals().update(_MAIL)
ACCOUNT_EMAIL_NOTIFICATIONS = SENDS_MAIL
# Counts of attempts are kept in the memory of each web process (decision 0026).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SESSION_COOKIE_NAME = "rapport_session"
CSRF_COOKIE_NAME = "rapport_csrf"

# --- the API (decision 0027) ----------------------------------------------------------------

API_PER_MINUTE = max(1, int(os.environ.get("RAPPORT_API_PER_MINUTE") or 600))

# --- pages ---------------------------------------------------------------------------------

ROOT_URLCONF = "rapport.web.urls"
WSGI_APPLICATION = "rapport.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "rapport.web.shell.frame",
            ]
        },
    }
]
STATIC_URL = "/static/"
# Served from where they lie: nothing is collected, no other host is asked.
STATIC_ROOT = Path(__file__).parent / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

# What goes wrong unexpectedly is written to standard error; requests that go well are not.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "ERROR"},
        # A stranger's wrong host name is not our trouble.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}

# --- the store -----------------------------------------------------------------------------


def _databases() -> dict[str, dict[str, Any]]:
    """The relational half of the store, shared with the ledger: a SQLite file or a schema."""
    url = postgres_url()
    if url is None:
        return {"default": _sqlite()}
    path = f"-c search_path={schema_of(HOME) or 'public'}"
    found: dict[str, Any] = {**dj_database_url.parse(url, conn_health_checks=True)}
    found["OPTIONS"] = {**found.get("OPTIONS", {}), "options": path}
    return {"default": found}


def _sqlite() -> dict[str, Any]:
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY")
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": ";".join(f"PRAGMA {pragma}" for pragma in pragmas),
    }
    name = HOME / "rapport.sqlite3"
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": options}


DATABASES = _databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- time and language ---------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]

# --- files that people bring -----------------------------------------------------------------

UPLOAD_BYTES_MAX = int(os.environ.get("RAPPORT_UPLOAD") or 4 * 1024**3)
# Nothing is written outside of the home, and what breaks off is removed there.
FILE_UPLOAD_TEMP_DIR = HOME / "uploads"

# --- security headers ----------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # Pictures that a page carries itself, such as the square of a second factor.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
