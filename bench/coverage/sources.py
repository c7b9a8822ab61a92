"""Python sources like those of a large application: drawn by a seed, never run, and different in each function.

``module`` writes one of about so many statements: imports, constants, functions, classes with methods and properties,
docstrings, and bodies of all kinds of branches that coverage.py tells of.
"""

from __future__ import annotations

import random

_NOUNS = """
account address batch branch budget carrier channel client contract currency customer delivery device entry event field
folder group header history index invoice item label ledger limit locale market message metric node order parcel partner
payment period policy price product profile quota record region report request result route sample schedule segment
session shipment signal source status stock tariff ticket token topic vendor version voucher window
"""
_VERBS = """
add apply assign build check clear close collect compute convert copy count create decode delete emit encode filter find
flush format group join load match merge move normalize parse pick plan publish read refresh register release render
resolve round save scan select send sort split store sum trim update validate wrap
"""
NOUNS, VERBS = _NOUNS.split(), _VERBS.split()
SETTINGS = """\
[project]
name = "warehouse"
version = "1"

[tool.coverage.run]
branch = true
source = ["warehouse"]

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
"""
"""Of the project that the modules are of: its ``pyproject.toml``."""
ERRORS = ["ValueError", "KeyError", "TypeError", "LookupError", "RuntimeError", "OSError"]


def module(seed: str, statements: int) -> str:
    """Return a module's text of about so many statements."""
    return _Module(seed).text(statements)


class _Module:
    """Writes one module; ``_count`` is how many statements it has so far."""

    def __init__(self, seed: str) -> None:
        self._rng = random.Random(seed)
        self._lines: list[str] = []
        self._count = 0
        self._names: set[str] = set()

    def text(self, statements: int) -> str:
        """Write until there are enough."""
        self._head()
        while self._count < statements:
            if self._rng.random() < 0.3:
                self._class()
            else:
                self._function("", method=False)
        return "\n".join(self._lines) + "\n"

    # The pieces of a module

    def _head(self) -> None:
        noun = self._noun()
        self._say(0, f'"""{noun.capitalize()}s, and what is done with each {self._noun()}."""', "")
        self._say(0, "from __future__ import annotations", "")
        for name in ("asyncio", "logging", "time"):
            self._say(0, f"import {name}")
        self._say(0, "from dataclasses import dataclass, field", "from typing import TYPE_CHECKING, Any", "")
        self._say(0, "if TYPE_CHECKING:")
        self._say(1, "from collections.abc import Iterator", "")
        self._say(0, "log = logging.getLogger(__name__)")
        for _ in range(self._rng.randint(2, 5)):
            self._say(0, f"MAX_{self._noun().upper()} = {self._rng.randint(2, 500)}")

    def _class(self) -> None:
        name = self._fresh(lambda: self._noun().capitalize() + self._noun().capitalize())
        self._say(0, "", "")
        if self._rng.random() < 0.4:
            self._say(0, "@dataclass")
        self._say(0, f"class {name}:")
        self._say(1, f'"""One {self._noun()} of a {self._noun()}."""', "")
        self._say(1, f"{self._noun()}: int = 0", f"{self._noun()}: list[Any] = field(default_factory=list)")
        for _ in range(self._rng.randint(2, 7)):
            self._function(name, method=True)

    def _function(self, owner: str, *, method: bool) -> None:
        rng, depth = self._rng, 1 if method else 0
        name = self._fresh(lambda: f"{rng.choice(VERBS)}_{self._noun()}", owner)
        first, second = self._two()
        self._say(0, *([""] if method else ["", ""]))
        if method and rng.random() < 0.15:
            self._say(depth, "@property")
            self._say(depth, f"def {name}(self) -> Any:")
        else:
            is_async = "async " if rng.random() < 0.08 else ""
            arguments = f"{'self, ' if method else ''}{first}: Any, {second}: int = {rng.randint(0, 9)}"
            self._say(depth, f"{is_async}def {name}({arguments}) -> Any:")
        self._docstring(depth + 1, first)
        self._say(depth + 1, f"{first} = self.{first}" if method else f"{second} = {second} or MAX_{second.upper()}")
        self._block(depth + 1, rng.randint(3, 16), (first, second), nested=0, loop=False)
        self._say(depth + 1, f"return {first}")

    def _docstring(self, depth: int, name: str) -> None:
        chance = self._rng.random()
        if chance < 0.4:
            self._say(depth, f'"""{self._rng.choice(VERBS).capitalize()} the {name}."""')
        elif chance < 0.7:
            self._say(depth, f'"""{self._rng.choice(VERBS).capitalize()} the {name}.', "")
            self._say(
                depth, f"The {self._noun()} decides which {self._noun()} counts;", "without one, none does.", '"""'
            )

    # Bodies

    def _block(self, depth: int, budget: int, names: tuple[str, str], *, nested: int, loop: bool) -> None:
        """Write about ``budget`` statements."""
        end = self._count + budget
        while self._count < end:
            left = end - self._count
            if nested >= 3 or left < 3 or self._rng.random() < 0.4:
                self._simple(depth, names)
            else:
                kinds = [self._if, self._if, self._guard, self._for, self._while, self._try, self._with, self._match]
                self._rng.choice(kinds)(depth, left - 1, names, nested + 1, loop)

    def _simple(self, depth: int, names: tuple[str, str]) -> None:
        rng, (one, two) = self._rng, names
        noun, number = self._noun(), rng.randint(1, 99)
        chosen = rng.randrange(9)
        if chosen == 0:
            self._say(depth, f"{noun} = {one}.{rng.choice(VERBS)}({two})")
        elif chosen == 1:
            self._say(depth, f"{two} += {number}")
        elif chosen == 2:
            self._say(depth, f'log.debug("{noun} %s of %s", {one}, {two})')
        elif chosen == 3:
            self._say(depth, f"{noun} = [{noun} for {noun} in {one} if {noun} > {number}]")
        elif chosen == 4:
            self._say(depth, f"{noun} = {one} if {two} > {number} else {two}")
        elif chosen == 5:
            noun, other = self._two()
            self._say(depth, f"{one}.{rng.choice(VERBS)}(", f"    {noun}={two},", f"    {other}={number},", ")")
            self._count -= 3
        elif chosen == 6:
            self._say(depth, f'{noun} = f"{{{one}}} of {{{two}:>{number}}}"')
        elif chosen == 7:
            self._say(depth, f"{noun} = sorted({one}, key=lambda {noun}: {noun}.{self._noun()})")
        else:
            self._say(depth, f"{one} = {rng.choice(VERBS)}_{noun}({one}, {two} * {number})")

    def _if(self, depth: int, budget: int, names: tuple[str, str], nested: int, loop: bool) -> None:
        self._say(depth, f"if {self._condition(names)}:")
        ways = self._rng.choice((1, 1, 2, 2, 3))
        for way in range(ways):
            if way:
                self._say(depth, "else:" if way == ways - 1 else f"elif {self._condition(names)}:")
                self._count -= way == ways - 1
            self._block(depth + 1, max(1, budget // (ways + 1)), names, nested=nested, loop=loop)

    def _guard(self, depth: int, _budget: int, names: tuple[str, str], _nested: int, loop: bool) -> None:
        self._say(depth, f"if {self._condition(names)}:")
        leave = [f"return {names[1]}", f'raise {self._rng.choice(ERRORS)}(f"no {self._noun()}: {{{names[0]}}}")']
        self._say(depth + 1, self._rng.choice([*leave, "continue", "break"] if loop else leave))

    def _for(self, depth: int, budget: int, names: tuple[str, str], nested: int, _loop: bool) -> None:
        noun = self._noun()
        self._say(depth, f"for {noun} in {self._rng.choice([names[0], f'range({names[1]})'])}:")
        self._block(depth + 1, max(1, budget // 2), (noun, names[1]), nested=nested, loop=True)
        if self._rng.random() < 0.15:
            self._say(depth, "else:")
            self._count -= 1
            self._simple(depth + 1, names)

    def _while(self, depth: int, budget: int, names: tuple[str, str], nested: int, _loop: bool) -> None:
        self._say(depth, f"while {self._condition(names)}:")
        self._block(depth + 1, max(1, budget // 2), names, nested=nested, loop=True)
        self._say(depth + 1, f"{names[1]} -= 1")

    def _try(self, depth: int, budget: int, names: tuple[str, str], nested: int, loop: bool) -> None:
        self._say(depth, "try:")
        self._block(depth + 1, max(1, budget // 2), names, nested=nested, loop=loop)
        self._say(depth, f"except {self._rng.choice(ERRORS)} as error:")
        self._say(depth + 1, f'log.warning("no {self._noun()}: %s", error)')
        if self._rng.random() < 0.3:
            self._say(depth + 1, "raise")
        if self._rng.random() < 0.25:
            self._say(depth, "finally:")
            self._count -= 1
            self._simple(depth + 1, names)

    def _with(self, depth: int, budget: int, names: tuple[str, str], nested: int, loop: bool) -> None:
        noun = self._noun()
        self._say(depth, f"with {names[0]}.open() as {noun}:")
        self._block(depth + 1, max(1, budget // 2), (noun, names[1]), nested=nested, loop=loop)

    def _match(self, depth: int, budget: int, names: tuple[str, str], nested: int, loop: bool) -> None:
        self._say(depth, f"match {names[0]}:")
        cases = [f"case {self._rng.randint(0, 9)}:", f'case "{self._noun()}" | "{self._noun()}":', "case _:"]
        for case in cases[self._rng.randrange(2) :]:
            self._say(depth + 1, case)
            self._block(depth + 2, max(1, budget // 4), names, nested=nested, loop=loop)

    # Words

    def _condition(self, names: tuple[str, str]) -> str:
        one, two = names
        number, noun = self._rng.randint(0, 99), self._noun()
        return self._rng.choice([
            f"{two} > {number}", f"not {one}", f"{one} is None", f'{one} == "{noun}"', f"{one} in MAX_{noun.upper()}",
            f"{two} < {number} and {one}.{noun}", f"isinstance({one}, dict) or {two} == {number}",
        ])  # fmt: skip

    def _noun(self) -> str:
        return self._rng.choice(NOUNS)

    def _two(self) -> tuple[str, str]:
        first, second = self._rng.sample(NOUNS, 2)
        return first, second

    def _fresh(self, make: object, owner: str = "") -> str:
        assert callable(make)
        name: str = make()
        while f"{owner}.{name}" in self._names:
            name = f"{name}_{self._rng.randint(2, 999)}" if owner or name.islower() else make() + make()
        self._names.add(f"{owner}.{name}")
        return name

    def _say(self, depth: int, *lines: str) -> None:
        self._lines.extend(f"{'    ' * depth}{line}" if line else "" for line in lines)
        self._count += sum(1 for line in lines if line and not line.startswith(('"""', "@")))
