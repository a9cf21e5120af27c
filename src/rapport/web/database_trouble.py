"""What Django's models raise when their database is away, full or held, in words of the house.

The ledger tells of its own connections itself; rooms whose records are Django models share the
database and meet the same trouble through Django.
"""

import sys

from rapport.kernel.errors import BusyError, InputError, RapportError

# SQLite says with the same class that a table is not there, which would be our mistake.
_SQLITE = ("locked", "full", "disk", "unable to open", "readonly")


def told(error: BaseException) -> RapportError | None:
    """An expected error in words of the house; None for one that should not happen."""
    if isinstance(error, RapportError):
        return error
    if _is_of_text(error):
        return InputError(
            "A text cannot hold the character NUL", hint="Take it out; nobody can see it anyway."
        )
    return _told_of_database(error) if _is_of_database(error) else None


def _is_of_text(error: BaseException) -> bool:
    """Whether PostgreSQL refused a character that SQLite keeps; no name of ours has it."""
    django = sys.modules.get("django.db")
    return django is not None and isinstance(error, django.DataError) and "NUL" in str(error)


def _is_of_database(error: BaseException) -> bool:
    """Whether the database could not do what it was asked, for no fault of the question."""
    # Commands that need no model do not load Django, which takes half a second.
    django = sys.modules.get("django.db")
    if django is None or not isinstance(error, django.OperationalError):
        return False
    cause = type(error.__cause__).__module__
    return "sqlite" not in cause or any(said in str(error) for said in _SQLITE)


def _told_of_database(error: BaseException) -> BusyError:
    """The error in our words."""
    return BusyError(
        "The database cannot do this now",
        got=(str(error).strip().splitlines() or [type(error).__name__])[0],
        hint="See that it runs, has room on its disk and nobody holds it; then try again.",
    )
