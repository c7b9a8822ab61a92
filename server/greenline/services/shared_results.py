"""Code whose results are kept from one test to the next: the test that runs it is not the only one that uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.code.keeping import functions_that_keep
from greenline.domain.coverage.contexts import EVERY_LINE, between, union

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from greenline.ports.run_store import RunStore


class Shared:
    """Knows which functions keep what they found out (``functools.cache``, a global that is set once).

    Whatever runs when a file is imported is kept as well: by the test that is the first to import it.
    """

    def __init__(self, store: RunStore, root: Path) -> None:
        self._store = store
        self._root = root

    def holders(self, lines: Mapping[Path, Mapping[str, int]]) -> frozenset[Path]:
        """Return the files that keep what the changed lines may have given them.

        That is so where one test ran both: other tests got what was kept, and ran neither.
        """
        changed: set[str] = set()
        for path, by_text in lines.items():
            changed |= self._store.reaching(self._root, path, by_text)
        if not changed:
            return frozenset()
        found = set()
        for path, (text, outside) in self._store.newest_texts(self._root).items():
            bits = EVERY_LINE  # of a file that a test was the first to import
            if outside:
                bits = union(between(region.first, region.last) for region in functions_that_keep(text))
            if bits and self._store.reaching(self._root, path, {text: bits}) & changed:
                found.add(path)
        return frozenset(found)
