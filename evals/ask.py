"""Asks a model for one function, as a person would who clicks on it, in a project of its own without tests."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from asked_modules import Source
from target_figures import Figures
from worth import worth

from greenline.adapters.consent_file import consent_file
from greenline.adapters.disk_documents import DiskDocuments
from greenline.bootstrap import Lasting, build, lasting_for_terminal, ledger
from greenline.bootstrap_asking import way_to
from greenline.domain.asking.model import Usage
from greenline.domain.code.model import Target
from greenline.ports.progress import Silent

if TYPE_CHECKING:
    from subjects import Subject

    from greenline.domain.asking.entries import Entry
    from greenline.domain.generation.model import TargetResult
    from greenline.services.generate_tests import Generation
    from greenline.settings import EngineChoice, Settings


class NoAnswer(Exception):
    """Nobody answered, and nobody would for the next target; the message says why."""


@dataclass(frozen=True)
class Ask:
    """Asks with these settings. The ledger and the consents are the person's."""

    settings: Settings
    engine: EngineChoice
    lasting: Lasting

    async def about(self, source: Source, function: str) -> Figures:
        """Generate for one function and measure what came of it. Raises BenchProblem, NoAnswer."""
        with tempfile.TemporaryDirectory(prefix="greenline-evals-") as name:
            folder = _real(name)
            subject = source.project(folder / "project")
            began, since = time.monotonic(), time.time()
            generation = await self._generate(subject, function)
            seconds = time.monotonic() - began
            entries = [each for each in ledger().entries(since) if each.project == str(subject.project)]
            (result,) = generation.results
            if not any(each.outcome == "answered" for each in entries) and _is_left(result):
                raise NoAnswer(" ".join(result.model_notes) or result.reason)
            found = _figures(source.name, function, result, entries)
            _write(generation)
            value = worth(subject, function, _by_model(result), folder)
            return replace(
                found, seconds=seconds, lines=value.lines, branches=value.branches, mutants=value.mutants,
                unsteady=value.unsteady,
            )  # fmt: skip

    async def _generate(self, subject: Subject, function: str) -> Generation:
        settings = replace(self.settings, interpreter=str(subject.python))
        consent = consent_file()
        consent.allow(subject.project, way_to(settings, subject.project, consent).endpoint)
        try:
            services = build(settings, DiskDocuments(), self.lasting)
            target = Target(subject.source, function)
            return await services.generate.generate(target, Silent(), engine=self.engine)
        finally:
            consent.forbid(subject.project)


def ask_with(settings: Settings, engine: EngineChoice) -> Ask:
    """Return what asks; what it found out of interpreters stays for all targets."""
    return Ask(settings, engine, lasting_for_terminal())


def _real(folder: str) -> Path:
    """Return the folder as Greenline names it: on some systems the one for temporary files is a link."""
    return Path(folder).resolve()


def _is_left(result: TargetResult) -> bool:
    """Tell whether somebody had to be asked."""
    return result.coverage is None or bool(result.not_tested)


def _figures(module: str, function: str, result: TargetResult, entries: Sequence[Entry]) -> Figures:
    asked, exact = result.asked, [each for each in entries if each.outcome == "answered"]
    return Figures(
        module,
        function,
        status=result.status,
        requests=len(entries),
        proposed=asked.proposed,
        passed=asked.passed,
        kept=asked.kept,
        not_kept=dict(asked.not_kept),
        usage=sum((each.usage for each in entries), Usage()),
        dollars=None if any(each.dollars is None for each in entries) else sum(each.dollars or 0.0 for each in entries),
        models=_each(exact, lambda entry: entry.model),
        prompts=_each(exact, lambda entry: entry.prompts),
        notes=result.model_notes,
    )


def _each(entries: Sequence[Entry], of: Callable[[Entry], str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(of, entries)))


def _by_model(result: TargetResult) -> set[str]:
    named = {name for name, engine in result.engines.items() if engine == "model"}
    return named | (set(result.tests) if result.engine == "model" else set())


def _write(generation: Generation) -> None:
    if generation.edit is not None:
        generation.edit.path.parent.mkdir(parents=True, exist_ok=True)
        generation.edit.path.write_text(generation.edit.new_text, encoding="utf-8")
