"""A pytest-lsp client for the real server, which waits for causes and can see the server's processes."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

LIMIT = 120.0
_Found = TypeVar("_Found")
"""Seconds for anything; far more than it takes, as only a hang should reach it."""


def capabilities(*, pull: bool, encoding: str, selects: bool = False) -> types.ClientCapabilities:
    """Return an able editor that is pushed diagnostics, or pulls them; perhaps one that knows Pythons."""
    return types.ClientCapabilities(
        experimental={"greenline": {"tellsInterpreter": True}} if selects else None,
        workspace=types.WorkspaceClientCapabilities(
            apply_edit=True,
            workspace_edit=types.WorkspaceEditClientCapabilities(
                document_changes=True,
                resource_operations=[types.ResourceOperationKind.Create, types.ResourceOperationKind.Delete],
            ),
            code_lens=types.CodeLensWorkspaceClientCapabilities(refresh_support=True),
            diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True) if pull else None,
        ),
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
                related_information=True, version_support=True
            ),
            diagnostic=types.DiagnosticClientCapabilities() if pull else None,
            code_action=types.CodeActionClientCapabilities(
                code_action_literal_support=types.ClientCodeActionLiteralOptions(
                    types.ClientCodeActionKindOptions([types.CodeActionKind.QuickFix])
                )
            ),
        ),
        window=types.WindowClientCapabilities(work_done_progress=True),
        general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind(encoding)]),
    )


@dataclass
class Editor:
    """What a person does in an editor, and what the editor was told."""

    client: LanguageClient
    pull: bool
    selected: Path | None = None
    """The Python that is selected in it."""
    updates: bool = False
    """What it is asked to write may replace something; buffers follow it."""
    versions: dict[str, int] = field(default_factory=dict)
    ends: dict[str, Any] = field(default_factory=dict)
    edits: list[types.ApplyWorkspaceEditParams] = field(default_factory=list)
    questions: list[types.ShowMessageRequestParams] = field(default_factory=list)
    lens_refreshes: int = 0
    progress: list[Any] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def messages(self) -> list[str]:
        return [message.message for message in self.client.messages]

    @property
    def server_pid(self) -> int:
        assert self.client._server is not None
        return self.client._server.pid

    def tell(self) -> None:
        self._news.set()

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until the condition holds; it is looked at whenever the server says something."""

        async def holds() -> Any:
            while not (value := condition()):
                self._news.clear()
                await self._news.wait()
            return value

        return await asyncio.wait_for(holds(), LIMIT)

    def open(self, path: Path, version: int = 1) -> str:
        uri = path.as_uri()
        self.versions[uri] = version
        item = types.TextDocumentItem(uri, "python", version, path.read_text(encoding="utf-8"))
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def reread(self, path: Path) -> None:
        """Take over what is on the disk as the text of a buffer."""
        version = self.versions[path.as_uri()] = self.versions[path.as_uri()] + 1
        changes = [types.TextDocumentContentChangeWholeDocument(path.read_text(encoding="utf-8"))]
        document = types.VersionedTextDocumentIdentifier(version=version, uri=path.as_uri())
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, changes))

    async def diagnostics(self, uri: str) -> list[types.Diagnostic]:
        if self.pull:
            params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
            report = await asyncio.wait_for(self.client.text_document_diagnostic_async(params), LIMIT)
            assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
            return list(report.items)
        await self.until(lambda: uri in self.client.diagnostics)
        return list(self.client.diagnostics[uri])

    async def lenses(self, uri: str) -> list[types.Command]:
        params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
        lenses = await asyncio.wait_for(self.client.text_document_code_lens_async(params), LIMIT)
        seen = [lens if lens.command else await self._resolved(lens) for lens in lenses or []]
        return [lens.command for lens in seen if lens.command]

    async def _resolved(self, lens: types.CodeLens) -> types.CodeLens:
        return await asyncio.wait_for(self.client.code_lens_resolve_async(lens), LIMIT)

    async def actions(self, uri: str, diagnostic: types.Diagnostic) -> list[types.CodeAction]:
        context = types.CodeActionContext(diagnostics=[diagnostic])
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), diagnostic.range, context)
        found = await asyncio.wait_for(self.client.text_document_code_action_async(params), LIMIT)
        return [action for action in found or [] if isinstance(action, types.CodeAction)]

    async def run(self, command: str, *arguments: Any) -> Any:
        params = types.ExecuteCommandParams(command, arguments=list(arguments))
        return await asyncio.wait_for(self.client.workspace_execute_command_async(params), LIMIT)

    async def generate(self, uri: str, qualname: str) -> str:
        answer = await self.run("greenline.generateTest", {"uri": uri, "qualname": qualname, "version": 1})
        return str(answer["job"] if isinstance(answer, dict) else answer.job)

    async def end_of(self, job: str) -> Any:
        return await self.until(lambda: self.ends.get(job))

    def children(self) -> set[int]:
        """Return the live processes below the server that work for a job: all but the warm ones, which wait."""
        return self.everything() - self.warm()

    def everything(self) -> set[int]:
        """Return all live processes below the server."""
        return descendants(self.server_pid)

    def warm(self) -> set[int]:
        """Return the warm processes; a job's are forks of them."""
        own = command_line(self.server_pid)
        lines = {pid: command_line(pid) for pid in descendants(self.server_pid, deep=False)}
        found = {pid for pid, line in lines.items() if line in {own, b""} or line.endswith(b"\0warm\0")}
        # In a sandbox: bubblewrap, its own first process in there, and what it was to run.
        for pid in [*found]:
            while pid and command_line(pid).partition(b"\0")[0].endswith(b"/bwrap"):
                pid = min(descendants(pid, deep=False), default=0)  # noqa: PLW2901 - one further in
                found |= {pid} - {0}
        return found

    async def until_gone(self, children: set[int]) -> None:
        """Wait until these and all others that are not warm have ended.

        A job's own have when its end is told (tests/integration/test_running_ends.py). But what is asked beside it
        when a project is opened, an interpreter or git, may be among them and have its own end.
        """
        await self._until_some(lambda: not alive(children) and not self.children())

    async def until_forked(self) -> set[int]:
        """Wait until a warm process has children."""
        return await self._until_some(
            lambda: {child for warm in self.warm() for child in descendants(warm)} - self.warm()
        )

    async def _until_some(self, look: Callable[[], _Found]) -> _Found:
        """Wait until there is some; each look takes one round trip to the server."""

        async def some() -> _Found:
            while not (found := look()):
                await self.run("greenline.cancelJob", {"job": "none"})
            return found

        return await asyncio.wait_for(some(), LIMIT)


@asynccontextmanager
async def editing(
    root: Path,
    *,
    pull: bool = False,
    encoding: str = "utf-16",
    settings: dict[str, Any] | None = None,
    selected: Path | None = None,
    command: list[str] | None = None,
) -> AsyncIterator[Editor]:
    """Start the real server on a project, and end it as an editor does; its exit code must be 0."""
    editor = await launched(root, pull=pull, encoding=encoding, settings=settings, selected=selected, command=command)
    client = editor.client
    try:
        yield editor
    finally:
        if client._server is not None and client._server.returncode is None:
            await asyncio.wait_for(client.shutdown_session(), LIMIT)
        await asyncio.wait_for(client.stop(), LIMIT)
    assert client._server is not None
    assert client._server.returncode == 0


async def launched(
    root: Path,
    *,
    pull: bool = False,
    encoding: str = "utf-16",
    settings: dict[str, Any] | None = None,
    selected: Path | None = None,
    command: list[str] | None = None,
) -> Editor:
    """Start the real server on a project; whoever calls this ends it."""
    client = LanguageClient(converter_factory=_converter)
    editor = Editor(client, pull, selected)
    register_lsp_features(client, {**DEFAULT_CLIENT_FEATURES, **_features(editor)})
    config = ClientServerConfig(command or [sys.executable, "-m", "greenline", "lsp"], client_factory=lambda: client)
    await config.start()
    options = {"interpreter": sys.executable, **(settings or {})}
    params = types.InitializeParams(
        capabilities=capabilities(pull=pull, encoding=encoding, selects=selected is not None),
        root_uri=root.as_uri(),
        initialization_options=options,
    )
    result = await asyncio.wait_for(client.initialize_session(params), LIMIT)
    assert result.capabilities.position_encoding == encoding
    return editor


def _converter() -> Any:
    """Return pygls' converter, which takes each code action for a command: this client knows literals only."""
    converter = default_converter()

    def actions(message: dict[str, Any], _: object) -> types.CodeActionResponse:
        found = [converter.structure(action, types.CodeAction) for action in message["result"] or []]
        return types.CodeActionResponse(id=message["id"], result=found)

    converter.register_structure_hook(types.CodeActionResponse, actions)
    return converter


def _features(editor: Editor) -> dict[str, Callable[..., Any]]:
    def publish(client: LanguageClient, params: types.PublishDiagnosticsParams) -> None:
        client.diagnostics[params.uri] = params.diagnostics
        editor.tell()

    def show(client: LanguageClient, params: types.ShowMessageParams) -> None:
        client.messages.append(params)
        editor.tell()

    def ended(client: LanguageClient, params: Any) -> None:
        editor.ends[params.id] = params
        editor.tell()

    def apply(client: LanguageClient, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        editor.edits.append(params)
        _apply_all(editor, params)
        editor.tell()
        return types.ApplyWorkspaceEditResult(applied=True)

    def ask(client: LanguageClient, params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
        editor.questions.append(params)
        editor.tell()
        return None

    def refresh(client: LanguageClient, params: None) -> None:
        editor.lens_refreshes += 1
        editor.tell()

    def interpreter(client: LanguageClient, params: Any) -> dict[str, Any]:
        return {"path": str(editor.selected), "environment": True}

    default_progress = DEFAULT_CLIENT_FEATURES[types.PROGRESS]

    def progress(client: LanguageClient, params: types.ProgressParams) -> None:
        default_progress(client, params)
        editor.progress.append(client.progress_reports[params.token][-1])
        editor.tell()

    return {
        types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: publish,
        types.WINDOW_SHOW_MESSAGE: show,
        "greenline/jobEnded": ended,
        "greenline/interpreter": interpreter,
        types.WORKSPACE_APPLY_EDIT: apply,
        types.WINDOW_SHOW_MESSAGE_REQUEST: ask,
        types.WORKSPACE_CODE_LENS_REFRESH: refresh,
        types.PROGRESS: progress,
    }


def _apply_all(editor: Editor, params: types.ApplyWorkspaceEditParams) -> None:
    for change in params.edit.document_changes or []:
        _apply(change, updates=editor.updates)
        if editor.updates and isinstance(change, types.TextDocumentEdit):
            editor.reread(_path(change.text_document.uri))


def _apply(change: Any, *, updates: bool = False) -> None:
    """Apply one change to the disk: insertions, and where expectations are updated replacements in lines."""
    if isinstance(change, types.CreateFile):
        path = _path(change.uri)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        return
    assert isinstance(change, types.TextDocumentEdit)
    path = _path(change.text_document.uri)
    lines = path.read_text(encoding="utf-8").split("\n")
    for edit in sorted(change.edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True):
        assert isinstance(edit, types.TextEdit)
        start, end = edit.range.start, edit.range.end
        assert start == end or updates, "tests are only ever inserted"
        assert start.line == end.line, "a value stands on one line"
        line = lines[start.line]
        assert line.isascii(), "the column of an insertion is counted in units that this client does not convert"
        lines[start.line] = line[: start.character] + edit.new_text + line[end.character :]
    path.write_text("\n".join(lines), encoding="utf-8")


def _path(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))


def command_line(pid: int) -> bytes:
    """Return its arguments, each with a NUL; empty when it is gone, the parent's until it has been started."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def descendants(pid: int, *, deep: bool = True) -> set[int]:
    """Return all live processes below one, or right below it, zombies left out."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except (OSError, ValueError):
                continue
            if state != "Z":
                parents[int(entry.name)] = int(parent)
    found: set[int] = set()
    if not deep:
        return {child for child, parent in parents.items() if parent == pid}
    while new := {child for child, parent in parents.items() if parent in found | {pid}} - found:
        found |= new
    return found


def alive(pids: set[int]) -> set[int]:
    """Return those that still run (a process that left its parent is found here too)."""
    running = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            running.add(pid)
    return running


def snapshot(root: Path) -> dict[str, bytes]:
    """Return every file of a project."""
    return {os.fspath(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
