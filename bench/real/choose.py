"""Which functions the bench asks for: by rule, so that nobody picks the ones that work.

``python bench/real/choose.py`` writes targets.json anew from the unpacked packages; the bench refuses to run when the
committed list is not what the rule gives.
"""

from __future__ import annotations

import ast
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
TARGETS = HERE / "targets.json"
WANTED = 10
SEED = "greenline"
_NOT_A_CALL = {"property", "cached_property", "setter", "deleter", "getter", "overload", "abstractmethod"}


@dataclass(frozen=True)
class Package:
    """``sources`` is where the code lies in the source distribution; ``sampled``: drawn, else the first in order."""

    name: str
    version: str
    sources: str
    sampled: bool

    @property
    def rule(self) -> str:
        every = (
            "all functions of public modules and methods of their public classes, public names, no properties, "
            "overloads or abstract methods, in the order of paths and lines"
        )
        drawn = (
            f"the {WANTED} smallest by SHA-256 of '{SEED}:' and the target" if self.sampled else f"the first {WANTED}"
        )
        return f"{every}; {drawn}; where there are fewer, then the remaining functions (private ones) in that order"


PACKAGES = (
    Package("inflection", "0.5.1", "inflection", sampled=False),
    Package("python-slugify", "9.2.0", "slugify", sampled=False),
    Package("packaging", "26.3", "src/packaging", sampled=True),
)


def chosen(package: Package, folder: Path) -> list[str]:
    """Return the targets of an unpacked package, relative to its folder."""
    public: list[str] = []
    others: list[str] = []
    for target, is_public in named_functions(package, folder):
        (public if is_public else others).append(target)
    if package.sampled:
        public.sort(key=lambda target: hashlib.sha256(f"{SEED}:{target}".encode()).hexdigest())
    picked = public[:WANTED]
    return sorted(picked) if package.sampled else [*picked, *others[: WANTED - len(picked)]]


def named_functions(package: Package, folder: Path) -> Iterator[tuple[str, bool]]:
    """Yield each function and method of an unpacked package as a target, and whether all of its names are public."""
    for path in sorted((folder / package.sources).rglob("*.py")):
        relative = path.relative_to(folder).as_posix()
        for qualname in _functions(ast.parse(path.read_text(encoding="utf-8")).body, ""):
            names = [*Path(relative).with_suffix("").parts, *qualname.split(".")]
            yield f"{relative}::{qualname}", not any(n.startswith("_") and n != "__init__" for n in names)


def committed() -> dict[str, list[str]]:
    """Return the committed targets by package."""
    entries = json.loads(TARGETS.read_text(encoding="utf-8"))
    return {entry["package"]: entry["targets"] for entry in entries}


def _functions(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            marks = {ast.unparse(each).partition("(")[0].rpartition(".")[2] for each in node.decorator_list}
            dunder = node.name.startswith("__") and node.name.endswith("__")
            if not dunder and not marks & _NOT_A_CALL:
                yield f"{prefix}{node.name}"


def main() -> None:
    from prepare import unpacked  # noqa: PLC0415 - it imports this module

    entries = []
    for package in PACKAGES:
        targets = chosen(package, unpacked(package))
        entries.append({"package": package.name, "version": package.version, "rule": package.rule, "targets": targets})
    TARGETS.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
