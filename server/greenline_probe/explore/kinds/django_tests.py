"""What tests of a Django project have: a client and a maker of requests, of pytest-django where that is there."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import logging
import os
from dataclasses import dataclass
from typing import Any

from greenline_probe.explore.kinds.clients import Way
from greenline_probe.explore.template import Slot
from greenline_probe.explore.values import Values

_FIXTURES = {"Client": "client", "RequestFactory": "rf"}
"""Class of ``django.test`` -> the fixture of pytest-django that gives an instance."""


@dataclass(frozen=True)
class Asker:
    """What a test asks a view with."""

    expression: str
    setting: tuple[Slot, ...] = ()
    """Of a fixture: by which its name stands in the test."""
    receiver: str = ""

    def put_before(self, way: Way) -> Way:
        """Return the way, with the fixture where there is one."""
        way.slots, way.receiver = [*self.setting, *way.slots], self.receiver
        return way


def asker(kind: str, values: Values) -> Asker:
    """Return the expression for a ``Client`` or a ``RequestFactory``."""
    _as_in_tests()
    made = getattr(importlib.import_module("django.test"), kind)
    name = values.makers.of_plugin(_FIXTURES[kind], made) if values.makers is not None and _has_plugin() else ""
    if name:
        return Asker(name, (Slot(name, [name], "construct", given=frozenset([name])),), name)
    return Asker(f"{values.names.bind(kind, 'django.test', kind, made)}()")


def settings_of_django() -> Any:
    """Return the settings, None where none are configured."""
    found = importlib.import_module("django.conf").settings
    return found if found.configured else None


def _has_plugin() -> bool:
    """Tell whether pytest-django gives its fixtures: it is installed, and knows the project's settings."""
    return bool(os.environ.get("DJANGO_SETTINGS_MODULE")) and importlib.util.find_spec("pytest_django") is not None


@functools.lru_cache(maxsize=1)
def _as_in_tests() -> None:
    """Let the test client's host be known, as pytest-django does; what Django logs of each error is not asserted."""
    logging.getLogger("django.request").propagate = False
    importlib.import_module("django.test.utils").setup_test_environment()
