"""Rapport: customer experience management with one ledger under every figure.

import rapport
shop = rapport.open("var")
shop.measure("nps", by="channel", every="month").pandas()
"""

import importlib
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Late, so that `import rapport.methods` in a notebook does not load the whole house.
    if name == "open":
        return importlib.import_module("rapport.web.notebook").open
    if name == "connect":
        return importlib.import_module("rapport.web.remote").connect
    raise AttributeError(f"module 'rapport' has no attribute {name!r}")
