"""What kind of code a module is, as far as tests of it are written in another way for that."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Literal, get_args

from greenline.domain.code.imported_names import imported_names
from greenline.domain.code.parse import all_statements, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

KindOfCode = Literal["model", "web", "orm", "cli", "async", "http", "plain"]
KINDS: tuple[KindOfCode, ...] = get_args(KindOfCode)
"""In the order in which they are told: what says most of the code comes first."""

MOST_KINDS = 3
_LIBRARIES: dict[KindOfCode, str] = {
    "model": "anthropic cohere google.genai google.generativeai groq instructor langchain langchain_anthropic "
    "langchain_core langchain_openai litellm llama_index mistralai ollama openai pydantic_ai",
    "web": "aiohttp.web bottle django.http django.shortcuts django.urls django.views falcon fastapi flask litestar "
    "quart rest_framework sanic starlette tornado.web",
    "orm": "aiosqlite asyncpg django.contrib.auth.models django.db mongoengine peewee pony psycopg psycopg2 sqlalchemy "
    "sqlite3 sqlmodel tortoise",
    "cli": "argparse click docopt fire optparse typer",
    "async": "anyio arq asyncio celery concurrent.futures dramatiq multiprocessing queue rq threading trio",
    "http": "aiohttp http.client httpx httpx2 niquests requests urllib.request urllib3",
}
_ROWS = re.compile(r"\b[A-Z]\w*\.objects\b")
"""Django's way to the rows of a model, which most modules import from another of the project."""
_VERBS = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "route", "websocket"})


def kinds_of_code(text: str) -> tuple[KindOfCode, ...]:
    """Return the kinds of a module, what says most first and three at most; "plain" where it is no other.

    It is asked of a whole module and not of a function, so that what a model is told stays the same for all functions
    of one. Raises nothing.
    """
    imports = imported_names(text, "")
    found = {kind for kind, libraries in _LIBRARIES.items() if not imports.isdisjoint(libraries.split())}
    found |= set(_by_definitions(text))
    if _ROWS.search(text):
        found.add("orm")
    if "aiohttp.web" in imports and "aiohttp.ClientSession" not in text:
        found.discard("http")  # the same package serves and asks
    return tuple(kind for kind in KINDS if kind in found)[:MOST_KINDS] or ("plain",)


def _by_definitions(text: str) -> Iterator[KindOfCode]:
    """Yield what definitions say where the library is imported elsewhere: routes and commands of an app, coroutines."""
    tree, _ = parse(text)
    coroutines = routes = False
    for node in all_statements(tree) if tree else ():
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        coroutines |= isinstance(node, ast.AsyncFunctionDef)
        for decorator in node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            named = call.func if call else decorator
            if not isinstance(named, ast.Attribute):
                continue
            routes |= named.attr in _VERBS and call is not None and _is_address(call)
            if named.attr == "command":
                yield "cli"
    if routes:
        yield "web"
    elif coroutines:  # those of routes are awaited by the framework
        yield "async"


def _is_address(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.startswith("/")
