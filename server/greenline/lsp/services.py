"""The services that the server runs on: built with the first use, and again when a setting that they read changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from greenline.settings import Settings

if TYPE_CHECKING:
    from greenline.ports.documents import Documents
    from greenline.ports.libraries import Libraries
    from greenline.ports.pages import Pages
    from greenline.services.agree_to_model import AgreeToModel
    from greenline.services.audit_tests import AuditTests
    from greenline.services.choose_report import ChooseReport
    from greenline.services.confirm_tests import ConfirmTests
    from greenline.services.covering_tests import CoveringTests
    from greenline.services.generate_tests import GenerateTests
    from greenline.services.install_pytest import InstallPytest
    from greenline.services.known_tests import KnownTests
    from greenline.services.mark_coverage import MarkCoverage
    from greenline.services.measure_strength import MeasureStrength
    from greenline.services.measured_files import MeasuredFiles
    from greenline.services.report_costs import ReportCosts
    from greenline.services.run_affected import RunAffected
    from greenline.services.run_suite import RunSuite
    from greenline.services.show_coverage import ShowCoverage
    from greenline.services.show_prompt import ShowPrompt
    from greenline.services.update_expectations import UpdateExpectations


class Services(Protocol):
    """What the editor's face asks for."""

    @property
    def show(self) -> ShowCoverage:
        """The picture of a document."""

    @property
    def generate(self) -> GenerateTests:
        """From a target to an edit."""

    @property
    def confirm(self) -> ConfirmTests:
        """What the written tests gained."""

    @property
    def update(self) -> UpdateExpectations:
        """The values of now for tests that were generated."""

    @property
    def run_suite(self) -> RunSuite:
        """Run tests with coverage."""

    @property
    def run_affected(self) -> RunAffected:
        """Run the tests that a change concerns."""

    @property
    def reports(self) -> ChooseReport:
        """Which reports count, and how they are."""

    @property
    def files(self) -> MeasuredFiles:
        """Which files coverage data tells of."""

    @property
    def marks(self) -> MarkCoverage:
        """What else is told of a text, and which of its lines are new."""

    @property
    def covering(self) -> CoveringTests:
        """Which tests reach a line."""

    @property
    def tests(self) -> KnownTests:
        """Which tests are known."""

    @property
    def strength(self) -> Callable[[], MeasureStrength]:
        """How strong the tests of a function are."""

    @property
    def audit(self) -> Callable[[], AuditTests]:
        """How good the tests are that exist."""

    @property
    def agree(self) -> Callable[[], AgreeToModel]:
        """Whether source may be sent to a model."""

    @property
    def libraries(self) -> Libraries:
        """What asks models needs beside Greenline."""

    @property
    def costs(self) -> Callable[[], ReportCosts]:
        """What models cost so far."""

    @property
    def prompts(self) -> Callable[[], ShowPrompt]:
        """What would be sent to a model."""

    @property
    def pages(self) -> Pages:
        """Pages about a whole project."""

    @property
    def install(self) -> InstallPytest:
        """Install pytest where it is missing."""


Build = Callable[[Settings, "Documents"], Services]


class LazyServices:
    """Holds the services in force. ``current`` may be called on any thread; it may load a lot, so not on the loop's."""

    def __init__(self, build: Build, documents: Documents) -> None:
        self._build = build
        self._documents = documents
        self._settings = Settings()
        self._built: Services | None = None
        self._lock = threading.Lock()

    def current(self) -> Services:
        """Return the services, built now if they are not there yet."""
        with self._lock:
            if self._built is None:
                self._built = self._build(self._settings, self._documents)
            return self._built

    @property
    def built(self) -> Services | None:
        """The services in force, None before their first use; never waits."""
        return self._built

    def use(self, settings: Settings) -> None:
        """Use other settings from now on; what only the face reads throws nothing away that was measured."""
        with self._lock:
            if _without_looks(settings) != _without_looks(self._settings):
                self._built = None
            self._settings = settings


def _without_looks(settings: Settings) -> Settings:
    default = Settings()
    return replace(
        settings,
        severity_uncovered=default.severity_uncovered,
        severity_partial=default.severity_partial,
        severity_never_called=default.severity_never_called,
        severity_covered_by_failing=default.severity_covered_by_failing,
        severity_unneeded_pragma=default.severity_unneeded_pragma,
        severity_unknown=default.severity_unknown,
        severity_failing=default.severity_failing,
        workspace_diagnostics=default.workspace_diagnostics,
        code_lens=default.code_lens,
        hover=default.hover,
        inlay_hints=default.inlay_hints,
        run_on_save=default.run_on_save,
        preview=default.preview,
    )
