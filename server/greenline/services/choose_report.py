"""Choose which coverage report counts, let none count, and say how things are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.ports.coverage import Reading, ReportChoice
    from greenline.ports.project import Project, ProjectFinder
    from greenline.ports.run_store import RunStore
    from greenline.services.diagnose_project import DiagnoseProject, Finding, FindingState

_SIGNS: dict[FindingState, str] = {"ok": "✓", "warning": "!", "problem": "✗"}
_IN_SHORT = 3
"""Findings that a message on the screen names."""


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """What the doctor says. ``short`` is a line or two, for a message; ``markdown`` is all of it."""

    markdown: str
    short: str
    is_well: bool
    findings: tuple[Finding, ...] = ()


class ChooseReport:
    """What a person does about reports. Every method may be slow; ``readings`` never waits."""

    def __init__(
        self, *, projects: ProjectFinder, reports: ReportChoice, runs: RunStore, doctor: DiagnoseProject
    ) -> None:
        self._projects, self._reports, self._runs, self._doctor = projects, reports, runs, doctor

    def load(self, path: Path, report: Path) -> str:
        """Use this report alone for the project of a file or folder; a relative one is in the project.

        Returns a sentence. Raises CoverageProblem for a report that is of no use: then all stays as it was.
        """
        project = self.project_of(path)
        file = project.root / report.expanduser()
        if not file.exists():
            raise CoverageProblem(f"There is no coverage report {file}.")
        self._reports.load(project, file)
        return f"{project.root.name} shows what {file.name} says, until you clear coverage."

    def clear(self, path: Path) -> str:
        """Show nothing of the project's reports and forget Greenline's own runs, until there is something newer.

        Returns a sentence. Raises CoverageProblem.
        """
        project = self.project_of(path)
        self._reports.clear(project)
        self._runs.forget(project.root)
        return f"Coverage of {project.root.name} is cleared; the next report or run is shown."

    def watched(self, path: Path) -> tuple[Path, ...]:
        """Return where the reports of the project are or would be. Raises CoverageProblem."""
        return self._reports.watched(self.project_of(path))

    def readings(self) -> tuple[Reading, ...]:
        """Return the large reports that are being read now."""
        return self._reports.readings()

    def stop_reading(self, report: Path) -> None:
        """Read it no further."""
        self._reports.stop_reading(report)

    async def status(self, path: Path) -> ReportStatus:
        """Say what the doctor says of a file or a folder, for an editor. Raises nothing."""
        findings = await self._doctor.diagnose(path)
        return ReportStatus(
            _markdown(path, findings), _in_short(findings), all(f.state == "ok" for f in findings), tuple(findings)
        )

    def project_of(self, path: Path) -> Project:
        """Return the project of a file or a folder."""
        return self._projects.project_of(path / "any.py" if path.is_dir() else path)


def _markdown(path: Path, findings: list[Finding]) -> str:
    rows = [f"# Greenline: {path.name}", ""]
    for finding in findings:
        text = "  \n  ".join(finding.text.splitlines()) or "-"
        rows.append(f"- {_SIGNS[finding.state]} **{finding.topic}**: {text}")
        if finding.to_do:
            rows.append(f"  - {finding.to_do}")
    return "\n".join(rows) + "\n"


def _in_short(findings: list[Finding]) -> str:
    """Return what needs a person, and without that where the coverage comes from."""
    wrong = [finding for finding in findings if finding.state != "ok"]
    if not wrong:
        return "; ".join(f"{f.topic}: {f.text.splitlines()[0]}" for f in findings if f.topic == "coverage data") or "ok"
    worst = sorted(wrong, key=lambda finding: finding.state != "problem")[:_IN_SHORT]
    return "; ".join(f"{finding.topic}: {finding.text.splitlines()[0]}" for finding in worst)
