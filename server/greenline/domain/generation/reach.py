"""By which names a test gets at what it imports."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reach:
    """What importing a tested module showed; nothing is said of what nobody imported."""

    passed_on: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By package: the names that it has of modules inside it, and of which: ``{"shop": {"price": "shop._prices"}}``.

    Empty where it has another thing under the name.
    """
    shadowed: bool = False
    """Something else stands where a package would have the module: a function ``shop.price`` of ``shop/price.py``."""

    def module_of(self, package: str, name: str) -> str | None:
        """Return the module of which a package passes a name on, empty for another thing, None for nothing."""
        return self.passed_on.get(package, {}).get(name)

    def package_of(self, module: str, name: str, packages: Collection[str]) -> str:
        """Return the innermost of the packages that has the module's name, too; empty for none."""
        having = (package for package in packages if self.module_of(package, name) == module)
        return max(having, key=len, default="")

    @classmethod
    def together(cls, several: Iterable[Reach]) -> Reach:
        """Return what all of them saw of one module."""
        found: dict[str, dict[str, str]] = {}
        shadowed = False
        for one in several:
            shadowed = shadowed or one.shadowed
            for package, names in one.passed_on.items():
                mine = found.setdefault(package, {})
                mine.update({name: module for name, module in names.items() if module or name not in mine})
        return cls(found, shadowed)


NOT_KNOWN = Reach()
