"""The key that signs cookies and tokens: made once, kept in the store, never in the repository."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from rapport.kernel.errors import StoreError
from rapport.web.cli.main import default_home

_BYTES = 48


def secret_key(home: Path | None = None) -> str:
    """The store's signing key; the first call makes it, readable by its owner only.

    Raises:
        StoreError: there is no store to keep it in, or its file is empty.
    """
    path = (home or default_home()) / "secret.key"
    if not path.exists():
        _make(path)
    key = path.read_text("ascii").strip()
    if not key:
        raise StoreError(f"{path} is empty", hint="Delete it: a new one is made at the next start.")
    return key


def _make(path: Path) -> None:
    """Write a new key beside and link it into place: of two starters one wins, whole."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        raise StoreError(
            f"There is no store at {path.parent}", hint="Make one with `rapport init`."
        ) from None
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
