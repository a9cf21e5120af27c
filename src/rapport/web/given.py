"""What somebody gives as text, on the command line or in an address."""

from collections.abc import Sequence

from rapport.kernel.errors import InputError


def read_settings(settings: Sequence[str]) -> dict[str, str]:
    """`name=value`, several of them, as a mapping.

    Raises:
        InputError: one has no equals sign.

    >>> read_settings(["window=60", "scale = csat7"])
    {'window': '60', 'scale': 'csat7'}
    """
    found = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip():
            raise InputError("A parameter is set as NAME=VALUE", got=setting)
        found[name.strip()] = value.strip()
    return found
