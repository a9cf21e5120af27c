"""What the organisation is called: the one of its settings that can be changed."""

from rapport.ledger.api import Ledger
from rapport.office.api import Act, Actor, one_transaction, require, write_line


def rename_organisation(ledger: Ledger, name: str, *, was: str, actor: Actor) -> None:
    """Call the organisation something else.

    Raises:
        ForbiddenError: the actor may not.
        InputError: the name is empty.
        ChangedError: it was called otherwise meanwhile.
    """
    require(actor, "change_settings")
    ledger.rename(name, was=was)
    with one_transaction():
        write_line(actor, Act("change_settings", "organisation"))
