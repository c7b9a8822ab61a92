"""Code whose results are kept from one test to the next: the test that runs it is not the only one that uses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from greenline.domain.code.keeping import Keeper, keepers, uses
from greenline.domain.coverage.contexts import EVERY_LINE, between, union

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from greenline.domain.code.fingerprints import Region
    from greenline.ports.run_store import RunStore

_Texts = dict["Path", tuple[str, int]]


@dataclass
class Users:
    """Who may get what changed code gave, without running it."""

    imported: set[Path] = field(default_factory=set)
    """Files that have it from their import on."""
    lines: dict[Path, dict[str, int]] = field(default_factory=dict)
    """File -> its text that ran -> lines of the functions that use what was kept."""


class Shared:
    """Knows which functions keep what they found out (``functools.cache``, a global that is set once).

    Whatever runs when a file is imported is kept as well: by the test that is the first to import it.
    """

    def __init__(self, store: RunStore, root: Path) -> None:
        self._store = store
        self._root = root

    def users(self, lines: Mapping[Path, Mapping[str, int]]) -> Users:
        """Return who uses what the changed lines may have given to a function that keeps it.

        They may have where one test ran both: other tests got what was kept, and ran neither.
        """
        changed: set[str] = set()
        for path, by_text in lines.items():
            changed |= self._store.reaching(self._root, path, by_text)
        found = Users()
        if not changed:
            return found
        texts = self._store.newest_texts(self._root)
        first: list[Keeper] = []
        for path, (text, outside) in texts.items():
            if not outside and self._ran(path, text, EVERY_LINE) & changed:
                found.imported.add(path)
            first += [k for k in keepers(text) if self._ran(path, text, _bits([k.region])) & changed]
        names = _with_those_that_use_them(first, texts)
        for path, (text, _) in texts.items() if names else ():
            where = uses(text, names)
            if where.at_levels:
                found.imported.add(path)
            if where.functions:
                found.lines[path] = {text: _bits(where.functions)}
        return found

    def _ran(self, path: Path, text: str, bits: int) -> frozenset[str]:
        return self._store.reaching(self._root, path, {text: bits})


def _with_those_that_use_them(first: Iterable[Keeper], texts: _Texts) -> frozenset[str]:
    """Return the names by which it is used, also by way of other functions that keep results, and under other names."""
    names: set[str] = {name for keeper in first for name in keeper.names}
    while names:
        more = {name for text, _ in texts.values() for name in _more(text, names)} - names
        if not more:
            break
        names |= more
    return frozenset(names)


def _more(text: str, names: Collection[str]) -> Iterable[str]:
    where = uses(text, names)
    yield from where.aliases
    inside = {region.line for region in where.functions}
    yield from (name for keeper in keepers(text) if keeper.region.line in inside for name in keeper.names)


def _bits(regions: Iterable[Region]) -> int:
    return union(between(region.first, region.last) for region in regions)
