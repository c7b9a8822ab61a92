"""Functions, classes and targets as the text declares them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ParameterKind = Literal["positional-only", "positional-or-keyword", "var-positional", "keyword-only", "var-keyword"]
FunctionKind = Literal["function", "method", "classmethod", "staticmethod", "property"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; annotation and default are source text."""

    name: str
    kind: ParameterKind
    annotation: str | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """One ``def``.

    ``first_line`` counts decorators, ``line`` is the ``def`` itself, ``body_line`` the line of the body's first
    statement (its docstring, if it has one). Local functions are named ``outer.inner``, as coverage.py does it.
    """

    qualname: str
    kind: FunctionKind
    first_line: int
    line: int
    name_column: int
    """Column of the name in ``line``."""
    body_line: int
    end_line: int
    parameters: tuple[Parameter, ...] = ()
    returns: str | None = None
    decorators: tuple[str, ...] = ()
    is_async: bool = False
    is_generator: bool = False
    class_name: str | None = None
    """Qualified name of the class it stands in."""
    is_local: bool = False
    """Defined inside another function: only reachable by calling that one."""

    @property
    def name(self) -> str:
        """The last part of the qualified name."""
        return self.qualname.rpartition(".")[2]

    @property
    def is_private(self) -> bool:
        """By convention: one leading underscore, dunder methods excepted."""
        return self.name.startswith("_") and not (self.name.startswith("__") and self.name.endswith("__"))


@dataclass(frozen=True, slots=True)
class Class:
    """One ``class`` statement."""

    qualname: str
    first_line: int
    line: int
    end_line: int
    bases: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    name_column: int = 0
    """Column of the name in ``line``."""

    @property
    def name(self) -> str:
        """The last part of the qualified name."""
        return self.qualname.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Module:
    """What one text defines, in the order of the text."""

    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()

    def function(self, qualname: str) -> Function | None:
        """Return the last definition of that name (the one that counts at run time), or None."""
        return next((f for f in reversed(self.functions) if f.qualname == qualname), None)

    def function_at(self, line: int) -> Function | None:
        """Return the innermost function that holds the line, decorators included, or None."""
        holding = [f for f in self.functions if f.first_line <= line <= f.end_line]
        return max(holding, key=lambda f: f.first_line, default=None)


_LINE = re.compile(r":(\d+)$")


@dataclass(frozen=True, slots=True)
class Target:
    """What a test is wanted for: ``path.py``, ``path.py::func``, ``path.py::Class.method`` or ``path.py:LINE``."""

    path: Path
    qualname: str | None = None
    line: int | None = None

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read the written form. Anything else is taken for a path."""
        path, found, qualname = text.partition("::")
        if found and qualname:
            return cls(Path(path), qualname=qualname)
        if match := _LINE.search(path):
            return cls(Path(path[: match.start()]), line=int(match.group(1)))
        return cls(Path(path))

    def __str__(self) -> str:
        if self.qualname:
            return f"{self.path}::{self.qualname}"
        return f"{self.path}:{self.line}" if self.line else str(self.path)
