"""The profile of Hypothesis' settings that a project loads for its tests, read from the text of its conftest.py."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from greenline.domain.code.parse import parse
from greenline.domain.generation.max_examples import Profile

_GETTERS = frozenset({"getenv", "get"})


def profile_in(texts: Iterable[str]) -> Profile | None:
    """Return the profile that the first of the texts loads which loads one; None where none does.

    A profile that an environment variable chooses is the one that it is without the variable.
    """
    for text in texts:
        tree, _ = parse(text)
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree else []
        loaded = [name for call in _named(calls, "load_profile") for name in [_chosen(call.args[0])] if name]
        known = {_chosen(call.args[0]): _profile(call) for call in _named(calls, "register_profile")}
        for name in loaded[-1:]:
            if name in known:
                return known[name]
    return None


def _named(calls: list[ast.Call], name: str) -> Iterator[ast.Call]:
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == name and call.args:
            yield call


def _chosen(node: ast.expr) -> str:
    """Return a constant name, or the default of a variable of the environment; empty for anything else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GETTERS:
        node = node.args[1] if len(node.args) > 1 else node
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _profile(call: ast.Call) -> Profile:
    given = {k.arg: k.value.value for k in call.keywords if isinstance(k.value, ast.Constant)}
    count = given.get("max_examples")
    return Profile(count if isinstance(count, int) else None, given.get("deadline", 1) is not None)
