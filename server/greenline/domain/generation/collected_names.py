"""Names of new tests in a project that has pytest collect functions by other names than ``test...``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.generation.model import Candidate

_SIGNS = "*?["


@dataclass(frozen=True, slots=True)
class Collected:
    """What pytest takes for tests in a project: the patterns of ``python_functions`` and ``python_classes``."""

    functions: tuple[str, ...] = ("test",)
    classes: tuple[str, ...] = ("Test",)

    def has_class(self, name: str) -> bool:
        """Tell whether a class of that name holds tests."""
        return any(_takes(pattern, name) for pattern in self.classes)

    def usual_class(self, name: str) -> str:
        """Return the name that it would have where nothing is set: ``TestCart`` for ``DescribeCart``."""
        return f"Test{_words(name, self.classes)}" if self.has_class(name) else name

    def usual_function(self, name: str) -> str:
        """Return the name that it would have where nothing is set, ``test_adds`` for ``it_adds``; "" for no test."""
        if not any(_takes(pattern, name) for pattern in self.functions):
            return ""
        return name if name.startswith("test") else f"test_{_words(name, self.functions)}".replace("__", "_")


def as_collected(candidates: Sequence[Candidate], patterns: Sequence[str]) -> tuple[Candidate, ...]:
    """Return the candidates under names that pytest collects by ``python_functions``; as they are where it does."""
    return tuple(_renamed(candidate, patterns) for candidate in candidates)


def _renamed(candidate: Candidate, patterns: Sequence[str]) -> Candidate:
    name = collected_name(candidate.name, patterns)
    if name == candidate.name:
        return candidate
    code = candidate.code.replace(f"def {candidate.name}(", f"def {name}(", 1)
    return replace(candidate, name=name, code=code)


def collected_name(name: str, patterns: Sequence[str]) -> str:
    """Return a name with the same words that one of the patterns takes; the name itself where none can be met.

    A pattern without a star is a beginning, as pytest has it.
    """
    if any(_takes(pattern, name) for pattern in patterns):
        return name
    words = name.removeprefix("test_")
    for pattern in patterns:
        before, _, after = pattern.partition("*") if any(sign in pattern for sign in _SIGNS) else (pattern, "", "")
        start = f"{before}_" if before and before[-1] != "_" and not before[-1].isupper() else before
        made = f"{start}{words}{after}"
        if made.isidentifier() and _takes(pattern, made):
            return made
    return name


def _words(name: str, patterns: Sequence[str]) -> str:
    """Return what is left of a name without what the pattern that takes it asks for."""
    taking = next(pattern for pattern in patterns if _takes(pattern, name))
    before, _, after = taking.partition("*")
    plain = name.removeprefix(before).removesuffix(after) if name != before + after else name
    return plain or name


def _takes(pattern: str, name: str) -> bool:
    return name.startswith(pattern) or (any(sign in pattern for sign in _SIGNS) and fnmatchcase(name, pattern))
