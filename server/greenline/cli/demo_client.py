"""What an editor does, for the demo: it speaks LSP with the real server over stdio and applies its edits to files."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient
from pygls.protocol import default_converter
from pygls.uris import to_fs_path

from greenline import __version__

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from cattrs import Converter
    from typing_extensions import Self

_CAPABILITIES = types.ClientCapabilities(
    general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf8]),
    window=types.WindowClientCapabilities(work_done_progress=True),
    workspace=types.WorkspaceClientCapabilities(
        apply_edit=True,
        workspace_edit=types.WorkspaceEditClientCapabilities(
            document_changes=True, resource_operations=[types.ResourceOperationKind.Create]
        ),
    ),
    text_document=types.TextDocumentClientCapabilities(
        code_action=types.CodeActionClientCapabilities(
            code_action_literal_support=types.ClientCodeActionLiteralOptions(
                code_action_kind=types.ClientCodeActionKindOptions(value_set=list(types.CodeActionKind))
            )
        ),
        publish_diagnostics=types.PublishDiagnosticsClientCapabilities(version_support=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What an editor shows for one file: gaps as (kind, first line, last line, message), and a lens text by line."""

    gaps: tuple[tuple[str, int, int, str], ...]
    lenses: dict[int, str]


@dataclass(frozen=True, slots=True)
class Ended:
    """A job's end, as the server tells it in ``greenline/jobEnded``."""

    outcome: str
    message: str
    results: tuple[dict[str, Any], ...] = field(default=())


class ServerEndedError(Exception):
    """The server ended while something was waited for."""


SERVER_ERRORS = (ServerEndedError, JsonRpcException, RuntimeError)
"""What any method below raises when the server ends or refuses."""

_PATIENCE = 5.0
"""Seconds that the server may take to shut down."""


class DemoEditor:
    """One open file in an editor without a screen. Use it as an async context manager."""

    def __init__(self, project: Path, interpreter: str, on_step: Callable[[str], None]) -> None:
        self._project, self._interpreter, self._on_step = project, interpreter, on_step
        self._client = _Client("greenline-demo", __version__, converter_factory=_converter)
        self._diagnostics: dict[str, list[types.Diagnostic]] = {}
        self._changed = asyncio.Condition()
        self._ended: asyncio.Queue[Any] = asyncio.Queue()
        self._closed = False
        self.written: list[Path] = []
        """Files that the server's edits created or changed."""
        self._client.on_end = self.closed
        _listen(self._client, self)

    async def __aenter__(self) -> Self:
        await self._client.start_io(sys.executable, "-m", "greenline", "lsp", cwd=str(self._project))
        root = self._project.as_uri()
        await self._client.initialize_async(
            types.InitializeParams(
                capabilities=_CAPABILITIES,
                root_uri=root,
                workspace_folders=[types.WorkspaceFolder(root, self._project.name)],
                initialization_options={"interpreter": self._interpreter},
            )
        )
        self._client.initialized(types.InitializedParams())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def open(self, file: Path) -> None:
        """Open the file, and wait until the server has said what is not covered."""
        uri = file.as_uri()
        text = types.TextDocumentItem(uri, "python", 1, _text(file))
        self._client.text_document_did_open(types.DidOpenTextDocumentParams(text))
        async with self._changed:
            await self._changed.wait_for(lambda: uri in self._diagnostics or self._closed)
        self._check()

    async def shown(self, file: Path) -> Shown:
        """Return what the editor would show now."""
        lenses = await self._client.text_document_code_lens_async(
            types.CodeLensParams(types.TextDocumentIdentifier(file.as_uri()))
        )
        texts: dict[int, str] = {}
        for lens in lenses or []:
            seen = lens if lens.command else await self._client.code_lens_resolve_async(lens)
            title = seen.command.title if seen.command else ""
            line = lens.range.start.line + 1
            texts[line] = f"{texts[line]}  |  {title}" if line in texts else title
        return Shown(_gaps(self._diagnostics.get(file.as_uri(), [])), texts)

    async def actions(self, file: Path, line: int) -> list[types.CodeAction]:
        """Return the code actions for a line (1-based), as the light bulb asks for them."""
        around = [d for d in self._diagnostics[file.as_uri()] if d.range.start.line <= line - 1 <= d.range.end.line]
        at = around[0].range if around else types.Range(types.Position(line - 1, 0), types.Position(line - 1, 0))
        found = await self._client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(file.as_uri()), at, types.CodeActionContext(diagnostics=around)
            )
        )
        return [action for action in found or [] if isinstance(action, types.CodeAction)]

    async def choose(self, action: types.CodeAction) -> Ended:
        """Execute the action's command, and wait for the end of the job that it starts."""
        assert action.command is not None
        command = types.ExecuteCommandParams(action.command.command, action.command.arguments)
        await self._client.workspace_execute_command_async(command)
        ended = await self._ended.get()
        self._check()
        results = tuple(_plain(result) for result in ended.results)
        return Ended(ended.outcome, ended.message, results)

    async def wait_for_change(self, file: Path, before: Shown) -> Shown:
        """Wait until the server has sent other gaps than ``before``."""
        uri = file.as_uri()
        async with self._changed:
            await self._changed.wait_for(lambda: self._closed or _gaps(self._diagnostics[uri]) != before.gaps)
        self._check()
        return await self.shown(file)

    def log(self) -> str:
        """Return the end of what the server wrote to stderr."""
        return self._client.errors

    async def closed(self) -> None:
        """Wake up whoever waits: the server has ended."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._ended.put_nowait(None)

    def _check(self) -> None:
        if self._closed:
            raise ServerEndedError("it ended")

    async def published(self, params: types.PublishDiagnosticsParams) -> None:
        """Take over a file's diagnostics."""
        async with self._changed:
            self._diagnostics[params.uri] = list(params.diagnostics)
            self._changed.notify_all()

    def stepped(self, params: types.ProgressParams) -> None:
        """Show a step of the job."""
        value = _plain(params.value)
        if isinstance(value, dict) and value.get("kind") == "report" and value.get("message"):
            self._on_step(value["message"])

    def job_ended(self, params: Any) -> None:
        """Take over the end of a job."""
        self._ended.put_nowait(params)

    def apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        """Write the edit to the files, as an editor does on "save"."""
        for change in params.edit.document_changes or []:
            if isinstance(change, types.CreateFile):
                path = _path(change.uri)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
            elif isinstance(change, types.TextDocumentEdit):
                path = _path(change.text_document.uri)
                edits = [edit for edit in change.edits if isinstance(edit, types.TextEdit)]
                path.write_text(_edited(path.read_text(encoding="utf-8"), edits), encoding="utf-8")
                self.written.append(path)
        return types.ApplyWorkspaceEditResult(applied=True)


class _Client(LanguageClient):
    """Keeps the end of the server's log, and ends with it."""

    errors = ""
    on_end: Callable[[], Awaitable[None]] | None = None

    async def server_exit(self, server: asyncio.subprocess.Process) -> None:  # noqa: ARG002 - pygls' signature
        if self.on_end:
            await self.on_end()

    async def start_io(self, cmd: str, *args: str, **kwargs: Any) -> None:
        await super().start_io(cmd, *args, **kwargs)
        self._draining = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        assert self._server is not None
        assert self._server.stderr is not None
        while line := await self._server.stderr.readline():
            self.errors = (self.errors + line.decode(errors="replace"))[-4000:]

    async def close(self) -> None:
        """Shut the server down; kill it when it does not listen."""
        server = self._server
        assert server is not None
        try:
            await asyncio.wait_for(self._shut_down(server), _PATIENCE)
        except Exception:  # noqa: BLE001 - whatever it was: it must not be left running
            with contextlib.suppress(ProcessLookupError):
                server.kill()
            await server.wait()
        await self._draining
        await self.stop()  # type: ignore[no-untyped-call]

    async def _shut_down(self, server: asyncio.subprocess.Process) -> None:
        await self.shutdown_async(None)
        self.exit(None)
        await server.wait()


def _listen(client: _Client, editor: DemoEditor) -> None:
    """Register functions, not methods: pygls writes attributes onto what it registers."""

    async def published(params: types.PublishDiagnosticsParams) -> None:
        await editor.published(params)

    def stepped(params: types.ProgressParams) -> None:
        editor.stepped(params)

    def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        return editor.apply(params)

    def ended(params: Any) -> None:
        editor.job_ended(params)

    handlers: dict[str, Callable[..., Any]] = {
        types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: published,
        types.PROGRESS: stepped,
        types.WORKSPACE_APPLY_EDIT: apply,
        "greenline/jobEnded": ended,
        types.WINDOW_WORK_DONE_PROGRESS_CREATE: lambda _params: None,
        types.WINDOW_SHOW_MESSAGE: lambda _params: None,  # the job's end says the same
        types.WINDOW_LOG_MESSAGE: lambda _params: None,
    }
    for method, handler in handlers.items():
        client.feature(method)(handler)


def _converter() -> Converter:
    """Return pygls' converter, but an action that carries a command stays an action (lsprotocol reads a command)."""
    converter: Converter = default_converter()  # type: ignore[no-untyped-call]

    def actions(message: dict[str, Any], _: object) -> types.CodeActionResponse:
        found = [converter.structure(action, types.CodeAction) for action in message["result"] or []]
        return types.CodeActionResponse(id=message["id"], result=found)

    converter.register_structure_hook(types.CodeActionResponse, actions)
    return converter


def _gaps(diagnostics: Iterable[types.Diagnostic]) -> tuple[tuple[str, int, int, str], ...]:
    return tuple(gap for diagnostic in diagnostics for gap in _gap(diagnostic))


def _gap(diagnostic: types.Diagnostic) -> list[tuple[str, int, int, str]]:
    """Return what a diagnostic marks; one that stands on a name is about other lines."""
    if diagnostic.code not in {"uncovered", "partial-branch", "never-called"}:
        return []
    if diagnostic.code == "never-called" and isinstance(diagnostic.data, dict):
        stretches = diagnostic.data["lines"]
        return [("uncovered", *lines, "" if number else diagnostic.message) for number, lines in enumerate(stretches)]
    start, end = diagnostic.range.start, diagnostic.range.end
    last = end.line if end.character == 0 and end.line > start.line else end.line + 1
    return [(str(diagnostic.code), start.line + 1, last, diagnostic.message)]


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _path(uri: str) -> Path:
    path = to_fs_path(uri)
    assert path is not None
    return Path(path)


def _edited(text: str, edits: list[types.TextEdit]) -> str:
    """Apply edits, the last one first, so that earlier positions stay true. Positions are UTF-8 offsets."""
    lines = text.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    content = b"".join(lines)

    def offset(position: types.Position) -> int:
        return min(starts[min(position.line, len(lines))] + position.character, len(content))

    for edit in sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True):
        content = content[: offset(edit.range.start)] + edit.new_text.encode() + content[offset(edit.range.end) :]
    return content.decode()


def _plain(value: Any) -> Any:
    """Return JSON objects as dicts again; pygls makes named tuples of those that it does not know."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
