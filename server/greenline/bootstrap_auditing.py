"""Joins what judges the tests that exist: imported when somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.adapters.audit_settings import ignored_in
from greenline.adapters.source_tree import SourceTreeOnDisk
from greenline.services.audit_changes import AuditChanges
from greenline.services.audit_runs import AuditRuns
from greenline.services.audit_suite import AuditSuite
from greenline.services.audit_tests import AuditTests
from greenline.services.measure_strength import MeasureStrength
from greenline.services.read_audit import ReadAudit

if TYPE_CHECKING:
    from greenline.ports.documents import Documents
    from greenline.ports.project import InterpreterFinder, ProjectFinder
    from greenline.ports.tests import TestRunner
    from greenline.services.find_gaps import FindGaps
    from greenline.services.recorded_runs import RecordedRuns
    from greenline.settings import Settings


def audit_tests(
    *,
    projects: ProjectFinder,
    documents: Documents,
    runner: TestRunner,
    runs: RecordedRuns,
    gaps: FindGaps,
    interpreters: InterpreterFinder,
    settings: Settings,
) -> AuditTests:
    """Build it."""
    return AuditTests(
        ReadAudit(projects, SourceTreeOnDisk(), documents, ignored_in),
        AuditSuite(
            recorded=runs,
            runs=AuditRuns(runner),
            changes=AuditChanges(runner, documents),
            gaps=gaps,
            interpreters=interpreters,
            documents=documents,
            settings=settings,
        ),
    )


def measure_strength(
    *,
    projects: ProjectFinder,
    interpreters: InterpreterFinder,
    runner: TestRunner,
    documents: Documents,
    settings: Settings,
) -> MeasureStrength:
    """Build it."""
    return MeasureStrength(
        projects=projects, interpreters=interpreters, runner=runner, documents=documents, settings=settings
    )
