"""Which tests a change affects: those that ran the changed code the last time, and whatever could not be told.

A change inside a function affects the tests that ran it. What runs when a module is imported (a constant, a decorator,
a default, a class's body, an import, a function that came or went, and functions called then) affects the tests that
reached anything in the file, and the test files that import it, directly or not. Of test files that changed, and below
a ``conftest.py`` that did, all tests run; so do new ones, ones that were not recorded whole, and ones that failed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from greenline.domain.code.fingerprints import changes, fingerprints
from greenline.domain.code.import_graph import importers
from greenline.domain.coverage.contexts import EVERY_LINE, noticing
from greenline.services.shared_results import Shared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from greenline.ports.documents import Documents
    from greenline.ports.project import Project
    from greenline.ports.run_store import RunStore, StoredTest
    from greenline.ports.source_tree import SourceTree

_HOOK = re.compile(r"^def pytest_\w+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Affected:
    """What to run. Without ``recorded`` nothing is known of any test, and there is nothing to run."""

    recorded: bool
    whole: bool = False
    """All tests of the project were recorded once."""
    files: tuple[Path, ...] = ()
    """Test files that hold what is to run."""
    tests: frozenset[str] = frozenset()
    """Known tests that are affected."""
    skipped: frozenset[str] = frozenset()
    """Known tests in these files that are not."""
    gone: frozenset[Path] = frozenset()
    """Files that ran and are no more."""
    notes: tuple[str, ...] = ()
    """What cannot be told, in sentences."""


@dataclass
class _Changes:
    """What is different from what ran."""

    lines: dict[Path, dict[str, int]] = field(default_factory=dict)
    """File -> text that ran -> its lines of which a test must have run one."""
    imported: set[Path] = field(default_factory=set)
    """Files of which something changed that runs when they are imported."""
    used: dict[Path, dict[str, int]] = field(default_factory=dict)
    """The same, of unchanged files that use what changed code gave an earlier test."""
    texts: dict[Path, str] = field(default_factory=dict)
    """What the changed files hold now."""
    gone: frozenset[Path] = frozenset()


class AffectedTests:
    """Compares the files as they are now, buffers before the disk, with what ran."""

    def __init__(self, store: RunStore, documents: Documents, sources: SourceTree) -> None:
        self._store = store
        self._documents = documents
        self._sources = sources

    def of(self, project: Project, paths: Sequence[Path] = ()) -> Affected:
        """Return what the changes since the last run affect, in ``paths`` and in all files that ran.

        Costs a walk through the project's folders, and a reading of what changed; raises nothing.
        """
        known = self._store.tests(project.root)
        if not known:
            return Affected(recorded=False)
        here = self._sources.test_files(project)
        changed = self._changed(project, paths, here)
        whole = self._store.whole_at(project.root) is not None
        all_of = self._to_run_whole(project, here, changed, known, whole=whole)
        affected = {test.node_id for test in known if test.path in all_of}
        affected |= {test.node_id for test in known if not test.complete or test.outcome in {"failed", "error"}}
        affected |= self._reaching(project.root, changed.lines) | self._reaching(project.root, changed.used)
        files = {test.path for test in known if test.node_id in affected} | all_of
        present = sorted(path for path in files if self._sources.modified_at(path) is not None)
        skipped = {t.node_id for t in known if t.path in files - all_of} - affected
        return Affected(
            recorded=True,
            whole=whole,
            files=tuple(present),
            tests=frozenset(test.node_id for test in known if test.node_id in affected and test.path in present),
            skipped=frozenset(skipped),
            gone=changed.gone,
            notes=_notes(paths),
        )

    def known(self, project: Project) -> int:
        """Return how many tests are known. Costs what reading them costs; raises nothing."""
        return sum("::" in test.node_id for test in self._store.tests(project.root))

    def _changed(self, project: Project, paths: Sequence[Path], here: Sequence[Path]) -> _Changes:
        known = self._store.files(project.root)
        unsettled = self._store.unsettled(project.root)
        unsaved = self._documents.unsaved()
        there = {path: self._sources.modified_at(path) for path in known}
        found = _Changes(gone=frozenset(p for p, modified in there.items() if modified is None and p not in unsaved))
        looked_at = {*known, *(path for path in (*paths, *here) if path.suffix == ".py")}
        for path in sorted(looked_at):
            modified = there[path] if path in there else self._sources.modified_at(path)
            same = path not in unsaved and modified is not None and modified == known.get(path)
            if same and path not in unsettled:
                continue
            now = unsaved[path] if path in unsaved else self._read(path)
            self._compare(project.root, path, now, found)
        users = Shared(self._store, project.root).users(found.lines)
        found.imported |= users.imported
        found.used = users.lines
        for path in found.imported:
            found.lines[path] = dict.fromkeys((text for text, _ in self._store.texts(project.root, path)), EVERY_LINE)
        return found

    def _compare(self, root: Path, path: Path, now: str | None, found: _Changes) -> None:
        texts = self._store.texts(root, path)
        if now is not None:
            found.texts[path] = now
        if not texts and now is not None:  # a new file may be found where another was before
            found.imported.add(path)
        for text, outside in texts:
            if now is None:
                found.imported.add(path)
                continue
            change = changes(text, now)
            if not change:
                continue
            lines = noticing(change)
            found.lines.setdefault(path, {})[text] = lines
            if change.levels or lines & outside or _HOOK.search(text) or _HOOK.search(now):
                found.imported.add(path)

    def _to_run_whole(
        self, project: Project, here: Sequence[Path], changed: _Changes, known: Sequence[StoredTest], *, whole: bool
    ) -> set[Path]:
        """Return the test files all of whose tests are to run."""
        recorded = self._store.test_files(project.root)
        holding = {test.path for test in known}
        tests = {path for path in here if holds_tests(project, path)} | holding
        run = set()
        for path in tests:
            if path in changed.texts and path in recorded:
                if fingerprints(changed.texts[path]).whole != recorded[path]:
                    run.add(path)
            elif path not in recorded and (whole or path in holding):
                run.add(path)
        conftests = {path for path in {*changed.lines, *changed.imported} if path.name == "conftest.py"}
        run |= {path for path in tests if any(path.is_relative_to(conftest.parent) for conftest in conftests)}
        if changed.imported:
            ran = {path: text for path, (text, _) in self._store.newest_texts(project.root).items()}
            texts = {**ran, **changed.texts}
            run |= importers(texts, project.root, changed.imported) & tests
        return run

    def _reaching(self, root: Path, lines: Mapping[Path, Mapping[str, int]]) -> set[str]:
        found: set[str] = set()
        for path, by_text in lines.items():
            found |= self._store.reaching(root, path, by_text)
        return found

    def _read(self, path: Path) -> str | None:
        try:
            return self._documents.read(path)
        except (OSError, UnicodeDecodeError, LookupError):
            return None


def holds_tests(project: Project, path: Path) -> bool:
    """Tell whether pytest looks for tests in the file."""
    return path.name != "conftest.py" and any(path.match(pattern) for pattern in project.python_files)


def _notes(paths: Sequence[Path]) -> tuple[str, ...]:
    data = sorted({path.name for path in paths if path.suffix != ".py" and not path.is_dir()})
    if not data:
        return ()
    return (f"Which tests read {', '.join(data)} is not known; run all tests to be sure.",)
