"""Joins adapters to services: the only place that knows both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache, partial
from os.path import expanduser
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_dir, user_data_dir

from greenline import __version__
from greenline.adapters.callers_on_disk import CallersOnDisk
from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.disk_documents import DiskDocuments, TextsBefore
from greenline.adapters.explorer_process import ExplorerProcess
from greenline.adapters.formatter_process import FormatterProcess
from greenline.adapters.generated_tests_sqlite import GeneratedTestsSqlite
from greenline.adapters.git_churn import GitChurn
from greenline.adapters.git_history import GitHistory
from greenline.adapters.index_process import IndexProcesses
from greenline.adapters.interpreter_discovery import InterpreterDiscovery
from greenline.adapters.interpreter_question import BY_OPTION
from greenline.adapters.isolation import Wanted
from greenline.adapters.journal_sqlite import JournalSqlite
from greenline.adapters.model_sdk import ModelSdk
from greenline.adapters.package_installer import PackageInstaller
from greenline.adapters.page_process import PageProcess
from greenline.adapters.probes import Probes
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.pytest_process import PytestProcess
from greenline.adapters.reports_in_use import Choices
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.adapters.settled_reports import Patience
from greenline.adapters.source_tree import SourceTreeOnDisk
from greenline.adapters.survey_processes import SurveyProcesses
from greenline.adapters.test_layout import TestLayoutOnDisk
from greenline.adapters.test_teachers import TeachersOnDisk
from greenline.bootstrap_survey import cache_folder, open_survey, pictures
from greenline.domain.generation.max_examples import Amounts
from greenline.services.affected_tests import AffectedTests
from greenline.services.check_coverage import CheckCoverage
from greenline.services.choose_report import ChooseReport
from greenline.services.confirm_tests import ConfirmTests
from greenline.services.covering_tests import CoveringTests
from greenline.services.diagnose_project import DiagnoseProject
from greenline.services.explore_engine import ExploreEngine
from greenline.services.find_gaps import FindGaps
from greenline.services.finding import MODEL_OFF, Finding
from greenline.services.generate_tests import GenerateTests
from greenline.services.install_pytest import InstallPytest
from greenline.services.known_tests import KnownTests
from greenline.services.mark_coverage import MarkCoverage
from greenline.services.measured_files import MeasuredFiles
from greenline.services.measured_texts import Remembered
from greenline.services.picture_basis import PictureBasis
from greenline.services.plan_generation import PlanGeneration
from greenline.services.prove_suite import ProveSuite
from greenline.services.rank_gaps import RankGaps
from greenline.services.recorded_runs import RecordedRuns
from greenline.services.report_age import ReportAge
from greenline.services.run_affected import RunAffected
from greenline.services.run_suite import RunSuite
from greenline.services.sendable_files import SendableCallers, SendableFiles
from greenline.services.show_coverage import ShowCoverage
from greenline.services.sort_failures import LastPasses, SortFailures
from greenline.services.suite_coverage import SuiteCoverage
from greenline.services.test_trial import TestTrial
from greenline.services.update_expectations import UpdateExpectations
from greenline.services.workbench import Workbench
from greenline.services.written_by_model import WrittenByModel

if TYPE_CHECKING:
    from greenline.ports.documents import Documents
    from greenline.ports.journal import Journal
    from greenline.ports.layout import TestLayout
    from greenline.ports.ledger import Ledger
    from greenline.ports.libraries import Libraries
    from greenline.ports.model import EditorKey
    from greenline.ports.pages import Pages
    from greenline.ports.project import InterpreterFinder, Project, ProjectFinder, Selection
    from greenline.services.agree_to_model import AgreeToModel
    from greenline.services.audit_tests import AuditTests
    from greenline.services.fill_gaps import FillGaps
    from greenline.services.generate_in_batches import GenerateInBatches
    from greenline.services.keep_trend import KeepTrend
    from greenline.services.measure_strength import MeasureStrength
    from greenline.services.report_costs import ReportCosts
    from greenline.services.show_prompt import ShowPrompt
from greenline.settings import Settings

_OF_ENGINES = ("interpreter", "engine", "tests_file", "docstrings", "examples_", "explore_", "isolation", "model_")
"""How the names of settings begin that decide which tests are found."""


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases, ready to run."""

    show: ShowCoverage
    marks: MarkCoverage
    files: MeasuredFiles
    generate: GenerateTests
    prompts: Callable[[], ShowPrompt]
    """Builds what shows requests; little else needs it."""
    batches: Callable[[], GenerateInBatches]
    """Builds what asks models in batches, for who asks for it."""
    confirm: ConfirmTests
    update: UpdateExpectations
    run_suite: RunSuite
    run_affected: RunAffected
    install: InstallPytest
    covering: CoveringTests
    tests: KnownTests
    gaps: FindGaps
    ranking: RankGaps
    plan: PlanGeneration
    prove: ProveSuite
    journal: Journal
    layout: TestLayout
    age: ReportAge
    check: Callable[[Path | None], CheckCoverage]
    """As ``trend``."""
    audit: Callable[[], AuditTests]
    strength: Callable[[], MeasureStrength]
    """As ``costs``."""
    trend: Callable[[Path | None], KeepTrend]
    """Takes the file of the history, or None for the usual one."""
    doctor: DiagnoseProject
    reports: ChooseReport
    costs: Callable[[], ReportCosts]
    """Loads what only few ask for."""
    agree: Callable[[], AgreeToModel]
    """As ``costs``."""
    libraries: Libraries
    """What asks models needs beside Greenline."""
    pages: Pages
    over: Callable[[Mapping[Path, str]], Services]
    """The same, where some files have other texts than they are saved with: as open buffers would."""
    projects: ProjectFinder
    interpreters: InterpreterFinder


@dataclass(frozen=True, slots=True)
class Lasting:
    """What stays when the services are built again for other settings: all that was measured and found out."""

    remembered: Remembered = field(default_factory=Remembered)
    passes: LastPasses = field(default_factory=LastPasses)
    runs: RunStoreSqlite = field(
        default_factory=lambda: RunStoreSqlite(Path(user_cache_dir("greenline", appauthor=False)) / "runs")
    )
    generated: GeneratedTestsSqlite = field(
        default_factory=lambda: GeneratedTestsSqlite(
            Path(user_cache_dir("greenline", appauthor=False)) / "generated-tests.sqlite3"
        )
    )
    by_model: WrittenByModel = field(default_factory=WrittenByModel)
    parser: CoverageParser = field(default_factory=CoverageParser)
    interpreters: InterpreterDiscovery = field(default_factory=lambda: InterpreterDiscovery(choice=BY_OPTION))
    history: GitHistory = field(default_factory=GitHistory)
    reports: Choices = field(default_factory=Choices)
    editor_key: EditorKey = str
    """Returns the key to models that the editor keeps; empty for none."""
    keeps_key: Callable[[], bool] = lambda: False
    """Whether the editor may keep one."""
    libraries: ModelSdk = field(default_factory=ModelSdk)
    probes: Probes = field(
        default_factory=lambda: Probes(Path(user_cache_dir("greenline", appauthor=False)) / "bytecode")
    )


def lasting_with(
    selection: Selection,
    may_run: Callable[[], bool] = lambda: True,
    editor_key: EditorKey = str,
    keeps_key: Callable[[], bool] = lambda: False,
    storage: Callable[[], Path | None] = lambda: None,
) -> Lasting:
    """Return what stays for an editor that may have selected a Python, and that nobody waits for.

    While it ``may_run`` nothing of the project, no Python is found for it: whatever runs, runs in one. ``storage`` is
    the folder that the editor keeps for the libraries that ask models.
    """
    reports = Choices(patience=Patience(), processes=IndexProcesses())
    interpreters = InterpreterDiscovery(selection, may_run=may_run)
    return Lasting(
        interpreters=interpreters,
        reports=reports,
        editor_key=editor_key,
        keeps_key=keeps_key,
        libraries=ModelSdk(storage),
    )


def lasting_for_terminal() -> Lasting:
    """Return what a command has: it looks at reports once, and waits for one that is being written."""
    return Lasting(reports=Choices(patience=Patience(empty=10.0), waits=True))


def build(settings: Settings, documents: Documents, lasting: Lasting | None = None) -> Services:
    """Build the services for one face; ``documents`` are its open buffers, or the disk."""
    from greenline.domain.asking.ignored import patterns_of  # noqa: PLC0415 - nothing of models loads at the start

    lasting = lasting or Lasting()
    lasting.probes.isolation.wanted = Wanted(settings.isolation, settings.isolation_command, settings.isolation_paths)
    projects = ProjectFiles()
    drawn = pictures(settings, documents, projects, lasting)
    source, saved, stored, show, marks = drawn.source, drawn.saved, drawn.stored, drawn.show, drawn.marks
    sources, layout = SourceTreeOnDisk(), TestLayoutOnDisk(template=settings.tests_file)
    history = lasting.history
    age = ReportAge(source, sources)
    basis = PictureBasis(source, lasting.runs, sources)
    interpreters = lasting.interpreters
    never_sent = patterns_of(settings.model_ignore)
    runner = PytestProcess(lasting.probes, never_sent)
    workbench = Workbench(
        projects=projects,
        interpreters=interpreters,
        layout=layout,
        documents=documents,
        runner=runner,
        callers=SendableCallers(CallersOnDisk(), SendableFiles(never_sent)),
        readiness=lasting.probes,
        show=show,
        age=age,
        settings=settings,
        teachers=TeachersOnDisk(),
        by_model=lasting.by_model,
    )
    in_editor = not isinstance(documents, DiskDocuments)
    failures = SortFailures(runner=runner, disk=saved, passes=lasting.passes, in_editor=in_editor)
    runs = RecordedRuns(
        runner=runner, show=show, documents=documents, sources=sources, settings=settings, failures=failures
    )
    suite = RunSuite(projects=projects, interpreters=interpreters, runs=runs, settings=settings)
    amounts = Amounts(settings.examples_critical, settings.examples_standard, settings.examples_waiting)
    engines = {"explore": ExploreEngine(ExplorerProcess(lasting.probes), amounts)}
    formatter = FormatterProcess()
    trial = TestTrial(runner, show, settings, formatter)

    def generator(model: FillGaps | None) -> GenerateTests:
        return GenerateTests(workbench=workbench, trial=trial, engines=engines, settings=settings, model=model)

    def prompts() -> ShowPrompt:
        from greenline.bootstrap_asking import show_prompt  # noqa: PLC0415 - only for who asks for it

        return show_prompt(settings, documents, generator, trial=trial, runner=runner, show=show)

    def batches() -> GenerateInBatches:
        from greenline.bootstrap_asking import Gate, generate_in_batches  # noqa: PLC0415 - only for who asks for it

        return generate_in_batches(
            settings,
            documents,
            Gate(trial, runner, show),
            generator,
            ledger=ledger(),
            projects=projects,
            libraries=lasting.libraries,
            editor_key=lasting.editor_key,
        )

    model = None
    of_models: Callable[[Project], Sequence[Finding]] = lambda _project: (MODEL_OFF,)  # noqa: E731
    if settings.model_enabled:
        from greenline.bootstrap_asking import Gate, diagnose_model, fill_gaps  # noqa: PLC0415 - only where it is on

        gate = Gate(trial, runner, show)
        model = fill_gaps(
            settings,
            documents,
            gate,
            ledger=ledger(),
            libraries=lasting.libraries,
            editor_key=lasting.editor_key,
        )
        of_models = diagnose_model(settings, ledger(), model, lasting.keeps_key, lasting.libraries).findings
    doctor = DiagnoseProject(
        projects=projects,
        interpreters=interpreters,
        coverage=source,
        show=show,
        sources=sources,
        age=age,
        documents=documents,
        isolating=lasting.probes,
        interpreter=settings.interpreter,
        runner=runner,
        model=of_models,
        asks_models=settings.model_enabled,
    )
    churn = GitChurn()
    gaps = FindGaps(projects, documents, show, basis, drawn.changed(settings), ignored=churn)
    covering = CoveringTests(
        projects=projects,
        source=source,
        analyzer=lasting.parser,
        disk=saved,
        documents=documents,
        sources=sources,
        remembered=lasting.remembered,
        stored=stored,
        history=history,
    )
    ranking = RankGaps(projects, SurveyProcesses(partial(open_survey, settings)), churn, basis)

    def trend(file: Path | None) -> KeepTrend:
        chosen = Path(expanduser(settings.trend_file)) if settings.trend_file else None  # noqa: PTH111 - which never fails
        return _keep_trend(projects, ranking, file or chosen)

    def audit() -> AuditTests:
        from greenline.bootstrap_auditing import audit_tests  # noqa: PLC0415 - only for who asks for it

        return audit_tests(
            projects=projects,
            documents=documents,
            runner=runner,
            runs=runs,
            gaps=gaps,
            interpreters=interpreters,
            settings=settings,
        )

    def strength() -> MeasureStrength:
        from greenline.bootstrap_auditing import measure_strength  # noqa: PLC0415 - as above

        return measure_strength(
            projects=projects, interpreters=interpreters, runner=runner, documents=documents, settings=settings
        )

    return Services(
        show=show,
        files=MeasuredFiles(projects, source, lasting.runs),
        marks=marks,
        generate=generator(model),
        prompts=prompts,
        batches=batches,
        confirm=ConfirmTests(
            projects=projects,
            interpreters=interpreters,
            runner=runner,
            show=show,
            documents=documents,
            settings=settings,
            generated=lasting.generated,
            by_model=lasting.by_model,
        ),
        update=UpdateExpectations(
            projects=projects,
            interpreters=interpreters,
            runner=runner,
            documents=documents,
            generated=lasting.generated,
            settings=settings,
            sources=sources,
            formatter=formatter,
        ),
        run_suite=suite,
        run_affected=RunAffected(
            suite=suite,
            affected=AffectedTests(lasting.runs, documents, sources),
            documents=documents,
            sources=sources,
            layout=layout,
        ),
        install=InstallPytest(
            projects=projects, interpreters=interpreters, installer=PackageInstaller(), settings=settings
        ),
        covering=covering,
        tests=KnownTests(projects=projects, runs=lasting.runs, documents=documents, sources=sources),
        gaps=gaps,
        ranking=ranking,
        plan=PlanGeneration(ranking, projects, documents, engine=_engine_words(settings)),
        prove=ProveSuite(interpreters=interpreters, runner=runner, runs=runs, settings=settings),
        journal=JournalSqlite(cache_folder() / "bulk.sqlite3"),
        layout=layout,
        age=age,
        check=lambda file: CheckCoverage(ranking, SuiteCoverage(projects, gaps, covering, churn), lambda: trend(file)),
        trend=trend,
        audit=audit,
        strength=strength,
        doctor=doctor,
        reports=ChooseReport(projects=projects, reports=source, runs=lasting.runs, doctor=doctor),
        costs=lambda: _report_costs(settings),
        agree=lambda: _agree_to_model(settings, projects),
        libraries=lasting.libraries,
        pages=PageProcess(settings.coverage_file, settings.coverage_paths, lasting.reports.loaded, settings.trend_file),
        over=lambda texts: build(settings, TextsBefore(documents, texts), lasting),
        projects=projects,
        interpreters=interpreters,
    )


def _engine_words(settings: Settings) -> str:
    """Return what decides, besides its text, how tests of a function are found."""
    names = [f.name for f in fields(settings) if f.name.startswith(_OF_ENGINES)]
    return " ".join([__version__, *(f"{name}={getattr(settings, name)!r}" for name in names)])


def _keep_trend(projects: ProjectFinder, ranking: RankGaps, file: Path | None) -> KeepTrend:
    from greenline.adapters.trend_file import TrendFile  # noqa: PLC0415 - only for who asks for it
    from greenline.services.keep_trend import KeepTrend  # noqa: PLC0415 - as above

    return KeepTrend(projects, ranking, GitChurn(), TrendFile(file))


def ledger() -> Ledger:
    """Return what keeps the cost of models: one for the process, as it knows what could not be written."""
    return _ledger_at(Path(user_data_dir("greenline", appauthor=False)) / "ledger.sqlite3")


@cache
def _ledger_at(file: Path) -> Ledger:
    from greenline.adapters.ledger_sqlite import LedgerSqlite  # noqa: PLC0415 - only where models are asked, or about

    return LedgerSqlite(file)


def _agree_to_model(settings: Settings, projects: ProjectFinder) -> AgreeToModel:
    from greenline.bootstrap_asking import agree_to_model  # noqa: PLC0415 - as above

    return agree_to_model(settings, projects)


def _report_costs(settings: Settings) -> ReportCosts:
    from greenline.adapters.model_chain_files import model_chain  # noqa: PLC0415 - as above
    from greenline.services.report_costs import ReportCosts  # noqa: PLC0415 - as above

    return ReportCosts(ledger(), lambda root: model_chain(root, settings.model_name))
