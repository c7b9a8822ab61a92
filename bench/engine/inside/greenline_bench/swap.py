"""Puts a mutant's code into the functions of a module that is imported already."""

from __future__ import annotations

import ast
import gc
import types
from collections.abc import Iterator
from typing import Any

from greenline_bench.record import Key, key_of


class Swap:
    """One mutant of one file: which functions differ, and how to put either side in."""

    def __init__(self, original: str, mutant: str, file: str) -> None:
        same = ast.unparse(ast.parse(original))
        self._file = file
        self._mutant: dict[Key, types.CodeType] = {}
        codes = [compile(text, file, "exec", dont_inherit=True) for text in (original, same, mutant)]
        self.is_same = like(codes[1]) == like(codes[2])
        """Both compile to the same bytecode."""
        self._pair(*codes)
        self._defaults = dict(_other_defaults(original, mutant))
        functions = _functions_of(file)
        self._code = [(f, f.__code__, self._mutant[key_of(f.__code__)])
                      for f in functions if key_of(f.__code__) in self._mutant]  # fmt: skip
        self._default = [(f, f.__defaults__, f.__kwdefaults__, *_evaluated(f, *self._defaults[key_of(f.__code__)]))
                         for f in functions if key_of(f.__code__) in self._defaults]  # fmt: skip
        self.keys = {key_of(code) for _, code, _ in self._code} | {key_of(f.__code__) for f, *_ in self._default}
        """Functions that the mutant changes, as far as they can be changed while the module lives."""

    def put(self, *, mutant: bool) -> None:
        """Put the mutant in, or the original back."""
        for function, code, changed in self._code:
            function.__code__ = changed if mutant else code
        for function, usual, usual_named, changed, changed_named in self._default:
            function.__defaults__ = changed if mutant else usual
            function.__kwdefaults__ = changed_named if mutant else usual_named

    def _pair(self, original: types.CodeType, same: types.CodeType, mutant: types.CodeType) -> None:
        """Find the changed functions: all three sides have them in the same order, but for what was taken out."""
        inner = [_inner(code) for code in (original, same, mutant)]
        if len({len(codes) for codes in inner}) > 1:
            return
        for one, two, three in zip(*inner):
            if like(two) == like(three):
                continue
            if three.co_freevars == one.co_freevars:
                self._mutant[key_of(one)] = three
            self._pair(one, two, three)


def like(code: types.CodeType) -> tuple[Any, ...]:
    """Return what makes two codes do the same, without where they stand."""
    constants = tuple(like(c) if isinstance(c, types.CodeType) else (type(c).__name__, repr(c)) for c in code.co_consts)
    tables = getattr(code, "co_exceptiontable", b"")
    return (code.co_name, code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, constants,
            tables, code.co_argcount, code.co_kwonlyargcount, code.co_flags)  # fmt: skip


def functions_at(lines: set[int], text: str) -> dict[int, Key]:
    """Return for each line the innermost function around it."""
    found: dict[int, tuple[int, Key]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            for line in lines:
                if first <= line <= (node.end_lineno or first) and first >= found.get(line, (0, ("", 0)))[0]:
                    found[line] = first, (node.name, first)
    return {line: key for line, (_, key) in found.items()}


def _inner(code: types.CodeType) -> list[types.CodeType]:
    return [c for c in code.co_consts if isinstance(c, types.CodeType)]


def functions_by_key(file: str) -> dict[Key, types.FunctionType]:
    """Return the file's live functions."""
    return {key_of(f.__code__): f for f in _functions_of(file)}


def _functions_of(file: str) -> list[types.FunctionType]:
    return [f for f in gc.get_objects() if type(f) is types.FunctionType and f.__code__.co_filename == file]


def _other_defaults(original: str, mutant: str) -> Iterator[tuple[Key, tuple[ast.arguments, ast.arguments]]]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    sides = [[n for n in ast.walk(ast.parse(text)) if isinstance(n, kinds)] for text in (original, mutant)]
    if len(sides[0]) != len(sides[1]):
        return
    for one, two in zip(*sides):
        if ast.dump(one.args) != ast.dump(two.args):
            first = min([one.lineno, *(d.lineno for d in one.decorator_list)])
            yield (one.name, first), (one.args, two.args)


def _evaluated(function: Any, usual: ast.arguments, changed: ast.arguments) -> tuple[Any, Any]:
    """Return the function's defaults with those evaluated that the mutant changes."""
    defaults, named = list(function.__defaults__ or ()), dict(function.__kwdefaults__ or {})
    for index, (one, two) in enumerate(zip(usual.defaults, changed.defaults)):
        if ast.dump(one) != ast.dump(two):
            defaults[index] = _value(two, function)
    for argument, one, two in zip(usual.kwonlyargs, usual.kw_defaults, changed.kw_defaults):
        if one is not None and two is not None and ast.dump(one) != ast.dump(two):
            named[argument.arg] = _value(two, function)
    return tuple(defaults) or None, named or None


def _value(node: ast.expr, function: Any) -> Any:
    return eval(ast.unparse(node), function.__globals__)
