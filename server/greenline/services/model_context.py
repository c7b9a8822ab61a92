"""What a model is told of a target: gathered, cleaned of secrets, and in the order that caches well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.asking.example_tests import example_tests, fixtures_in_scope, whole_tests
from greenline.domain.asking.kinds_of_code import kinds_of_code
from greenline.domain.asking.marked_lines import (
    branching_lines,
    marked_lines,
    missing_lines,
    sendable_lines,
    words_of_gaps,
)
from greenline.domain.asking.model import Explored, Turn
from greenline.domain.asking.prompt import (
    ProjectFacts,
    TargetFacts,
    conversation,
    coverage_text,
    failures_text,
    module_block,
    project_block,
    target_block,
    unread_text,
    version_of,
)
from greenline.domain.asking.redaction import Redactor
from greenline.domain.asking.style_words import style_words
from greenline.domain.asking.told_places import without_folders, without_source
from greenline.ports.model import ModelProblem
from greenline.services.project_sources import ProjectSources
from greenline.services.sendable_files import SendableFiles, place_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.asking.model import Conversation, FailedTest
    from greenline.domain.asking.prompt_texts import PromptTexts
    from greenline.domain.asking.redaction import Redacted
    from greenline.domain.code.model import Function
    from greenline.domain.generation.lessons import SuiteFile
    from greenline.ports.callers import Callers
    from greenline.ports.documents import Documents
    from greenline.ports.engine import Assignment
    from greenline.ports.project import Project

PROJECT_PROMPT = (".greenline", "prompt.md")
_MOST_PROMPT = 12_000
_MOST_PROGRAMS = 8
_MOST_KEPT = 10_000
"""Characters of tests that are kept already."""
_LONGEST = 300
"""Characters of one thing that running showed."""
_TOO_LONG = "# (they are too long to be shown)"


class ModelContext:
    """Makes requests. What it makes never holds a secret that the redactor knows, nor a file that is ignored.

    ``ignore`` are patterns besides the usual ones. One instance is for one job: the same secret has the same
    placeholder in all of its requests.
    """

    def __init__(
        self,
        texts: PromptTexts,
        documents: Documents,
        callers: Callers,
        *,
        redactor: Redactor | None = None,
        ignore: Sequence[str] = (),
    ) -> None:
        self._texts = texts
        self._redactor = redactor or Redactor()
        self._files = SendableFiles(ignore)
        self._root = Path()
        """The project's folder, once it is known."""
        self._sources = ProjectSources(documents, callers, self._files.may_go)

    @property
    def version(self) -> str:
        """Of all prompts, for the ledger."""
        return version_of(self._texts)

    @property
    def redacted(self) -> tuple[Redacted, ...]:
        """What was taken out of all that was made so far."""
        return self._redactor.report()

    def first(self, assignment: Assignment, explored: Explored | None = None) -> Conversation:
        """Return the first request for a target; reads files, so call it off the loop.

        Raises ModelProblem ("no_consent") where the module is one that is never sent.
        """
        self._root = assignment.project.root
        where = place_in(assignment.project, assignment.path)
        pattern = self._files.pattern(assignment.path, assignment.project)
        if pattern:
            raise ModelProblem(
                "no_consent", f"{where} is not sent to a model: it matches the pattern {pattern!r} of files to ignore."
            )
        source = self._clean(assignment.text, where)
        project = project_block(self._project_facts(assignment))
        target = target_block(self._target_facts(assignment, explored or Explored()))
        made = conversation(
            self._texts,
            kinds_of_code(assignment.text),
            project,
            module_block(where, assignment.module_name, source),
            target,
        )
        return replace(made, turns=tuple(self._cleaned(turn) for turn in made.turns), prompts=self.version)

    def after_failures(self, failures: Sequence[FailedTest]) -> str:
        """Return what is asked next when tests were not kept. Cleaning takes long: call it off the loop."""
        told = [
            replace(
                each, message=self._printed(each.message), test=replace(each.test, code=self._clean(each.test.code))
            )
            for each in failures
        ]
        return self._clean(failures_text(self._texts, told))

    def after_unread(self, problems: Sequence[str]) -> str:
        """Return what is asked next when nothing in an answer could be used."""
        return unread_text(self._texts, problems)

    def after_coverage(self, assignment: Assignment, explored: Explored) -> str:
        """Return what is asked when something is left; ``explored`` has all that is kept, and what that reaches."""
        return self._clean(coverage_text(self._texts, self._known_facts(assignment, explored)))

    # ---- what all targets of a module share ------------------------------------------------------------------------

    def _project_facts(self, assignment: Assignment) -> ProjectFacts:
        project, lessons = assignment.project, assignment.lessons
        files = [self._cleaned_file(each, project) for each in lessons.files if self._files.may_go(each.path, project)]
        around = [
            self._cleaned_file(each, project) for each in lessons.conftests if self._files.may_go(each.path, project)
        ]
        example = example_tests(files)
        own = [each for each in files if each.own]
        return ProjectFacts(
            python=".".join(map(str, assignment.interpreter.version[:2])),
            pytest=assignment.interpreter.pytest_version or "(not installed)",
            style=style_words(lessons.style, assignment.module_name),
            instructions=self._project_prompt(project),
            example_path=place_in(project, example[0].path) if example else "",
            example=example[1] if example else "",
            fixtures=fixtures_in_scope([*own, *around], example[1] if example else ""),
        )

    def _project_prompt(self, project: Project) -> str:
        path = project.root.joinpath(*PROJECT_PROMPT)
        if not self._files.may_go(path, project):
            return ""
        text = self._clean(self._sources.text_of(path, {}), "/".join(PROJECT_PROMPT)).strip()
        return text if len(text) <= _MOST_PROMPT else text[:_MOST_PROMPT].rpartition("\n")[0]

    def _cleaned_file(self, file: SuiteFile, project: Project) -> SuiteFile:
        return replace(file, text=self._clean(file.text, place_in(project, file.path)))

    # ---- what is of one target -------------------------------------------------------------------------------------

    def _target_facts(self, assignment: Assignment, explored: Explored) -> TargetFacts:
        project = assignment.project
        calls = self._sources.calls_of(assignment)
        return replace(
            self._known_facts(assignment, explored),
            headers=tuple(
                (module, self._clean(text, where)) for where, module, text in self._sources.headers_of(assignment)
            ),
            calls=tuple((place_in(project, path), self._clean(text, place_in(project, path))) for path, text in calls),
            types=self._all_clean([f"{name}: {kinds}" for name, kinds in assignment.hints.items()]),
            programs=self._all_clean([each for each in assignment.examples if _says_enough(each)][:_MOST_PROGRAMS]),
        )

    def _known_facts(self, assignment: Assignment, explored: Explored) -> TargetFacts:
        """Return what needs no file to be read."""
        function, module, text = assignment.function, assignment.module, assignment.text
        coverage = explored.coverage or assignment.before
        lines = sendable_lines(text, self._clean(text, place_in(assignment.project, assignment.path)))
        missing, branching = missing_lines(function, module, coverage), branching_lines(function, module, coverage)
        return TargetFacts(
            name=function.qualname,
            what=_what(function),
            imported=f"from {assignment.module_name} import {function.qualname.partition('.')[0]}",
            left=words_of_gaps(function, module, coverage, text),
            excerpt=marked_lines(lines, function, missing, branching),
            observations=self._seen(explored.observations),
            observed_calls=explored.calls,
            kept=self._all_clean(_bounded(explored.tests)),
            survivors=self._all_clean(explored.survivors),
            suspected_bugs=self._seen(explored.suspected_bugs),
            hindered=self._seen(explored.hindered),
        )

    # ---- what may be sent ------------------------------------------------------------------------------------------

    def _clean(self, text: str, where: str = "") -> str:
        return self._redactor.redact(text, where) if text else text

    def _printed(self, text: str) -> str:
        """Return what pytest printed: without source of files that are not sent, and where on this machine it was."""
        told = without_folders(text, self._folders())
        return self._clean(without_source(told, lambda place: bool(self._files.named(place))))

    def _seen(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Return what running showed, a line each, cut only when it is clean: half a secret looks like none."""
        told = (self._clean(without_folders(text, self._folders())) for text in texts)
        return tuple(text if len(text) <= _LONGEST else f"{text[:_LONGEST]} [cut off]" for text in told)

    def _folders(self) -> dict[str, str]:
        found = {str(each): "<project>" for each in (self._root, self._root.resolve()) if each != Path()}
        return found | {str(Path.home()): "<home>"}

    def _all_clean(self, texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._clean(text) for text in texts)

    def _cleaned(self, turn: Turn) -> Turn:
        return replace(turn, blocks=tuple(replace(block, text=self._clean(block.text)) for block in turn.blocks))


def _bounded(codes: Sequence[str]) -> tuple[str, ...]:
    """Return the tests, or so many whole ones of them that they do not crowd out the code."""
    whole = "\n\n\n".join(code.strip("\n") for code in codes)
    return tuple(codes) if len(whole) <= _MOST_KEPT else (whole_tests(whole, _MOST_KEPT) or _TOO_LONG,)


def _says_enough(program: str) -> bool:
    """Tell whether a call that was found says what it is called on."""
    return not program.splitlines()[-1].startswith("instance.") or "instance = " in program


def _what(function: Function) -> str:
    kind = {"function": "function", "method": "method", "property": "property"}.get(function.kind, function.kind)
    coroutine = "asynchronous " if function.is_async else ""
    first, last = function.line, function.end_line
    where = f"line {first}" if first == last else f"lines {first} to {last}"
    return f"the {coroutine}{kind} `{function.qualname}`, {where} of the module"
