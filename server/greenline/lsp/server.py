"""The language server: which message goes to which part."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from greenline import __version__
from greenline.lsp import actions, connection, diagnostics, hovers, inlay_hints, lenses, names
from greenline.lsp.arguments import object_or_nothing, plain
from greenline.lsp.asking_again import AskingAgain
from greenline.lsp.audit_commands import AuditCommands
from greenline.lsp.client import Client
from greenline.lsp.closed_files import ClosedFiles
from greenline.lsp.commands import Commands
from greenline.lsp.configuration import Configuration
from greenline.lsp.covering_commands import CoveringCommands
from greenline.lsp.documents import OpenDocument, path_of
from greenline.lsp.first_look import FirstLook
from greenline.lsp.gap_commands import GapCommands
from greenline.lsp.gap_list import GapList
from greenline.lsp.known_tests import KnownTests
from greenline.lsp.live_coverage import LiveCoverage
from greenline.lsp.model_commands import ModelCommands
from greenline.lsp.model_key import ModelKey
from greenline.lsp.model_libraries import ModelStorage
from greenline.lsp.on_save import OnSave
from greenline.lsp.progress import ProgressBoard
from greenline.lsp.protocol import GreenlineProtocol, Plain, version_of
from greenline.lsp.report_commands import ReportCommands
from greenline.lsp.report_pages import ReportPages
from greenline.lsp.report_watch import ReportWatch
from greenline.lsp.selected_interpreter import SelectedInterpreter
from greenline.lsp.session import Session, Warning_
from greenline.lsp.strength_commands import StrengthCommands
from greenline.lsp.workspace_diagnostics import WorkspaceAnswers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from greenline.bootstrap import Lasting
    from greenline.lsp.pictures import Shown
    from greenline.lsp.services import Build, Services
    from greenline.ports.documents import Documents
    from greenline.settings import Settings

log = logging.getLogger(__name__)


class GreenlineServer(LanguageServer):
    """One server for one editor; ``session`` holds its state."""

    protocol: GreenlineProtocol

    def __init__(self, build: Build, converter_factory: Callable[[], Any] = default_converter) -> None:
        super().__init__(
            "greenline",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            protocol_cls=GreenlineProtocol,
            converter_factory=converter_factory,
        )
        self.session = Session(self, build)
        self.board = ProgressBoard(self.session)
        self.configuration = Configuration(self.session)
        self.publisher = diagnostics.Publisher(self.session)
        self.answers = diagnostics.Answers(self.session)
        self.workspace_answers = WorkspaceAnswers(self.session, self.answers)
        self.asking_again = AskingAgain(self.session)
        self.gap_list = GapList(self.session, self.asking_again.gaps)
        self.known_tests = KnownTests(self.session, self.gap_list)
        self.closed_files = ClosedFiles(self.session)
        self.live_coverage = LiveCoverage(self.session)
        self.on_save = OnSave(self.session, self.board)
        self.report_watch = ReportWatch(self.session, self.board)
        self.session.pictures.on_new(self._say_what_is_wrong)
        self.session.pictures.on_pause(self._draw_again)
        self.session.on_refresh(self._refresh)
        _register_lifecycle(self)
        _register_documents(self)
        _register_requests(self)
        _register_lists(self)
        _register_commands(self)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what went wrong outside of a request; a message on the screen would help nobody."""
        log.error("%s: %s", getattr(source, "__name__", source), error)

    def start_serving(self, params: types.InitializeParams) -> None:
        """Look at the client, and register what only some clients may see."""
        self.session.client = Client.from_capabilities(params.capabilities)
        self.configuration.initialize(params.initialization_options)
        if self.session.client.pulls_diagnostics:
            # Neovim asks for nothing else, once it may ask for all files: only those who want them are told so.
            of_all_files = self.session.settings.workspace_diagnostics
            options = types.DiagnosticOptions(
                inter_file_dependencies=True, workspace_diagnostics=of_all_files, identifier=names.SERVER
            )

            async def pull(params: types.DocumentDiagnosticParams) -> Plain:
                return await self.answers.answer(params)

            async def pull_all(params: types.WorkspaceDiagnosticParams) -> Plain:
                return await self.workspace_answers.answer(params)

            self.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)(pull)
            if of_all_files:
                self.feature(types.WORKSPACE_DIAGNOSTIC)(pull_all)

    def open(self, item: types.TextDocumentItem) -> None:
        """Take over a buffer; only files on disk are looked at."""
        path = path_of(item.uri)
        if path is None:
            return
        is_python = item.language_id == "python" or (not item.language_id and path.suffix == ".py")
        document = OpenDocument(item.uri, path, item.text, version_of(item), is_python)
        self.session.documents.put(document, self.session.encoding)
        self.closed_files.opened(path)
        self.live_coverage.opened(item.uri)
        if is_python and not self.session.client.pulls_diagnostics:
            self.publisher.now(item.uri)

    def change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Take over a buffer's new version."""
        item = params.text_document
        document = self.session.documents.change(item.uri, version_of(item), params.content_changes)
        if document is not None and document.is_python:
            self.session.pictures.edited(item.uri)
            self.live_coverage.edited(item.uri)

    def drop(self, uri: str) -> None:
        """Forget a closed buffer."""
        document = self.session.documents.get(uri)
        self.session.documents.drop(uri)
        self.session.pictures.forget(uri)
        self.live_coverage.closed(uri)
        self.session.told_marks.forget(uri)
        self.answers.forget(uri)
        if document is not None and document.is_python and not self.session.client.pulls_diagnostics:
            self.publisher.clear(uri)
        self.closed_files.redraw()
        self.workspace_answers.look_again()

    def _refresh(self) -> None:
        if self.session.client.pulls_diagnostics:
            self.asking_again.diagnostics()
        else:
            for document in self.session.documents.all_open():
                if document.is_python:
                    self.publisher.now(document.uri)
        self.closed_files.redraw()
        self.asking_again.lenses()
        self.asking_again.hints()
        self.asking_again.gaps()

    def _draw_again(self, uri: str) -> None:
        """Show what the edits changed."""
        if not self.session.client.pulls_diagnostics:
            self.publisher.now(uri)
        elif (shown := self.session.pictures.followed(uri)) and shown.followed:
            self.session.spawn(self._drawn_again(uri), f"picture of {uri}")

    async def _drawn_again(self, uri: str) -> None:
        """Have asked again once the picture is drawn: what was told meanwhile is what stood still."""
        if await self.session.pictures.of(uri) is not None:
            self.asking_again.diagnostics()

    def _say_what_is_wrong(self, shown: Shown) -> None:
        """Problems are no diagnostics: the lens shows them; one that needs an action is also shown, once."""
        picture = shown.picture
        if picture.state == "unreadable":
            self.session.show_once(picture.message, Warning_)
        elif picture.state != "measured" and picture.message:
            self.session.log_once(picture.message)


def create_server(build: Build, converter_factory: Callable[[], Any] = default_converter) -> GreenlineServer:
    """Return a server that is ready to be served (see ``connection``); ``build`` is called with the first real use."""
    return GreenlineServer(build, converter_factory)


def serve_stdio() -> int:
    """Serve this process's stdin and stdout with the real services. Returns the exit code."""
    return connection.serve_stdio(_real_server())


def serve_tcp(host: str, port: int) -> int:
    """Serve the first client that connects, with the real services. Returns the exit code."""

    def listening(host: str, port: int) -> None:
        sys.stderr.write(f"greenline listens on {host}:{port}\n")
        sys.stderr.flush()

    return connection.serve_tcp(_real_server(), host, port, listening)


def _real_server() -> GreenlineServer:
    selection, key, storage = SelectedInterpreter(), ModelKey(), ModelStorage()
    server = create_server(_real(selection, key, storage))
    selection.attach(server)
    key.attach(server)
    storage.attach(server)
    return server


def _real(selection: SelectedInterpreter, key: ModelKey, storage: ModelStorage) -> Build:
    """Return what builds the real services; what one building measured is there for the next."""
    lasting: list[Lasting] = []

    def build(settings: Settings, documents: Documents) -> Services:
        from greenline import bootstrap  # noqa: PLC0415 - its adapters load after the answer to initialize

        if not lasting:
            lasting.append(bootstrap.lasting_with(selection, selection.may_run, key, key.may_be_told, storage))
            lasting[0].parser.get_ready()
            # What was imported stays: each full collection would look at all of it, and hold everything up for 50 ms.
            gc.freeze()
        return bootstrap.build(settings, documents, lasting[0])

    return build


def _register_lifecycle(server: GreenlineServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.start_serving(params)

    @server.feature(types.INITIALIZED)
    def initialized(_params: types.InitializedParams) -> None:
        server.configuration.initialized()
        server.session.spawn(server.report_watch.watch(), "watch over coverage reports")
        server.session.spawn(server.session.get_ready(), "services")

    @server.feature(types.SHUTDOWN)
    async def shutdown(_params: None) -> None:
        await server.session.close()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(params: types.DidChangeConfigurationParams) -> None:
        server.configuration.changed(params)

    @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def cancelled(params: types.WorkDoneProgressCancelParams) -> None:
        server.board.cancel(params.token)


def _register_documents(server: GreenlineServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.open(params.text_document)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.change(params)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.session.documents.saved(params.text_document.uri)
        server.session.refresh()
        server.on_save.saved(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.drop(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(_params: types.DidChangeWatchedFilesParams) -> None:
        server.report_watch.look_now()
        server.workspace_answers.look_again()


def _register_requests(server: GreenlineServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=True))
    async def lens(params: types.CodeLensParams) -> Plain:
        return Plain(await lenses.lenses(server.session, params.text_document.uri))

    @server.feature(types.CODE_LENS_RESOLVE)
    async def resolved(params: types.CodeLens) -> types.CodeLens:
        return await lenses.resolve(server.session, params)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hovered(params: types.HoverParams) -> types.Hover | None:
        return await hovers.hover(server.session, params)

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def hinted(params: types.InlayHintParams) -> list[types.InlayHint]:
        return await inlay_hints.hints(server.session, params)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=actions.KINDS))
    async def action(params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
        return await actions.actions(server.session, params)


def _register_lists(server: GreenlineServer) -> None:
    @server.feature(names.GAPS)
    async def gaps(params: Mapping[str, Any]) -> Plain:
        return Plain(await server.gap_list.answer(plain(params)))

    @server.feature(names.TESTS)
    async def tests(_params: Mapping[str, Any]) -> Plain:
        return Plain(await server.known_tests.tests())

    @server.feature(names.FILES_COVERED)
    async def covered_files(_params: Mapping[str, Any]) -> Plain:
        return Plain(await server.known_tests.covered_files())

    @server.feature(names.COVERAGE_DETAILS)
    async def details(params: Mapping[str, Any]) -> Plain:
        return Plain(await server.known_tests.details(plain(params)))


def _register_commands(server: GreenlineServer) -> None:
    commands, reports = Commands(server.session, server.board), ReportCommands(server.session, server.board)
    gaps, covering = GapCommands(server.session), CoveringCommands(server.session)
    model = ModelCommands(server.session, commands.start, commands.refuse)
    strength = StrengthCommands(server.session, commands.start, commands.refuse)
    pages = ReportPages(server.session, commands.start)
    audits = AuditCommands(server.session, commands.start)
    server.session.pictures.on_new(FirstLook(server.session, reports.show_report_status).at)

    async def list_gaps(*arguments: object) -> dict[str, Any]:
        return await server.gap_list.answer(object_or_nothing(arguments))

    for name, handler in {
        names.LIST_GAPS: list_gaps,
        names.GENERATE_TESTS: commands.generate_tests,
        names.RUN_TESTS_NAMED: commands.run_tests_named,
        names.GENERATE_TEST: commands.generate_test,
        names.GENERATE_TESTS_FOR_FILE: commands.generate_tests_for_file,
        names.RUN_TESTS: commands.run_tests,
        names.RUN_AFFECTED_TESTS: commands.run_affected_tests,
        names.RUN_TESTS_OF_FILE: commands.run_tests_of_file,
        names.INSTALL_PYTEST: commands.install_pytest,
        names.CANCEL_JOB: commands.cancel_job,
        names.SHOW_GAP: commands.show_gap,
        names.RUN_COVERING_TESTS: commands.run_covering_tests,
        names.GO_TO_COVERING_TEST: covering.go_to_covering_test,
        names.UPDATE_EXPECTATIONS: commands.update_expectations,
        names.DISMISS_BUG: commands.dismiss_bug,
        names.MEASURE_STRENGTH: strength.measure,
        names.AUDIT_TESTS: audits.audit,
        names.LOAD_REPORT: reports.load_report,
        names.CLEAR_COVERAGE: reports.clear_coverage,
        names.SHOW_REPORT_STATUS: reports.show_report_status,
        names.SHOW_COVERAGE_REPORT: pages.show_report,
        names.SHOW_COVERAGE_TREND: pages.show_trend,
        names.RECORD_COVERAGE: pages.record,
        names.NEXT_GAP: gaps.next_gap,
        names.PREVIOUS_GAP: gaps.previous_gap,
        names.MODEL_ALLOW: model.allow,
        names.MODEL_FORBID: model.forbid,
        names.MODEL_SHOW: model.show,
        names.MODEL_COST: model.cost,
    }.items():
        server.command(name)(_as_function(handler))


def _as_function(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a bound method, as pygls writes attributes onto what it registers."""

    def run(*arguments: object) -> Any:
        return handler(*arguments)

    async def answer(*arguments: object) -> Any:
        return await handler(*arguments)

    function = answer if asyncio.iscoroutinefunction(handler) else run
    function.__annotations__.clear()  # a first parameter that a server would fit gets the server
    return function
