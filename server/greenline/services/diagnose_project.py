"""Diagnose: what Greenline finds for a project, and why something does not show."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from greenline.domain.coverage.model import Executed
from greenline.ports.coverage import CoverageProblem, CoverageSource, NotReadYet
from greenline.ports.documents import Documents
from greenline.ports.isolation import Isolating
from greenline.ports.project import (
    Interpreter,
    InterpreterFinder,
    InterpreterProblem,
    LookedAt,
    Project,
    ProjectFinder,
    Verdict,
)
from greenline.ports.source_tree import SourceTree
from greenline.ports.tests import TestRunner
from greenline.services import importable
from greenline.services.finding import Finding, FindingState
from greenline.services.picture import PictureState
from greenline.services.picture_basis import ago
from greenline.services.report_age import ReportAge, TestsSince
from greenline.services.say_isolation import confinement_in_words, isolation_in_words, warmth_in_words
from greenline.services.show_coverage import ShowCoverage

__all__ = ["DiagnoseProject", "Finding", "FindingState"]

_STATES: dict[PictureState, FindingState] = {
    "measured": "ok",
    "no-data": "warning",
    "outdated": "warning",
    "waiting": "warning",
    "outside-project": "warning",
    "unreadable": "problem",
    "broken-source": "problem",
}


_LOOKED_AT = 50
"""Files, for what only tells whether there is anything."""
_NAMED = 3
"""How many files a finding names."""


class DiagnoseProject:
    """Looks at everything that has to be in place, and changes nothing."""

    def __init__(
        self,
        *,
        projects: ProjectFinder,
        interpreters: InterpreterFinder,
        coverage: CoverageSource,
        show: ShowCoverage,
        sources: SourceTree,
        age: ReportAge,
        documents: Documents,
        isolating: Isolating,
        interpreter: str = "",
        runner: TestRunner | None = None,
        now: Callable[[], float] = time.time,
        model: Callable[[Project], Sequence[Finding]] | None = None,
        asks_models: bool = False,
    ) -> None:
        """``model`` says how it stands with asking one; it may read files. ``asks_models``: one is switched on."""
        self._asks_models = asks_models
        self._model = model
        self._projects, self._interpreters, self._coverage = projects, interpreters, coverage
        self._show, self._sources, self._age, self._documents = show, sources, age, documents
        self._isolating = isolating
        self._interpreter, self._now = interpreter, now
        self._runner = runner

    async def diagnose(self, path: Path) -> list[Finding]:
        """Return the findings for a file, or for the project that a folder is in. Raises nothing."""
        project = self._project_of(path)
        findings = [_project_finding(project, path)]
        interpreter, about = await self._interpreter_findings(project)
        findings += about
        findings += await self._isolation_findings(project, interpreter)
        findings += await self._import_findings(project, interpreter)
        findings += self._coverage_findings(project)
        findings += await asyncio.to_thread(self._model, project) if self._model else []
        return findings + self._file_findings(path)

    def _project_of(self, path: Path) -> Project:
        """Return the project of a file, or of any file in a folder."""
        return self._projects.project_of(path / "any.py" if path.is_dir() else path)

    async def _interpreter_findings(self, project: Project) -> tuple[Interpreter | None, list[Finding]]:
        try:
            interpreter = await self._interpreters.interpreter_for(project, setting=self._interpreter)
        except InterpreterProblem as problem:
            return None, [Finding("interpreter", "problem", str(problem)), await self._places_finding(project)]
        version = ".".join(map(str, interpreter.version))
        found = Finding("interpreter", "ok", f"Python {version} at {interpreter.path} ({interpreter.found_by})")
        return interpreter, [found, await self._places_finding(project), _pytest_finding(interpreter)]

    async def _places_finding(self, project: Project) -> Finding:
        """Say where the interpreter was looked for, what was there, and why it is the one that it is."""
        looked = await self._interpreters.looked_at(project, setting=self._interpreter)
        lines = [_place(each) for each in looked if each.verdict != "nothing" or each.note]
        empty = [each.place for each in looked if each.verdict == "nothing" and not each.note]
        if empty:
            lines.append(f"nothing: {', '.join(empty)}")
        return Finding("looked for it in", "ok", "\n".join(lines))

    async def _isolation_findings(self, project: Project, interpreter: Interpreter | None) -> list[Finding]:
        in_force = await self._isolating.in_force(interpreter, project)
        if in_force.problem:
            return [Finding("isolation", "problem", in_force.problem)]
        warmth = await self._isolating.warmth(interpreter, project) if interpreter is not None else None
        isolation = Finding("isolation", "ok", isolation_in_words(in_force, warmth))
        if warmth is None:
            return [isolation]
        findings = [isolation, Finding("warm processes", "ok", warmth_in_words(warmth))]
        if self._asks_models:
            findings.append(Finding("model's tests", "ok", confinement_in_words(warmth)))
        return findings

    async def _import_findings(self, project: Project, interpreter: Interpreter | None) -> list[Finding]:
        """Say that pytest does not find the project's packages; nothing where it does."""
        if self._runner is None or interpreter is None or interpreter.pytest_version is None:
            return []
        found = await importable.ask(self._runner, project, interpreter)
        return [Finding("imports", "problem", *found)] if found else []

    def _coverage_findings(self, project: Project) -> list[Finding]:
        try:
            report = self._coverage.report_of(project)
            if not self._coverage.has_report(project):
                return [self._own_finding(project, report)]
            return self._report_findings(project, report)
        except NotReadYet as problem:
            return [Finding("coverage data", "warning", str(problem))]
        except CoverageProblem as problem:
            return [Finding("coverage data", "problem", str(problem))]

    def _own_finding(self, project: Project, report: Path) -> Finding:
        """Tell what Greenline's own runs know, where there is no report; looks at a bounded number of files."""
        files = [f for f in self._sources.python_files(project) if self._coverage.is_measured(project, f)][:_LOOKED_AT]
        known = sum(self._is_known(file) for file in files)
        if known:
            seen = f"Greenline's own runs measured {known} of {_count(len(files), 'source file')}"
            return Finding("coverage data", "ok", f"{seen}; there is no report of coverage.py at {report}")
        return Finding(
            "coverage data",
            "warning",
            f"none yet; a report of coverage.py is expected at {report}",
            'Run the tests: `greenline test`, or "Run tests with coverage" in the editor. Neither needs coverage.py. '
            "Tests can be generated without it.",
        )

    def _is_known(self, path: Path) -> bool:
        try:
            text = self._documents.read(path)
        except (OSError, UnicodeDecodeError, LookupError):
            return False
        return text is not None and self._show.picture(path, text).state == "measured"

    def _report_findings(self, project: Project, report: Path) -> list[Finding]:
        """Look into the data, file by file. Raises CoverageProblem."""
        known: dict[Path, Executed] = {}
        changed: list[Path] = []
        written_at = self._coverage.written_at(project) or self._now()
        files = [f for f in self._sources.python_files(project) if self._coverage.is_measured(project, f)]
        for file in files:
            measured = self._coverage.measured(project, file)
            if measured is None:
                continue
            known[file] = measured.executed
            report = measured.report
            if (self._sources.modified_at(file) or 0.0) > measured.written_at:
                changed.append(file)
        tests = self._age.tests_since(project)
        where = Finding("coverage data", "ok", f"{report}, written {ago(self._now() - written_at)}")
        return [
            where,
            _age_finding(changed, tests, project),
            _known_finding(files, known, project),
            *_branch_finding(known),
        ]

    def _file_findings(self, path: Path) -> list[Finding]:
        """Return one finding for a file, none for a folder."""
        return [] if path.is_dir() else [self._file_finding(path)]

    def _file_finding(self, path: Path) -> Finding:
        try:
            text = self._documents.read(path)
        except (OSError, UnicodeDecodeError) as error:
            return Finding(path.name, "problem", f"cannot be read: {error}", "Save it as UTF-8 text.")
        if text is None:
            return Finding(path.name, "problem", "there is no such file")
        picture = self._show.picture(path, text)
        if picture.state != "measured":
            return Finding(path.name, _STATES[picture.state], picture.message)
        if not picture.gaps:
            return Finding(path.name, "ok", "every line and branch is covered: there is nothing to show")
        return Finding(path.name, "ok", f"{_count(len(picture.gaps), 'gap')} to show")


def _project_finding(project: Project, path: Path) -> Finding:
    if project.marker is None:
        return Finding(
            "project",
            "warning",
            f"{path} is in no project; its folder {project.root} is taken for one",
            "Add a pyproject.toml to the folder that the code and its tests share.",
        )
    roots = ", ".join(_within(root, project.root) for root in project.source_roots)
    tests = ", ".join(_within(root, project.root) for root in project.test_roots) or "none yet"
    return Finding(
        "project", "ok", f"{project.root}, because of {project.marker.name}; sources in {roots}; tests in {tests}"
    )


_VERDICTS: dict[Verdict, str] = {
    "taken": "taken",
    "later": "not used, as it comes later",
    "last": "not used, as it is not the project's own",
    "broken": "cannot be used",
    "nothing": "",
}


def _place(looked: LookedAt) -> str:
    verdict = _VERDICTS[looked.verdict]
    told = "; ".join(filter(None, [looked.found, looked.note]))
    return f"{looked.place}: {f'{verdict}: ' if verdict else ''}{told}"


def _pytest_finding(interpreter: Interpreter) -> Finding:
    if interpreter.pytest_version is None:
        return Finding("pytest", "problem", interpreter.without_pytest)
    return Finding("pytest", "ok", interpreter.pytest_version)


def _age_finding(changed: list[Path], tests: TestsSince, project: Project) -> Finding:
    said = [
        f"{_count(len(files), noun)} {what} since: {_listed([_within(path, project.root) for path in files])}"
        for files, noun, what in (
            (changed, "file", "changed"),
            (tests.changed, "test file", "changed"),
            (tests.gone, "test file", "deleted"),
        )
        if files
    ]
    if not said:
        return Finding("its age", "ok", "no source file and no test file has changed since")
    unknown = "What changed is shown as unknown. " if changed else ""
    shown = "What is shown is what the tests reached then. " if tests else ""
    return Finding("its age", "warning", "; ".join(said), f"{unknown}{shown}Run the tests with coverage again.")


def _known_finding(files: list[Path], known: dict[Path, Executed], project: Project) -> Finding:
    missing = [_within(path, project.root) for path in files if path not in known]
    if known or not files:
        rest = f"; not {_listed(missing)}: no test imports these" if missing else ""
        return Finding("its files", "ok", f"it knows {len(known)} of {len(files)} source files{rest}")
    return Finding(
        "its files",
        "warning",
        f"it knows none of the project's {len(files)} source files",
        "Check `source` and `omit` in the coverage configuration, and that the tests import the code of this folder.",
    )


def _branch_finding(known: dict[Path, Executed]) -> list[Finding]:
    if not known:
        return []
    if any(executed.arcs is not None for executed in known.values()):  # one file may have none
        return [Finding("branches", "ok", "measured")]
    return [
        Finding(
            "branches",
            "warning",
            "not measured: branches that no test takes cannot be shown",
            "Set `branch = true` under [tool.coverage.run] and run the tests again.",
        )
    ]


def _within(path: Path, root: Path) -> str:
    try:
        return "the root" if path == root else path.relative_to(root).as_posix()
    except ValueError:
        return str(path)


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"
