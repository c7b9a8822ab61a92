"""Which lines of a source a run would take: walks along the arcs that coverage.py finds in it, drawn by a seed."""

from __future__ import annotations

import ast
import random
from collections import defaultdict
from dataclasses import dataclass

from coverage.parser import PythonParser

Arc = tuple[int, int]

_STEPS = 120
"""A walk that has not left its function by then is one that a time limit ended; imports come to their end."""


@dataclass(frozen=True)
class Walks:
    """What an import runs, and what calls of each reached function run: each walk is one kind of call."""

    imported: frozenset[Arc]
    calls: tuple[tuple[frozenset[Arc], ...], ...]


def walks(text: str, seed: str, reached: float) -> Walks:
    """Draw them; ``reached`` is the share of functions that any test calls."""
    parser = PythonParser(text=text, filename="<text>")
    parser.parse_source()
    after: dict[int, list[int]] = defaultdict(list)
    for start, end in sorted(parser.arcs()):
        after[start].append(end)
    rng = random.Random(seed)
    tree = ast.parse(text)
    scopes = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    imported = _walk(after, -1, min(parser.statements), rng)
    for one in classes:
        imported |= _walk(after, -_first_line(one), _first_body_line(one), rng)
    calls = []
    for one in scopes:
        if rng.random() < reached:
            start, body = -_first_line(one), _first_body_line(one)
            favourites: dict[int, int] = {}  # each call prefers the same ways, so that some are taken by none
            calls.append(tuple(_walk(after, start, body, rng, favourites) for _ in range(rng.randint(1, 3))))
    return Walks(frozenset(imported), tuple(calls))


def _walk(
    after: dict[int, list[int]], start: int, first: int, rng: random.Random, favourites: dict[int, int] | None = None
) -> frozenset[Arc]:
    taken = {(start, first)}
    line = first
    for _ in range(len(after) + 1 if favourites is None else _STEPS):
        ends = after.get(line)
        if line < 0 or not ends:
            break
        if favourites is None:
            end = next((e for e in ends if e > line), ends[0])
        else:
            favourite = favourites.setdefault(line, rng.choice(ends))
            end = favourite if rng.random() < 0.85 else rng.choice(ends)
        taken.add((line, end))
        line = end
    return frozenset(taken)


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _first_body_line(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    has_docstring = ast.get_docstring(node) is not None and len(node.body) > 1
    return node.body[1 if has_docstring else 0].lineno
