"""Putting accounts in: the companies and households customers belong to."""

import pyarrow as pa

from rapport.customers.tables import ACCOUNT_SHEET
from rapport.office.api import Actor, PutReport, put_rows


def put_accounts(rows: pa.Table, *, actor: Actor, import_id: int | None = None) -> PutReport:
    """Put accounts in: columns key, name, kind (company or household; company when not said).

    Raises:
        ForbiddenError: the actor may not.
        InputError: a column is unknown, or `key` is not there.
    """
    return put_rows(ACCOUNT_SHEET, rows, actor=actor, import_id=import_id)
