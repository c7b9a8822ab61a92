"""Instances of classes of the standard library that their constructors do not make, or not readably."""

from __future__ import annotations

import importlib
import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greenline_probe.explore.express import Names

_ADDRESS = "'https://ada:secret@example.com:8080/a/b?c=1&d=2#part'"
_CALLS: dict[str, list[tuple[str, str]]] = {
    "array.array": [("array.array", "'i', [3, 1, 2]"), ("array.array", "'i'")],
    "argparse.ArgumentParser": [("argparse.ArgumentParser", "")],
    "ast.AST": [("ast.parse", "'x = f(1) + 2'"), ("ast.parse", "'def f(a): return a'")],
    "configparser.ConfigParser": [("configparser.ConfigParser", "")],
    "contextlib.AbstractContextManager": [("contextlib.nullcontext", "3"), ("contextlib.nullcontext", "")],
    "contextlib.AbstractAsyncContextManager": [("contextlib.nullcontext", "3"), ("contextlib.nullcontext", "")],
    "_contextvars.ContextVar": [
        ("contextvars.ContextVar", "'current', default=3"),
        ("contextvars.ContextVar", "'current'"),
    ],
    "collections.ChainMap": [("collections.ChainMap", "{'a': 1}, {'a': 2, 'b': 3}"), ("collections.ChainMap", "")],
    "email.message.Message": [
        ("email.message_from_string", "'Subject: Hello\\nFrom: ada@example.com\\n\\nsome text'"),
        ("email.message_from_string", "''"),
    ],
    "functools.partial": [("functools.partial", "max, 3"), ("functools.partial", "int, base=2")],
    "inspect.Signature": [("inspect.signature", "lambda a, b=1: a"), ("inspect.signature", "lambda: 3")],
    "io.IOBase": [("io.BytesIO", "b'first line\\nsecond line\\n'"), ("io.BytesIO", "b''")],
    "logging.LogRecord": [
        ("logging.makeLogRecord", "{'name': 'app', 'levelname': 'INFO', 'levelno': 20, 'msg': 'some text'}"),
        (
            "logging.makeLogRecord",
            "{'name': 'app', 'levelname': 'ERROR', 'levelno': 40, 'msg': 'failed: %s', 'args': ('x',)}",
        ),
    ],
    "logging.Logger": [("logging.getLogger", "'app'")],
    "memoryview": [("memoryview", "b'abc'"), ("memoryview", "b''")],
    "sqlite3.Connection": [("sqlite3.connect", "':memory:'")],
    "string.Template": [("string.Template", "'Hello $name'"), ("string.Template", "'text'")],
    "types.MappingProxyType": [("types.MappingProxyType", "{'a': 1, 'b': 2}"), ("types.MappingProxyType", "{}")],
    "types.ModuleType": [("types.ModuleType", "'module'")],
    "urllib.parse.ParseResult": [("urllib.parse.urlparse", _ADDRESS), ("urllib.parse.urlparse", "'/a'")],
    "urllib.parse.SplitResult": [("urllib.parse.urlsplit", _ADDRESS), ("urllib.parse.urlsplit", "'/a'")],
    "xml.etree.ElementTree.Element": [
        ("xml.etree.ElementTree.fromstring", "'<a id=\"1\"><b>text</b><b/></a>'"),
        ("xml.etree.ElementTree.fromstring", "'<a/>'"),
    ],
    "zoneinfo.ZoneInfo": [("zoneinfo.ZoneInfo", "'UTC'"), ("zoneinfo.ZoneInfo", "'Europe/Paris'")],
}
"""Class -> (what is called, with which arguments)."""
_SAME = {
    "io.RawIOBase": "io.IOBase", "io.BufferedReader": "io.IOBase", "_io.BufferedReader": "io.IOBase",
    "_io._IOBase": "io.IOBase", "_io._RawIOBase": "io.IOBase", "ast.expr": "ast.AST", "ast.stmt": "ast.AST",
    "ast.Module": "ast.AST", "builtins.memoryview": "memoryview", "builtins.mappingproxy": "types.MappingProxyType",
    "builtins.module": "types.ModuleType", "email.message.EmailMessage": "email.message.Message",
}  # fmt: skip
_VALUES = {
    "numbers.Number": ["3", "2.5", "0", "-1"],
    "numbers.Real": ["2.5", "3", "0", "-1"],
    "numbers.Integral": ["3", "0", "-1"],
    "typing.SupportsInt": ["3", "2.5", "True"],
    "typing.SupportsFloat": ["2.5", "3"],
    "typing.SupportsIndex": ["3", "0"],
    "typing.SupportsAbs": ["-3", "2.5"],
    "typing.SupportsRound": ["2.5", "3"],
    "collections.abc.Hashable": ["'abc'", "3", "(1, 2)"],
    "collections.abc.Sized": ["[3, 1, 2]", "''", "{'a': 1}"],
    "collections.abc.Container": ["[3, 1, 2]", "'abc'", "[]"],
    "builtins.function": ["lambda value: value", "lambda value: None"],
}


def ready_made(kind: Any, names: Names) -> list[str]:
    """Return expressions for an instance of a class of the standard library, empty for any other."""
    full = f"{getattr(kind, '__module__', '')}.{getattr(kind, '__qualname__', '')}"
    if full in _VALUES:
        return list(_VALUES[full])
    if isinstance(kind, type) and issubclass(kind, BaseException) and kind.__module__ == "builtins":
        return [f"{kind.__name__}('some text')", f"{kind.__name__}()"]
    found = []
    for maker, arguments in _CALLS.get(_SAME.get(full, full), ()):
        home, _, name = maker.rpartition(".")
        try:
            function = operator.attrgetter(name)(importlib.import_module(home or "builtins"))
        except (ImportError, AttributeError):
            continue
        shown = names.bind_attribute(home, name, function) if home else name
        found.append(f"{shown}({arguments})")
    return found
