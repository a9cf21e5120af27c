"""The accounts of a person: what of them lies with us and with the library that signs people in."""

from collections.abc import Collection, Iterator
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import connection

from rapport.kernel.errors import InputError
from rapport.office.tables import query, select_in

# Columns of tables that are not ours; of ours, the models say it.
LIBRARY_PERSONAL: tuple[str, ...] = (
    *("account_emailaddress.user_id", "account_emailaddress.email"),
    *("account_emailconfirmation.email_address_id", "account_emailconfirmation.key"),
    *("mfa_authenticator.user_id", "mfa_authenticator.data"),
    *("socialaccount_socialaccount.user_id", "socialaccount_socialaccount.uid"),
    *("socialaccount_socialaccount.extra_data", "socialaccount_socialtoken.account_id"),
    *("socialaccount_socialtoken.token", "socialaccount_socialtoken.token_secret"),
    *("django_session.session_key", "django_session.session_data"),
)
_COUNTS = "numbers, kinds and moments; they go with the row"
LIBRARY_IMPERSONAL: dict[str, str] = {
    "account_emailaddress.id": _COUNTS,
    "account_emailaddress.verified": _COUNTS,
    "account_emailaddress.primary": _COUNTS,
    "account_emailconfirmation.id": _COUNTS,
    "account_emailconfirmation.created": _COUNTS,
    "account_emailconfirmation.sent": _COUNTS,
    "mfa_authenticator.id": _COUNTS,
    "mfa_authenticator.type": _COUNTS,
    "mfa_authenticator.*_at": _COUNTS,
    "socialaccount_socialaccount.id": _COUNTS,
    "socialaccount_socialaccount.provider": _COUNTS,
    "socialaccount_socialaccount.last_login": _COUNTS,
    "socialaccount_socialaccount.date_joined": _COUNTS,
    "socialaccount_socialtoken.id": _COUNTS,
    "socialaccount_socialtoken.app_id": _COUNTS,
    "socialaccount_socialtoken.expires_at": _COUNTS,
    "socialaccount_socialapp.*": "providers are told by the environment; the table is empty",
    "django_session.expire_date": _COUNTS,
    "django_content_type.*": "names of tables",
    "auth_group.*": "nothing of ours uses it; empty",
    "auth_permission.*": "nothing of ours uses it; empty",
}
# What the framework signs its sessions with.
_SESSION_SALT = "django.contrib.sessions.SessionStore"
# What a copy hands out: secrets are no use to the person, and of use to whoever finds the copy.
_HANDED_OUT: dict[str, str] = {
    "office_user": "id, email, name, last_login, employee_id, language, zone, scheme, made_at",
    "office_grant": "role, unit_id",
    "office_token": "name, scopes, made_at, expires_at, last_used",
    "account_emailaddress": "email, verified",
    "mfa_authenticator": "type, created_at, last_used_at",
    "socialaccount_socialaccount": "provider, uid, extra_data, date_joined, last_login",
}
_OF_USER = ("office_grant", "office_token", "account_emailaddress", "mfa_authenticator")
_EMPTIED = """
    UPDATE office_user SET email = %s, name = '', password = %s, last_login = NULL,
        employee_id = NULL, language = '', zone = '', is_active = %s, version = version + 1,
        signed_out = signed_out + 1
    WHERE id = %s
"""
_CONFIRMATIONS = """
    DELETE FROM account_emailconfirmation WHERE email_address_id IN
        (SELECT id FROM account_emailaddress WHERE user_id = %s)
"""
_TOKENS = """
    DELETE FROM socialaccount_socialtoken WHERE account_id IN
        (SELECT id FROM socialaccount_socialaccount WHERE user_id = %s)
"""
_OTHER_OWNERS = """
    SELECT u.id FROM office_user u JOIN office_grant g ON g.user_id = u.id
    WHERE g.role = 'owner' AND g.unit_id IS NULL AND u.is_active = %s
"""


def accounts_of_employee(names: Collection[str]) -> list[int]:
    """Accounts that sign in with one of the names, or are tied to the employee of that key."""
    found = select_in("SELECT id FROM office_user WHERE email IN", _small(names))
    found += select_in("SELECT id FROM office_user WHERE employee_id IN", names)
    return sorted({int(number) for (number,) in found})


def refuse_last_owner(names: Collection[str]) -> None:
    """Refuse to erase whoever alone can let people in.

    Raises:
        InputError: says what to do first.
    """
    owners = {int(number) for (number,) in query(_OTHER_OWNERS, True)}
    if owners and owners <= set(accounts_of_employee(names)):
        raise InputError(
            "This is the last owner: without one nobody could let people in",
            hint="Make somebody else an owner first.",
        )


def records_of_accounts(names: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What we hold about accounts and invitations of a person: the table and columns by name."""
    for number in accounts_of_employee(names):
        for table, columns in _HANDED_OUT.items():
            key = "id" if table == "office_user" else "user_id"
            for row in query(f"SELECT {columns} FROM {table} WHERE {key} = %s", number):
                yield table, dict(zip(columns.split(", "), map(_plain, row), strict=True))
    columns = "email, role, unit_id, made_at, expires_at"
    for row in select_in(f"SELECT {columns} FROM office_invitation WHERE email IN", _small(names)):
        yield "office_invitation", dict(zip(columns.split(", "), row, strict=True))


def erase_accounts(names: Collection[str], token: str) -> int:
    """Empty the accounts of a person, with all that opens anything; how many there were.

    The row stays under the token, so that the numbers in the audit point to somebody unknown.
    Inside the caller's transaction, which has asked for permission.
    """
    numbers = accounts_of_employee(names)
    for place, number in enumerate(numbers):
        query(_CONFIRMATIONS, number)
        query(_TOKENS, number)
        for table in (*_OF_USER, "socialaccount_socialaccount"):
            query(f"DELETE FROM {table} WHERE user_id = %s", number)
        address = f"{token}:{place}" if place else token
        query(_EMPTIED, address, make_password(None), False, number)
    _end_sessions({str(number) for number in numbers})
    with connection.cursor() as cursor:
        cursor.executemany(
            "DELETE FROM office_invitation WHERE email = %s", [(name,) for name in _small(names)]
        )
    return len(numbers)


def _end_sessions(users: Collection[str]) -> None:
    """Remove sessions of these users; a session tells whose it is only when it is opened."""
    if not users:
        return
    for key, data in query("SELECT session_key, session_data FROM django_session"):
        try:
            told = signing.loads(data, salt=_SESSION_SALT)
        except signing.BadSignature:
            continue  # the key that signs changed: it opens nothing any more
        if str(told.get("_auth_user_id")) in users:
            query("DELETE FROM django_session WHERE session_key = %s", key)


def _small(names: Collection[str]) -> list[str]:
    return [name.strip().lower() for name in names]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int) else str(value)
