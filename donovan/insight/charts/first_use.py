"""A library that is loaded when something of it is first asked for, in processes that may never ask."""

import importlib
from typing import Any


class OnFirstUse:
    """Stands for the module of that name; reading an attribute loads it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)
