"""``greenline generate`` with batches: hands in, waits, collects; every test is written and confirmed as ever."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenline.cli import batch_view, console, interrupt, results_view
from greenline.cli.console import shown
from greenline.cli.json_output import result_json
from greenline.cli.json_text import json_text
from greenline.cli.progress_line import ProgressLine
from greenline.cli.target_names import as_written
from greenline.cli.wiring import services_for
from greenline.cli.write_and_confirm import Run
from greenline.domain.code.model import Target
from greenline.domain.generation.model import Status, TargetResult
from greenline.ports.batch_store import BatchStoreProblem
from greenline.services.target_results import joined_results
from greenline.settings import EngineChoice, Settings

if TYPE_CHECKING:
    from greenline.bootstrap import Services
    from greenline.domain.asking.batches import BatchRecord
    from greenline.services.batch_report import BatchReport
    from greenline.services.generate_in_batches import Ended, Generate

_GOOD: frozenset[Status] = frozenset({"confirmed", "nothing_to_gain", "waiting"})
_GO_ON = frozenset({"waiting", "cancelling", "handed_in"})
_STAYS = _GO_ON | {"away", "unknown"}
_NONE_LEFT = "Nothing is left to ask for, so no batch was handed in."
_NONE_OPEN = "No batch of this project waits to be collected."


@dataclass
class InBatches:
    """Implements ``Writes`` for a terminal, and keeps what there is to report in the end."""

    as_text: bool
    texts: dict[Path, str]
    """Paths as the person wrote them."""
    detach: bool = False
    results: dict[Target, TargetResult] = field(default_factory=dict)
    reports: dict[str, BatchReport] = field(default_factory=dict)
    """By record: the last of each counts."""
    objection: str = ""
    collects: bool = False
    """Whether it is about batches that were handed in before."""
    left: str = ""
    """What could not be taken back when the work was cancelled."""

    def __post_init__(self) -> None:
        self._out, self._err = console.out(), console.err()
        self._progress = ProgressLine(self._err)
        self._services: Services | None = None
        self._built: dict[Settings, Services] = {}

    # ---- what a person asked for -------------------------------------------------------------------------------------

    def may_ask(self, settings: Settings, paths: Sequence[Path]) -> bool:
        """Tell whether models can be asked for these files, before anything is done for them."""
        batches = self._services_for(settings).batches()
        self.objection = interrupt.run(batches.objection(list(map(Target, paths))))
        return not self.objection

    def say_nothing_planned(self) -> int:
        """Report that there was nothing to hand in, or why nothing may be; return the exit code of that alone."""
        if not self.as_text or self.objection:
            self._report(goes_on=False)
        return 1 if self.objection else 0

    async def hand_in(self, settings: Settings, targets: Sequence[Target], engine: EngineChoice) -> None:
        """Explore, hand in what is left, and wait for it unless that is not wanted."""
        self._services = self._services_for(settings)
        batches = self._services.batches()
        self.objection = await batches.objection(targets)
        if self.objection:
            return
        reports = await batches.hand_in(targets, self, engine=engine)
        await self._wait_for([report.record for report in reports if report.outcome == "handed_in"], settings)

    async def resume(self, folder: Path, given: Settings) -> None:
        """Collect what has ended, then wait for the rest unless that is not wanted."""
        self.collects = True
        waited_for = []
        for record in self._services_for(given).batches().open_in(folder):
            settings = settings_of(record, given)
            self._services = self._services_for(settings)
            reports = await self._services.batches().resume(record, self, self._progress)
            goes_on = [each for each in reports if each.passing or each.outcome in _GO_ON]
            waited_for += [(each.record, settings) for each in goes_on]
        for record, settings in waited_for:
            await self._wait_for([record], settings)

    async def cancel(self, folder: Path, given: Settings) -> None:
        """Call off what has not ended."""
        self.collects = True
        for record in self._services_for(given).batches().open_in(folder):
            batches = self._services_for(settings_of(record, given)).batches()
            self.reported(await batches.cancel(record))

    async def _wait_for(self, records: Sequence[BatchRecord], settings: Settings) -> None:
        if self.detach:
            return
        for record in records:
            self._services = self._services_for(settings)
            self._progress.begin("waiting")
            await self._services.batches().resume(record, self, self._progress, wait=True)

    def _services_for(self, settings: Settings) -> Services:
        if settings not in self._built:
            self._built[settings] = services_for(settings)
        return self._built[settings]

    # ---- what the work tells -----------------------------------------------------------------------------------------

    async def work(self, targets: Sequence[Target], generate: Generate, ended: Ended) -> None:
        """Write and confirm what is generated for each target; see ``Writes``."""
        assert self._services is not None
        for target in targets:
            self.texts.setdefault(target.path, shown(target.path))
            self._progress.begin(as_written(target, self.texts))
            run = Run(self._services, generate=generate)
            try:
                await run.work([target], self._progress, lambda _, results: self._show(results))
            except asyncio.CancelledError:
                self.left = run.left
                raise
            finally:
                self._take(run.results)
            await ended(run.results, target not in run.unwritten)

    def reported(self, report: BatchReport) -> None:
        """Print what became of a batch; see ``Writes``."""
        self.reports[report.record.id] = report
        if self.as_text:
            with self._progress.paused():
                batch_view.print_report(self._out, report)

    def _show(self, results: Sequence[TargetResult]) -> None:
        if self.as_text:
            with self._progress.paused():
                for result in results:
                    results_view.print_result(self._out, result, self.texts, dry_run=False)

    def _take(self, results: Sequence[TargetResult]) -> None:
        for result in results:
            before = self.results.get(result.target)
            self.results[result.target] = joined_results(before, result) if before else result

    # ---- the end -----------------------------------------------------------------------------------------------------

    def run(self, work: Coroutine[Any, Any, None]) -> int:
        """Do the work, report, and return the exit code."""
        cancelled = False
        try:
            with self._progress:
                interrupt.run(work)
        except BatchStoreProblem as problem:
            self.objection = str(problem)
        except KeyboardInterrupt:
            cancelled = True
            self._err.print(f"Cancelled. {self.left or self._what_stays()}", soft_wrap=True)
        self._report(goes_on=not cancelled)
        if cancelled:
            return interrupt.CANCELLED
        good = all(result.status in _GOOD for result in self.results.values())
        return 0 if good and not self.objection and all(map(batch_view.is_good, self.reports.values())) else 1

    def _waits(self) -> bool:
        return any(report.outcome in {"handed_in", "waiting"} for report in self.reports.values())

    def _what_stays(self) -> str:
        if self.collects or any(report.outcome in _STAYS for report in self.reports.values()):
            return f"The batch goes on at the provider: {batch_view.GOES_ON}"
        return "What was confirmed before stays. Nothing was handed in."

    def _report(self, *, goes_on: bool) -> None:
        if not self.as_text:
            targets = [result_json(result, self.texts) for result in self.results.values()]
            batches = [batch_view.report_json(report) for report in self.reports.values()]
            whole = {"targets": targets, "batches": batches, "message": self.objection}
            click.echo(json_text(whole))
            return
        if self.objection:
            self._err.print(self.objection, soft_wrap=True, markup=False)
        found = list(self.results.values())
        if goes_on and not self.reports and not self.objection:
            self._out.print(_NONE_LEFT if found else _NONE_OPEN)
        if found:
            results_view.print_suspected_bugs(self._out, found, self.texts)
            results_view.print_summary(self._out, found, dry_run=False)
        if goes_on and self._waits():
            self._out.print(f"[dim]{batch_view.GOES_ON}[/]", soft_wrap=True)


def settings_of(record: BatchRecord, given: Settings) -> Settings:
    """Return the settings that a batch was handed in with; what is given now counts before them."""
    known = {spec.name for spec in fields(Settings)}
    then = {name: value for name, value in record.settings.items() if name in known}
    now = {s.name: value for s in fields(Settings) if (value := getattr(given, s.name)) != s.default}
    return replace(Settings(), **{**then, **now})
