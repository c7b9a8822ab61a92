"""What packages give of their modules, as it is after importing: ``from shop import price`` of ``shop/_prices.py``.

Only what stands in their namespaces: what a package finds when it is asked would run code of the project's.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable
from importlib.machinery import PathFinder
from typing import Any

ANOTHER = ""
_SHARED = (type(None), bool, int, float, str, bytes, tuple, frozenset)
"""Two names may well have the same one of these by chance: that they do tells nothing."""


def passed_on(imports: Iterable[tuple[str, str]]) -> dict[str, dict[str, str]]:
    """Return, by package, what it has under the names of imported ``(module, attribute)``: the module, or ANOTHER.

    What it does not have is left out. Raises nothing.
    """
    found: dict[str, dict[str, str]] = {}
    for module, attribute in imports:
        try:
            _look(module, attribute, found)
        except BaseException:  # modules may be of the project's own kind
            continue
    return found


def is_shadowed(module: str) -> bool:
    """Tell whether a package has something else by the name of its module, which ``import a.b`` then gives nobody."""
    top, *rest = module.split(".")
    try:
        thing: Any = sys.modules.get(top)
        for part in rest:
            thing = _namespace(thing).get(part)
    except BaseException:  # as above
        return False
    return thing is not sys.modules.get(module)


def _look(module: str, attribute: str, found: dict[str, dict[str, str]]) -> None:
    own = _namespace(sys.modules.get(module))
    if attribute not in own:
        return
    value = own[attribute]
    is_telling = not issubclass(type(value), (types.ModuleType, *_SHARED))
    parts = module.split(".")
    for package in (".".join(parts[:count]) for count in range(1, len(parts))):
        there, comes = _namespace(sys.modules.get(package)), _is_module_to_come(package, attribute)
        if is_telling and there.get(attribute) is value and not comes:
            found.setdefault(package, {})[attribute] = module
        elif attribute in there or comes:
            found.setdefault(package, {}).setdefault(attribute, ANOTHER)


def _namespace(thing: Any) -> dict[str, Any]:
    return vars(thing) if issubclass(type(thing), types.ModuleType) else {}


def _is_module_to_come(package: str, name: str) -> bool:
    """Tell whether there is a module of that name that nobody has imported: it takes the place when somebody does."""
    full, path = f"{package}.{name}", _namespace(sys.modules.get(package)).get("__path__")
    return path is not None and full not in sys.modules and PathFinder.find_spec(full, path) is not None
