"""The app that a route belongs to: of its module, of a module beside it, or one made for what holds the route."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import inspect
import io
import pathlib
from collections.abc import Callable, Iterator
from typing import Any, Optional

from greenline_probe.explore.definitions import find_def, parsed, source_of
from greenline_probe.explore.kinds.called import value_of
from greenline_probe.explore.subject import Subject
from greenline_probe.explore.values import Values

App = tuple[Any, list[str]]
"""An app, and what makes it in a test: statements, then an expression."""
TakeUp = Callable[[Any, str, Values, str], Optional[App]]
LOAD_SECONDS = 20.0
_FACTORIES = ("create_app", "make_app", "get_app", "app_factory")
_made: dict[tuple[str, str], Any] = {}
"""(module, factory) -> the app that it made, None where it makes none, or only one."""


def apps_of(subject: Subject, values: Values, kind: type, take_up: TakeUp) -> Iterator[App]:
    """Yield the apps that may know the target's routes, the module's own first.

    ``kind`` is the class of apps; ``take_up`` makes one for a blueprint or router (the thing, its name, its module).
    """
    module = subject.module
    for place in [module, *_around(subject, kind, values)]:
        for name, app in list(vars(place).items()):
            if isinstance(app, kind):
                yield app, [values.names.bind_attribute(place.__name__, name, app)]
        for name in _FACTORIES:
            thing: Any = getattr(place, name, None)
            known = values.names.of(thing) if inspect.isfunction(thing) else None
            app = _app_of(thing, place.__name__, kind, values) if known else None
            if app is not None:
                yield app, [f"{known}()"]
    for name, held in list(vars(module).items()):
        taken = None
        with contextlib.suppress(Exception):  # no app takes what has neither an address nor a prefix
            taken = take_up(held, name, values, module.__name__)
        if taken is not None:
            yield taken


def given_client(values: Values, kind: type, knows: str) -> str:
    """Return the fixture of the project's tests that gives a client of the app, empty for none.

    ``kind`` is the class of clients; ``knows`` an expression with ``{}`` for one, which fails for that of another app.
    """
    names = sorted(values.makers.fixtures if values.makers is not None else ())
    asked = [name for name in ("client", *names) if name in names and "client" in name]
    for name in dict.fromkeys(asked):
        if values.attempt(name, kind) and values.attempt(knows.replace("{}", name)):
            return name
    return ""


def is_registered(subject: Subject, kinds: tuple[type, ...]) -> bool:
    """Tell whether a decorator of an app, a router or a blueprint takes the target: nobody else calls it then."""
    named = [_name_of(decorator) for decorator in getattr(subject.node, "decorator_list", ())]
    holders = [value_of(each.value, subject.module) for each in named if isinstance(each, ast.Attribute)]
    return any(isinstance(holder, kinds) for holder in holders)


def code_around(subject: Subject) -> list[ast.AST]:
    """Return the view and the functions that decorate it: they read the request, too."""
    found: list[ast.AST] = [subject.node]
    for decorator in getattr(subject.node, "decorator_list", ()):
        function = value_of(_name_of(decorator), subject.module)
        if not inspect.isfunction(function):
            continue
        home = inspect.getmodule(function)
        text = subject.text if home is subject.module else source_of(home) if home is not None else None
        node = find_def(parsed(text), function.__qualname__) if text else None
        found += [node] if node is not None else []
    return found


def _name_of(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _app_of(factory: Callable[[], Any], module: str, kind: type, values: Values) -> Any:
    """Return the app that a factory makes; None for one that makes none the second time: each test makes one."""
    key = module, factory.__name__
    if key not in _made:
        made, error = values.guarded(f"{module}.{factory.__name__}()", lambda: [factory(), factory()], LOAD_SECONDS)
        is_good = error is None and all(isinstance(app, kind) for app in made)
        _made[key] = made[0] if is_good else None
    return _made[key]


def _around(subject: Subject, kind: type, values: Values) -> list[Any]:
    """Return the modules beside the target's that make an app; those that cannot be imported are left out."""
    folder = pathlib.Path(subject.module.__file__ or ".").parent
    package = subject.module.__name__.rpartition(".")[0]
    found = []
    for path in sorted(folder.glob("*.py")):
        name = package if path.stem == "__init__" else f"{package}.{path.stem}" if package else path.stem
        text = path.read_text(encoding="utf-8", errors="replace")
        makes = f"{kind.__name__}(" in text or (kind.__name__ == "Starlette" and "FastAPI(" in text)
        if not name or name == subject.module.__name__ or not makes:
            continue
        module, error = values.guarded(f"import {name}", functools.partial(_imported, name), LOAD_SECONDS)
        found += [module] if error is None else []
    return found


def _imported(name: str) -> Any:
    with contextlib.redirect_stdout(io.StringIO()):
        return importlib.import_module(name)
