"""Who acts: a person, the command line, or a part of the program."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever calls a verb.

    Attributes:
        id: opaque text for the audit; never a name or an address.
        roles: what they may do, see `permission`.
        units: keys of the business units whose interactions they see, those below included; None
            for all.
        scopes: the only verbs and sights of theirs that count here; None for all. A token has some.
    """

    id: str
    roles: frozenset[str]
    units: frozenset[str] | None = None
    scopes: frozenset[str] | None = None

    @classmethod
    def system(cls, name: str) -> Self:
        """A part of the program, by its name.

        >>> Actor.system("import").id
        'system:import'
        """
        return cls(f"system:{name}", frozenset({"system"}))

    @classmethod
    def operator(cls) -> Self:
        """Whoever has a shell on the machine: they can read the store anyway, so they own it."""
        return cls("operator", frozenset({"owner"}))
