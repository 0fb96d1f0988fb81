"""A library that is loaded when something of it is first asked for, in processes that may never ask.

It stands at the top of a file like an import, and costs nothing until it is used:

    pandas = OnFirstUse("pandas")

Where a library says its types, they are imported beside it under TYPE_CHECKING.
"""

import importlib
from typing import Any


class OnFirstUse:
    """Stands for the module of that name; reading an attribute loads it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)
