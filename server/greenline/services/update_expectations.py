"""Update generated expectations: the same tests with the values that the code gives now, as one edit to accept.

Only tests that Greenline generated and nobody has edited since; what needs more than another value is said in words.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.code.model import Target
from greenline.domain.code.module_name import module_name
from greenline.domain.code.parse import parse
from greenline.domain.failure_words import first_line, values_of
from greenline.domain.generation.expected_values import expectations_of
from greenline.domain.generation.kept_tests import keys_of, named_tests
from greenline.domain.generation.laid_out import layouts_of, text_of
from greenline.domain.generation.model import Replacement, TestEdit
from greenline.domain.generation.observing_copy import observing_copy
from greenline.domain.generation.relaid import blocks_of, fitting, in_layout
from greenline.domain.generation.revise import replaced, revise
from greenline.domain.generation.text_spans import Spans
from greenline.domain.generation.told_examples import contradicted
from greenline.ports.project import InterpreterProblem
from greenline.ports.tests import Conditions, TestRun
from greenline.services.trial_verdicts import failed_tests, in_one_line, name_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from greenline.domain.generation.expected_values import Expectations
    from greenline.domain.generation.kept_tests import GeneratedTest
    from greenline.domain.generation.revise import Change, Revised
    from greenline.ports.documents import Documents
    from greenline.ports.formatter import Formatter
    from greenline.ports.generated_tests import GeneratedTests
    from greenline.ports.progress import Progress
    from greenline.ports.project import Interpreter, InterpreterFinder, Project, ProjectFinder
    from greenline.ports.source_tree import SourceTree
    from greenline.ports.tests import TestReport, TestRunner
    from greenline.settings import Settings

_SEED = 4242
_OTHERWISE = Conditions(timezone="GLT-13:45", locale="C.UTF-8", days_later=403.2, elsewhere=True)


@dataclass(frozen=True, slots=True)
class Updated:
    """One test: what changes in it, or why it cannot be updated. Neither: it expects what the code gives."""

    test: str
    """As pytest names it in its file."""
    target: Target
    changes: tuple[Change, ...] = ()
    refusal: str = ""
    """A sentence without its end."""
    renamed: str = ""
    """As pytest names it once it is written, where its name said what it expected before."""

    @property
    def name(self) -> str:
        """As pytest names it once the edit is written."""
        return self.renamed or self.test


@dataclass(frozen=True, slots=True)
class Update:
    """The tests that were asked for and are known, and the one edit that updates those that can be."""

    tests: tuple[Updated, ...] = ()
    edit: TestEdit | None = None
    problem: str = ""
    """Why nothing could be found out, in words."""
    edited: tuple[str, ...] = ()
    """Tests that were asked for, and are none of Greenline's, or not as it wrote them."""
    others: int = 0
    """How many tests of the file are such, where all that are known were asked for."""


class UpdateExpectations:
    """Observes, proposes and confirms; writes nothing but what was accepted, into the index."""

    def __init__(
        self,
        *,
        projects: ProjectFinder,
        interpreters: InterpreterFinder,
        runner: TestRunner,
        documents: Documents,
        generated: GeneratedTests,
        settings: Settings,
        sources: SourceTree,
        formatter: Formatter | None = None,
    ) -> None:
        self._projects = projects
        self._interpreters = interpreters
        self._runner = runner
        self._documents = documents
        self._sources = sources
        self._generated = generated
        self._settings = settings
        self._formatter = formatter

    def known(self, path: Path, tests: Collection[str]) -> tuple[str, ...]:
        """Return those of a file's tests that are as Greenline wrote them. Reads the disk; raises nothing."""
        try:
            return tuple(self._known(self._documents.read(path) or "", tests))
        except (OSError, UnicodeDecodeError):
            return ()

    def files(self, folder: Path) -> list[Path]:
        """Return the test files of a folder's project in that folder that hold tests as Greenline wrote them, in order.

        Reads each of its test files; raises nothing.
        """
        found = self._sources.test_files(self._projects.project_of(folder / "any.py"))
        return [path for path in found if path.is_relative_to(folder) and self._holds_known(path)]

    async def propose(self, path: Path, tests: Collection[str] | None, progress: Progress) -> Update:
        """Propose for some tests of a file, or for all that are known. Raises nothing for the tests' sake."""
        text, problem = await asyncio.to_thread(self._read, path)
        if problem:
            return Update(problem=problem)
        wanted = named_tests(text) if tests is None else tests
        known = await asyncio.to_thread(self._known, text, wanted)
        edited = () if tests is None else tuple(test for test in tests if test not in known)
        if not known:
            return Update(edited=edited)
        project = self._projects.project_of(path)
        try:
            interpreter = await self._interpreters.interpreter_for(project, setting=self._settings.interpreter)
        except InterpreterProblem as missing:
            return Update(problem=str(missing))
        if interpreter.pytest_version is None:
            return Update(problem=interpreter.without_pytest)
        work = _Work(
            self._runner, self._documents, self._settings, project, interpreter, path, text, known, self._formatter
        )
        others = len(wanted) - len(known) if tests is None else 0
        return replace(await work.propose(progress), edited=edited, others=others)

    def remember(self, update: Update) -> None:
        """Know the updated tests, once they are written. Writes to the disk."""
        if update.edit is None:
            return
        before, after = keys_of(update.edit.base_text), keys_of(update.edit.new_text)
        changed = [one for one in update.tests if one.changes and one.name in after]
        known = self._generated.find([before[one.test] for one in changed])
        self._generated.remember(
            [replace(known[before[one.test]], key=after[one.name]) for one in changed if before[one.test] in known]
        )

    def _read(self, path: Path) -> tuple[str, str]:
        """Return the file's text, or why it cannot be worked on."""
        try:
            text = self._documents.read(path)
        except (OSError, UnicodeDecodeError) as error:
            return "", f"{path.name} cannot be read: {error}"
        if text is None:
            return "", f"There is no file {path}."
        _, problems = parse(text)
        return text, f"{path.name} does not parse: {problems[0]}. Mend that first." if problems else ""

    def _holds_known(self, path: Path) -> bool:
        text, problem = self._read(path)
        return not problem and bool(self._known(text, keys_of(text)))

    def _known(self, text: str, tests: Collection[str]) -> dict[str, GeneratedTest]:
        there = keys_of(text)
        keys = {test: there[test] for test in tests if test in there}
        found = self._generated.find(list(keys.values()))
        return {test: found[key] for test, key in keys.items() if key in found}


@dataclass(frozen=True, slots=True)
class _Work:
    """The tests of one file, as it is now."""

    runner: TestRunner
    documents: Documents
    settings: Settings
    project: Project
    interpreter: Interpreter
    path: Path
    text: str
    known: Mapping[str, GeneratedTest]
    formatter: Formatter | None = None

    async def propose(self, progress: Progress) -> Update:
        there = named_tests(self.text)
        expected = expectations_of([(test, there[test]) for test in self.known], self.text)
        count = "1 test" if len(expected) == 1 else f"{len(expected)} tests"
        progress.step(f"Looking what {count} of {self.path.name} would see", 0.1)
        run = self._run(observing_copy(self.text, expected), list(self.known), notes=True)
        report = await self.runner.run(run, progress)
        broken = next((o for o in report.outcomes if "::" not in o.node_id and o.outcome == "error"), None)
        if broken is not None:
            return Update(problem=f"{self.path.name} cannot be imported: {first_line(broken.said or broken.message)}")
        if report.problem:
            return Update(problem=report.problem)
        at_import = _refused_to_none(report)
        if at_import:
            words = f"What {self.path.name} imports wants to {at_import}, which is refused here"
            return Update(problem=f"{words}: its tests may see other values than they see elsewhere.")
        revised = [(one, self._judged(one, report)) for one in expected]
        laid_out = await self._laid_out([r for _, r in revised if r.changes])
        revised = [(one, laid_out.get(r.test, r)) for one, r in revised]
        edit = self._edit([r for _, r in revised if r.changes])
        if edit is not None:
            names = {r.renamed or r.test: r.test for _, r in revised if r.changes}
            failed = {names[name]: why for name, why in (await self._failed(edit, names, progress)).items()}
            revised = [(e, _unsteady(r, failed[r.test]) if r.test in failed else r) for e, r in revised]
            edit = self._edit([r for _, r in revised if r.changes]) if failed else edit
        tests = (
            Updated(r.test, self._target(r.test), r.changes, r.refusal, r.renamed if r.changes else "")
            for _, r in revised
        )
        return Update(tuple(tests), edit)

    def _judged(self, expected: Expectations, report: TestReport) -> Revised:
        """Return the test with the values of now, or why there is no such test."""
        revised = revise(expected, self.text, report.noted)
        if "intended" in self.known[expected.test].oracles and revised.changes:
            words = "it says what a model takes the code to be meant to do: whether that or the code is wrong, you know"
            return replace(revised, changes=(), refusal=words)
        mine = [o for o in report.outcomes if name_of(o.node_id) == expected.test]
        refused = next((what for outcome in mine for what in outcome.refused), "")
        if refused:
            return replace(revised, changes=(), refusal=f"it wants to {refused}, which is refused here")
        failed = [o for o in mine if o.outcome != "passed"]
        if failed:
            said = first_line(values_of(failed[0].said or failed[0].message))
            own = failed[0].frames[-1:] and failed[0].frames[-1].path == self.path
            raises = failed[0].error != "AssertionError" or not own
            why = "the code raises now where it gave something" if raises else "it asserts what is no value to replace"
            return replace(revised, changes=(), refusal=f"{why}: {said}")
        if not mine:
            return replace(revised, changes=(), refusal="pytest did not run it")
        for change in revised.changes:
            qualname = self._target(expected.test).qualname or ""
            shown = contradicted(self._source(expected.test), qualname, change.actual, change.new)
            if shown:
                gives = "raises something else" if change.new.startswith("pytest.raises") else f"gives {change.new}"
                words = f"`{change.actual}` {gives} now, and its documentation shows {shown}: that looks like a bug"
                return replace(revised, changes=(), refusal=words)
        return revised

    async def _laid_out(self, revised: Sequence[Revised]) -> dict[str, Revised]:
        """Return the tests in the layout of their file, by their names."""
        found = {one.test: fitting(one, self.text) for one in revised}
        blocks = [block for one in revised for block in blocks_of(one, self.text) or ()]
        if self.formatter is None or not blocks:
            return found
        answer = await self.formatter.lay_out(self.project, self.interpreter, self.path, text_of(blocks))
        if answer.text is None:
            return found
        layouts = layouts_of(blocks, answer.text)
        by_formatter = {one.test: in_layout(one, self.text, layouts) for one in revised}
        return found | {test: one for test, one in by_formatter.items() if one is not None}

    def _source(self, test: str) -> str:
        try:
            return self.documents.read(self._target(test).path) or ""
        except (OSError, UnicodeDecodeError):
            return ""

    def _target(self, test: str) -> Target:
        target = Target.parse(self.known[test].target)
        return Target(self.project.root / target.path, qualname=target.qualname)

    def _edit(self, revised: Sequence[Revised]) -> TestEdit | None:
        """Return one edit for all; each place says what it changes."""
        if not revised:
            return None
        spans = Spans(self.text)
        replacements = []
        for one in revised:
            words = "\n".join(change.words for change in one.changes)
            for span, new in one.replacements:
                start, end = spans.line_and_column(span.start), spans.line_and_column(span.end)
                replacements.append(Replacement(*start, *end, new, words))
        new_text = replaced(self.text, [place for one in revised for place in one.replacements])
        return TestEdit(
            self.path, creates=False, base_text=self.text, new_text=new_text, replacements=tuple(replacements)
        )

    async def _failed(self, edit: TestEdit, tests: Mapping[str, str], progress: Progress) -> dict[str, str]:
        """Run the updated tests twice, in two processes, under other circumstances; return which fail, and why.

        ``tests`` are their names of now and those of before.
        """
        names = list(tests)
        count = "the updated test" if len(names) == 1 else f"{len(names)} updated tests"
        progress.step(f"Running {count}, twice", 0.5)
        package = module_name(self._target(tests[names[0]]).path, self.project.source_roots) or ""
        other = replace(_OTHERWISE, package=package.partition(".")[0])
        runs = [
            self._run(edit.new_text, names),
            replace(self._run(edit.new_text, names), hash_seed=_SEED, conditions=other),
        ]
        tasks = [asyncio.ensure_future(self.runner.run(run, progress)) for run in runs]
        try:
            reports = list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        problem = next((report.problem for report in reports if report.problem), "")
        return dict.fromkeys(names, problem) if problem else failed_tests(names, reports)

    def _run(self, text: str, names: Sequence[str], *, notes: bool = False) -> TestRun:
        unsaved = {p: t for p, t in self.documents.unsaved().items() if p.is_relative_to(self.project.root)}
        return TestRun(
            self.project,
            self.interpreter,
            overlay={**unsaved, self.path: text},
            selection=tuple(f"{self.path}::{name}" for name in names),
            seconds=self.settings.run_seconds,
            notes=notes,
        )


def _refused_to_none(report: TestReport) -> str:
    """Return what was refused while no test ran."""
    to_tests = {what for outcome in report.outcomes for what in outcome.refused}
    return next((what for what in report.refusals if what not in to_tests), "")


def _unsteady(revised: Revised, why: str) -> Revised:
    said = in_one_line(why) or "it does not run"
    return replace(revised, changes=(), refusal=f"with the values of now it does not pass twice: {said}")
