"""What Python takes from its environment when it starts, and never again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_TEXTS = ("LC_ALL", "LC_CTYPE", "LANG")
"""The first one that is set says how texts are encoded."""
_PLAIN, _UTF8 = "", "utf8"


def starts_otherwise(environment: Mapping[str, str], variables: Mapping[str, str]) -> bool:
    """Tell whether these variables, set over the environment, have Python start as no fork can become afterwards.

    Its UTF-8 mode (PEP 540) and the encoding of file names are settled then. From one locale whose encoding is UTF-8
    to another there is no difference in them, and next to none from the plain "C", for which Python chooses UTF-8.
    """
    if any(name.startswith("PYTHON") for name in variables):
        return True
    if all(variables.get(name, environment.get(name)) == environment.get(name) for name in _OF_TEXTS):
        return False
    return _encoding({**environment, **variables}) != _UTF8 or _encoding(environment) not in {_PLAIN, _UTF8}


def _encoding(environment: Mapping[str, str]) -> str:
    """Return the encoding that a locale's name ends with, in one spelling; empty for the plain one and for none."""
    locale = next(filter(None, map(environment.get, _OF_TEXTS)), "C")
    if locale in {"C", "POSIX"}:
        return _PLAIN
    return locale.partition(".")[2].partition("@")[0].replace("-", "").lower() or "of " + locale
