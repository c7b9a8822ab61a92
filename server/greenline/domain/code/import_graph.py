"""Which files import which, read by pattern: what is imported by whatever way, and rather more than too little."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from greenline.domain.code.imported_names import imported_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

_RELATIVE = re.compile(r"\bfrom[ \t\\\r\n]*\.")
_DOTTED_STRING = re.compile(r"""["']([A-Za-z_]\w*(?:\.\w+)+)["']""")
_WORD_STRING = re.compile(r"""["']([A-Za-z_]\w*)["']""")
_IMPORTS_BY_NAME = re.compile(r"\b(?:import_module|__import__|importorskip|pytest_plugins|run_module|reload)\b")


def importers(texts: Mapping[Path, str], root: Path, changed: Collection[Path]) -> frozenset[Path]:
    """Return the files that import a changed one, directly or not, and the changed ones themselves.

    A file has each name that some folder above it would give it. A test file has the ``conftest.py`` files above it.
    """
    by_name: dict[str, set[Path]] = defaultdict(set)
    for path in {*texts, *changed}:
        for name in _names(path, root):
            by_name[name].add(path)
    imported_by: dict[Path, set[Path]] = defaultdict(set)
    for path, text in texts.items():
        for name in _imported(path, text, root):
            for module in by_name.get(name, ()):
                imported_by[module].add(path)
    for path in texts:
        if path.name == "conftest.py":
            imported_by[path].update(other for other in texts if other.is_relative_to(path.parent))
    found, todo = set(changed), list(changed)
    while todo:
        for path in imported_by[todo.pop()] - found:
            found.add(path)
            todo.append(path)
    return frozenset(found)


def imports(path: Path, text: str, root: Path, modules: Collection[Path]) -> bool:
    """Tell whether a file imports one of the modules itself."""
    named = {name for module in modules for name in _names(module, root)}
    return bool(named & _imported(path, text, root))


def _names(path: Path, root: Path) -> Iterable[str]:
    parts = (path.relative_to(root) if path.is_relative_to(root) else path).with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return [".".join(parts[start:]) for start in range(len(parts))]


def _imported(path: Path, text: str, root: Path) -> set[str]:
    inside = path.relative_to(root).parent.parts if path.is_relative_to(root) else ()
    found: set[str] = set()
    for start in range(len(inside) + 1):  # the package may begin at any folder
        found |= imported_names(text, ".".join(inside[start:]))
        if not _RELATIVE.search(text):
            break
    found.update(_DOTTED_STRING.findall(text))
    if _IMPORTS_BY_NAME.search(text):
        found.update(_WORD_STRING.findall(text))
    # Whoever imports a.b.c runs a and a.b as well.
    return {
        ".".join(parts[:count]) for parts in (name.split(".") for name in found) for count in range(1, len(parts) + 1)
    }
