"""The app that a route belongs to: of its module, of a module beside it, or one made for what holds the route."""

from __future__ import annotations

import importlib
import inspect
import pathlib
from collections.abc import Callable, Iterator
from typing import Any, Optional

from greenline_probe.explore.subject import Subject
from greenline_probe.explore.values import Values

App = tuple[Any, list[str]]
"""An app, and what makes it in a test: statements, then an expression."""
TakeUp = Callable[[Any, str, Values, str], Optional[App]]
_FACTORIES = ("create_app", "make_app", "get_app", "app_factory")


def apps_of(subject: Subject, values: Values, kind: type, take_up: TakeUp) -> Iterator[App]:
    """Yield the apps that may know the target's routes, the module's own first.

    ``kind`` is the class of apps; ``take_up`` makes one for a blueprint or router (the thing, its name, its module).
    """
    module = subject.module
    for place in [module, *_around(subject, kind)]:
        for name, app in list(vars(place).items()):
            if isinstance(app, kind):
                yield app, [values.names.bind_attribute(place.__name__, name, app)]
        for name in _FACTORIES:
            thing: Any = getattr(place, name, None)
            known = values.names.of(thing) if inspect.isfunction(thing) else None
            if known and values.attempt(f"{known}()", kind):
                yield thing(), [f"{known}()"]
    for name, held in list(vars(module).items()):
        taken = take_up(held, name, values, module.__name__)
        if taken is not None:
            yield taken


def _around(subject: Subject, kind: type) -> list[Any]:
    """Return the modules beside the target's that make an app."""
    folder = pathlib.Path(subject.module.__file__ or ".").parent
    package = subject.module.__name__.rpartition(".")[0]
    found = []
    for path in sorted(folder.glob("*.py")):
        name = package if path.stem == "__init__" else f"{package}.{path.stem}" if package else path.stem
        text = path.read_text(encoding="utf-8", errors="replace")
        makes = f"{kind.__name__}(" in text or (kind.__name__ == "Starlette" and "FastAPI(" in text)
        if not name or name == subject.module.__name__ or not makes:
            continue
        try:
            found.append(importlib.import_module(name))
        except Exception:  # another module's own trouble
            continue
    return found
