"""Single imported names: what they bind, where they belong, how they are written."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

FUTURE, STDLIB, THIRD_PARTY, FIRST_PARTY, LOCAL = range(5)
_TEST_LIBRARIES = frozenset({"pytest", "hypothesis", "numpy", "pandas", "freezegun", "mock", "attr", "attrs"})
_WIDTH = 88


@dataclass(frozen=True, slots=True)
class ImportItem:
    """One name of an import statement. ``name`` is None for ``import module``; relative modules keep their dots."""

    module: str
    name: str | None = None
    alias: str | None = None

    @property
    def bound(self) -> str:
        """The name that the module gets."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def meaning(self) -> str:
        """What the bound name stands for, the same for ``import a.b as m`` and ``from a import b as m``."""
        if self.name:
            return f"{self.module}{'' if self.module.endswith('.') else '.'}{self.name}"
        return self.module if self.alias else self.module.partition(".")[0]

    def serves(self, need: ImportItem) -> bool:
        """Tell whether code that needs ``need`` can do with this one."""
        if (self.bound, self.meaning) != (need.bound, need.meaning):
            return False
        if need.name or need.alias or "." not in need.module:
            return True
        return not self.name and not self.alias and f"{self.module}.".startswith(f"{need.module}.")


def items_of(node: ast.Import | ast.ImportFrom) -> list[ImportItem]:
    """Return the names that one statement imports."""
    if isinstance(node, ast.Import):
        return [ImportItem(alias.name, None, _alias(alias)) for alias in node.names]
    module = "." * node.level + (node.module or "")
    return [ImportItem(module, alias.name, _alias(alias)) for alias in node.names]


def first_party_of(items: Iterable[ImportItem]) -> frozenset[str]:
    """Guess: what new tests import, and neither Python nor a well-known test library brings, is the project's."""
    tops = {item.module.partition(".")[0] for item in items}
    return frozenset(tops - set(sys.stdlib_module_names) - _TEST_LIBRARIES - {""})


def group_of(module: str, first_party: Collection[str]) -> int:
    """Return the section of the import block that a module belongs to."""
    top = module.partition(".")[0]
    if not top:
        return LOCAL
    if top == "__future__":
        return FUTURE
    if top in first_party:
        return FIRST_PARTY
    return STDLIB if top in sys.stdlib_module_names else THIRD_PARTY


def member_key(name: str) -> tuple[object, ...]:
    """Sort names of a ``from`` import: constants, classes, the rest, as import sorters do."""
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2
    return (kind, _natural(name.lower()), _natural(name), name)


def statement_key(statement: str) -> tuple[object, ...]:
    """Sort the statements of one section: ``import`` before ``from``, then by module, aliased ones last."""
    words = statement.replace(",", " ").replace("(", " ").split()
    module = words[1]
    dots = len(module) - len(module.lstrip("."))
    key = (_natural(module.lower()), _natural(module))
    if words[0] == "import":
        return (0, 0, *key, words[3] if len(words) > 3 else "")  # noqa: PLR2004
    return (1, -dots, *key, member_key(words[3]))


def statements_for(items: Collection[ImportItem]) -> list[str]:
    """Write the import statements of one section, sorted, names of one module together; no final newline."""
    plain: dict[str, set[str]] = {}
    written: set[str] = set()
    for item in items:
        if item.name is None:
            written.add(f"import {item.module}" + (f" as {item.alias}" if item.alias else ""))
        elif item.alias or item.name == "*":
            written.add(f"from {item.module} import {item.name}" + (f" as {item.alias}" if item.alias else ""))
        else:
            plain.setdefault(item.module, set()).add(item.name)
    written.update(_from_statement(module, sorted(names, key=member_key)) for module, names in plain.items())
    return sorted(written, key=statement_key)


def _from_statement(module: str, names: Sequence[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= _WIDTH:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _alias(alias: ast.alias) -> str | None:
    """``import a as a`` binds what ``import a`` binds."""
    return None if alias.asname == alias.name else alias.asname


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Numbers inside names count as numbers."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"([0-9]+)", text) if part)
