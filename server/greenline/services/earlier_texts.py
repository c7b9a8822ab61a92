"""Which of the texts that a file had was measured, when it was written again after the report."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.parse import all_statements, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from greenline.domain.coverage.model import Executed
    from greenline.ports.coverage import SourceAnalyzer
    from greenline.ports.history import History
    from greenline.ports.project import Project
    from greenline.services.stored_runs import StoredRuns

_KEPT = 128


@dataclass(frozen=True, slots=True)
class Version:
    """A text that a file had at some time (seconds since the epoch)."""

    text: str
    since: float


class EarlierTexts:
    """Looks among what runs kept and in the project's history. Not safe by itself: its user holds a lock."""

    def __init__(self, analyzer: SourceAnalyzer, stored: StoredRuns | None, history: History | None) -> None:
        self._analyzer = analyzer
        self._stored = stored
        self._history = history
        self._missed: dict[Path, object] = {}
        """What was looked through in vain: it is not looked through at each keystroke."""

    def measured(
        self, project: Project, path: Path, executed: Executed, written: float, seen: Sequence[Version] = ()
    ) -> str | None:
        """Return the newest text from before ``written`` of which exactly this may have run; None: there is none.

        ``seen`` are texts that the caller knows of.
        """
        state = (
            written,
            executed,
            self._history and self._history.stamp(path),
            self._stored and self._stored.stamp(project),
        )
        if self._missed.get(path) == state:
            return None
        versions = [*seen, *self._kept(project, path), *self._committed(path, written)]
        for version in sorted(versions, key=lambda version: -version.since):
            if version.since <= written and is_of(version.text, executed, self._analyzer):
                self._missed.pop(path, None)
                return version.text
        if len(self._missed) >= _KEPT:
            self._missed.pop(next(iter(self._missed)))
        self._missed[path] = state
        return None

    def _kept(self, project: Project, path: Path) -> Iterator[Version]:
        if self._stored is not None:
            yield from (Version(text, since) for text, since in self._stored.saved_texts(project, path))

    def _committed(self, path: Path, written: float) -> Iterator[Version]:
        past = self._history.text_at(path, written) if self._history is not None else None
        if past is not None:
            yield Version(past.text, min(past.committed_at, written))


def is_of(text: str, executed: Executed, analyzer: SourceAnalyzer) -> bool:
    """Tell whether each line that ran, and each end of an arc, is where something of the text can run."""
    statements, problems = analyzer.analyse(text)
    tree, _ = parse(text)
    if problems or tree is None:
        return False
    can_run = statements.lines | statements.excluded | {1, *_lines_of_strings(tree)}
    ends = {abs(end) for arc in executed.arcs or () for end in arc}
    return all(statements.first_line.get(line, line) in can_run for line in (executed.lines | ends) - {0})


def _lines_of_strings(tree: ast.Module) -> Iterator[int]:
    """Yield the lines of docstrings: they are stored when a class or module is made, and count as no statement."""
    for node in all_statements(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)
