"""Which tests a model wrote since this process began: they stay a model's code until a person had the time to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.generation.kept_tests import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from greenline.domain.generation.kept_tests import GeneratedTest


class WrittenByModel:
    """Knows them by what they say: a test that somebody edited is that person's own."""

    def __init__(self) -> None:
        self._keys: dict[Path, set[str]] = {}
        """Project -> keys of tests in it."""

    def take(self, tests: Iterable[GeneratedTest], project: Path) -> None:
        """Note those of the tests that a model wrote."""
        keys = {test.key for test in tests if test.engine == "model"}
        if keys:
            self._keys.setdefault(project, set()).update(keys)

    def is_in(self, project: Path) -> bool:
        """Tell whether a model wrote tests of this project."""
        return project in self._keys

    def is_in_text(self, text: str, project: Path) -> bool:
        """Tell whether one of them is in the text of a test file."""
        keys = self._keys.get(project, set())
        return bool(keys) and not keys.isdisjoint(keys_of(text).values())
