"""The test client of an app: one that starts the app, too, where there is something to start."""

from __future__ import annotations

import ast
import importlib
import inspect
import pathlib
from typing import Any

from greenline_probe.explore.definitions import find_def, parsed
from greenline_probe.explore.kinds.apps import App, given_client
from greenline_probe.explore.values import Values

CLIENT = "client"
DEEPEST = 8
_STARTED = """\
def client():
    with {maker}({app}) as client:
        yield client
"""


def client_of(made: App, library: str, values: Values) -> str:
    """Return the statements that make the client of an app in a test: with a fixture, an assignment of that."""
    app, arranged = made
    place = f"{library}.testclient"
    kind = importlib.import_module(place).TestClient
    maker = values.names.bind("TestClient", place, "TestClient", kind)
    if len(arranged) == 1:
        source = _STARTED.format(maker=maker, app=arranged[0])
        makers = values.makers if starts_something(app) else None
        is_there = makers is not None and _stands_in(makers.file_of(CLIENT), source)
        given = "" if is_there else given_client(values, kind, f"{{True: 'the same'}}[{{}}.app is {arranged[0]}]")
        if not given and makers is not None:
            started = _starting(kind)
            given = makers.bring(CLIENT, source, kind, lambda: started(app))
            given = given if values.attempt(given, kind) else ""  # it needs what is not here
        if given:
            return f"{CLIENT} = {given}"
    return "\n".join([*arranged[:-1], f"{CLIENT} = {maker}({arranged[-1]})"])


def _stands_in(file: str, source: str) -> bool:
    """Tell whether earlier tests of a file brought the same fixture."""
    text = pathlib.Path(file).read_text(encoding="utf-8") if file and not file.endswith("conftest.py") else ""
    node, wanted = find_def(parsed(text), CLIENT), find_def(parsed(source), CLIENT)
    return node is not None and wanted is not None and [*map(ast.dump, node.body)] == [*map(ast.dump, wanted.body)]


def _starting(kind: Any) -> Any:
    """Return a class of clients that start the app for each request: what it runs is seen then, in any thread."""

    class Starting(kind):  # type: ignore[misc]
        def request(self, *given: Any, **named: Any) -> Any:
            with kind(self.app) as client:
                return client.request(*given, **named)

    return Starting


def starts_something(app: Any) -> bool:
    """Tell whether the app does something when it starts, which a client does only as a context."""
    router = app.router
    handlers = [*getattr(router, "on_startup", ()), *getattr(router, "on_shutdown", ())]
    return bool(handlers) or _is_own(router.lifespan_context, DEEPEST)


def _is_own(lifespan: Any, deep: int) -> bool:
    """Tell whether it is the project's; FastAPI joins those of included routers, whether they have any or not."""
    if type(lifespan).__name__ == "_DefaultLifespan" or not deep:
        return False
    function = inspect.unwrap(lifespan)
    if getattr(function, "__qualname__", "").startswith("_merge_lifespan_context"):
        return any(_is_own(cell.cell_contents, deep - 1) for cell in function.__closure__ or ())
    return True
