"""Which of the texts that a file had was measured, when it was written again after the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.coverage.possible_runs import can_be_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from greenline.domain.coverage.model import Executed
    from greenline.ports.coverage import Exclusions, Measured, SourceAnalyzer
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
        self, project: Project, path: Path, measured: Measured, rules: Exclusions, seen: Sequence[Version] = ()
    ) -> str | None:
        """Return the newest text from before the report of which exactly this may have run; None: there is none.

        ``seen`` are texts that the caller knows of; ``rules`` say what does not count in the project.
        """
        executed, written = measured.executed, measured.written_at
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
            if version.since <= written and self.fits(version.text, measured, rules):
                self._missed.pop(path, None)
                return version.text
        if len(self._missed) >= _KEPT:
            self._missed.pop(next(iter(self._missed)))
        self._missed[path] = state
        return None

    def fits(self, text: str, measured: Measured, rules: Exclusions) -> bool:
        """Tell whether exactly this may have run of a text."""
        return is_of(text, measured.executed, self._analyzer, rules, is_whole=measured.is_whole)

    def _kept(self, project: Project, path: Path) -> Iterator[Version]:
        if self._stored is not None:
            yield from (Version(text, since) for text, since in self._stored.saved_texts(project, path))

    def _committed(self, path: Path, written: float) -> Iterator[Version]:
        past = self._history.text_at(path, written) if self._history is not None else None
        if past is not None:
            yield Version(past.text, min(past.committed_at, written))


def is_of(
    text: str, executed: Executed, analyzer: SourceAnalyzer, rules: Exclusions | None = None, *, is_whole: bool = True
) -> bool:
    """Tell whether a text can have run so. ``rules`` are the project's; see ``can_be_of`` for ``is_whole``."""
    statements, problems = analyzer.analyse(text, rules.excluded, rules.partial) if rules else analyzer.analyse(text)
    tree, _ = parse(text)
    return not problems and tree is not None and can_be_of(tree, statements, executed, is_whole=is_whole)
