"""Frameworks that must be set up before a project's modules can be imported, as their pytest plugins do it."""

from __future__ import annotations

import importlib
import importlib.util
import os


def set_up() -> None:
    """Set up Django where the environment names its settings, as pytest-django does. Raises what that raises."""
    if os.environ.get("DJANGO_SETTINGS_MODULE") and importlib.util.find_spec("django"):
        importlib.import_module("django").setup()
