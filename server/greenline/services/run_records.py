"""From what a run reported to what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.code.fingerprints import changes, fingerprints, moved_lines, own_fingerprint
from greenline.domain.coverage.contexts import noticing
from greenline.ports.run_store import Carried, RunRecord, StoredTest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenline.ports.run_store import RunStore, Stamp
    from greenline.ports.tests import TestReport


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run was of; the empty one recorded chosen files only."""

    complete: bool = False
    """All files of the project were recorded."""
    everything: bool = False
    """Every test of the project ran to its end."""
    cut_short: bool = False
    """Tests that were to run did not."""
    looked_at: frozenset[Path] = frozenset()
    """Test files of which every test was to run, but for ``skipped``."""
    skipped: frozenset[str] = frozenset()
    pending: frozenset[str] = frozenset()
    """Tests that did not run, and which the changes since they last ran affect."""
    gone: frozenset[Path] = frozenset()
    """Files that were no more when the run began; of a run of everything, those of which nothing ran."""


@dataclass(frozen=True, slots=True)
class Ran:
    """The texts that a run saw, and what else is known of it."""

    texts: Mapping[Path, str]
    when: float
    modified: Mapping[Path, float] = field(default_factory=dict)
    """When they were written, of those that are the disk's."""
    report: Stamp = (None, None)


def record_of(root: Path, report: TestReport, ran: Ran, scope: Scope, store: RunStore) -> RunRecord:
    """Return what to keep. Costs a reading of the files that changed since the last run; raises nothing."""
    coverage = {path: executed for path, executed in report.coverage.items() if path in ran.texts}
    contexts = {
        node: {path: bits for path, bits in lines.items() if path in coverage}
        for node, lines in report.contexts.items()
    }
    tests = tuple(
        StoredTest(
            outcome.node_id,
            file_of(root, outcome.node_id),
            _fingerprint(root, outcome.node_id, ran.texts),
            outcome.outcome,
            outcome.seconds,
            ran.when,
            # What ran of a text that is not known could be anything.
            scope.complete and len(contexts.get(outcome.node_id, ())) == len(report.contexts.get(outcome.node_id, ())),
        )
        for outcome in report.outcomes
    )
    return RunRecord(
        when=ran.when,
        texts=ran.texts,
        coverage=coverage,
        outside={path: report.outside.get(path, 0) for path in coverage} if report.outside else {},
        tests=tests,
        contexts=contexts,
        complete=scope.complete,
        everything=scope.everything,
        cut_short=scope.cut_short,
        looked_at={p: fingerprints(ran.texts[p]).whole for p in sorted(scope.looked_at) if p in ran.texts},
        skipped=scope.skipped,
        pending=scope.pending,
        gone=frozenset() if scope.cut_short else scope.gone - ran.texts.keys() - report.coverage.keys(),
        carried=() if scope.everything or not scope.complete else tuple(_carried(root, ran, store)),
        modified=ran.modified,
        report=ran.report,
    )


def file_of(root: Path, node_id: str) -> Path:
    """Return the file that a test stands in."""
    return root / node_id.partition("::")[0]


def _fingerprint(root: Path, node_id: str, texts: Mapping[Path, str]) -> str:
    text = texts.get(file_of(root, node_id))
    return "" if text is None else own_fingerprint(text, node_id)


def _carried(root: Path, ran: Ran, store: RunStore) -> Iterable[Carried]:
    known = store.files(root)
    for path, text in ran.texts.items():
        if path not in known or (known[path] is not None and known[path] == ran.modified.get(path)):
            continue
        for old, _ in store.texts(root, path):
            change = changes(old, text)
            if old != text and not change.levels:
                yield Carried(path, old, text, noticing(change), moved_lines(old, text))
