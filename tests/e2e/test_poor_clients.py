"""Clients that lack something: each gets gaps, tests and runs in some form, or is told what to do instead."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest

from e2e.plain_client import PlainClient, Refused, connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    Make = Callable[..., Path]

pytestmark = pytest.mark.e2e

LITERALS = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}}}
PULLS = {"textDocument": {"diagnostic": {}}}
ABLE = {
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "delete"]},
        "codeLens": {"refreshSupport": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
    },
    "textDocument": {"codeAction": LITERALS, "publishDiagnostics": {"relatedInformation": True}},
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
}
CODE = "def test_"
FEES = "def fee(amount: int) -> int:\n    if amount > 100:\n        return 0\n    return 5\n"


@dataclass(frozen=True)
class Kind:
    """One kind of client: what it announces, what of that it does, and what becomes of tests for it."""

    name: str
    capabilities: dict[str, Any]
    edits: bool | str = True
    """It makes edits, says no to them, or does not know the request (a reason to say no)."""
    asks: str | None = "Yes"
    """What the person answers; None: it cannot ask."""
    into_existing: str = "edit"
    into_new: str = "edit"
    """``edit``, ``asked`` (the server writes after a yes) or ``told`` (the tests are shown, and what to do)."""


def able_but(**changes: dict[str, Any]) -> dict[str, Any]:
    return {part: {**ABLE.get(part, {}), **changes.get(part, {})} for part in ABLE}


KINDS = [
    Kind("able", ABLE),
    Kind("says nothing of itself", {}, edits=False, asks=None, into_existing="told", into_new="told"),
    Kind("only asks", {}, edits=False, into_existing="asked", into_new="asked"),
    Kind("only asks, and the person refuses", {}, edits=False, asks="No", into_existing="told", into_new="told"),
    Kind("no documentChanges", able_but(workspace={"workspaceEdit": {}}), into_new="asked"),
    Kind(
        "no documentChanges, no questions",
        able_but(workspace={"workspaceEdit": {}}),
        asks=None,
        into_new="told",
    ),
    Kind("no resource operations", able_but(workspace={"workspaceEdit": {"documentChanges": True}}), into_new="asked"),
    Kind(
        "resource operations without documentChanges",
        able_but(workspace={"workspaceEdit": {"resourceOperations": ["create"]}}),
    ),
    Kind("says no to edits", ABLE, edits="read-only", into_existing="told", into_new="told"),
    Kind("announces edits and knows none", ABLE, edits=False, into_existing="told", into_new="told"),
    Kind("no progress", able_but(window={"workDoneProgress": False})),
    Kind("no refresh", able_but(workspace={"codeLens": {}})),
    Kind(
        "pulls diagnostics, cannot be asked to do it again",
        {**ABLE, "textDocument": {"diagnostic": {}, "codeAction": LITERALS}},
    ),
    Kind("no watched files", able_but(workspace={"didChangeWatchedFiles": {}})),
    Kind("no literals", {**ABLE, "textDocument": {}}),
    Kind("no documents to show", able_but(window={"showDocument": {"support": False}})),
]


@dataclass
class Files:
    """Makes edits on the disk, as an editor does that saves at once."""

    kind: Kind
    edits: list[dict[str, Any]] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    def apply(self, params: dict[str, Any]) -> dict[str, Any]:
        if not self.kind.edits:
            raise Refused("Method not found: workspace/applyEdit")
        if isinstance(self.kind.edits, str):
            return {"applied": False, "failureReason": self.kind.edits}
        self.edits.append(params["edit"])
        for change in params["edit"].get("documentChanges", []):
            if change.get("kind") == "create":
                _path(change["uri"]).touch()
            else:
                _insert(_path(change["textDocument"]["uri"]), change["edits"])
        for uri, edits in params["edit"].get("changes", {}).items():
            _insert(_path(uri), edits)
        return {"applied": True}

    def ask(self, params: dict[str, Any]) -> dict[str, Any] | None:
        if self.kind.asks is None:
            raise Refused("Method not found: window/showMessageRequest")
        self.questions.append(params["message"])
        return next((action for action in params["actions"] if action["title"] == self.kind.asks), None)


@asynccontextmanager
async def client_of(kind: Kind, root: Path) -> AsyncIterator[tuple[PlainClient, Files]]:
    files = Files(kind)
    window = kind.capabilities.get("window", {})
    answers: dict[str, Callable[[Any], Any]] = {
        "workspace/applyEdit": files.apply,
        "window/showMessageRequest": files.ask,
        **({"window/workDoneProgress/create": lambda _: None} if window.get("workDoneProgress") else {}),
        **(
            {"window/showDocument": lambda _: {"success": True}}
            if window.get("showDocument", {}).get("support")
            else {}
        ),
    }
    async with connected(root, kind.capabilities, answers) as client:
        yield client, files


every = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@every
async def test_gaps_are_shown_and_generating_ends_in_tests_or_in_what_to_do(project: Make, kind: Kind) -> None:
    root = project()
    test_file = root / "tests" / "test_shop.py"
    before = test_file.read_text(encoding="utf-8")
    async with client_of(kind, root) as (client, files):
        uri = client.open(root / "shop.py")
        gaps = await client.until("gaps", lambda: client.diagnostics(uri))
        assert {gap["source"] for gap in gaps} == {"greenline"}
        await _offers(client, kind, uri, gaps[0])
        gap = await client.run("greenline.nextGap", {"uri": uri, "line": 1, "column": 0})
        assert gap["line"] > 1
        await _generate(client, files, kind.into_existing, {"uri": uri, "qualname": "total"}, test_file)
        after = test_file.read_text(encoding="utf-8")
        assert (CODE in after.removeprefix(before)) is (kind.into_existing != "told")
        if kind.into_existing != "told":
            await client.until("fewer gaps", lambda: len(client.diagnostics(uri)) < len(gaps))


@every
async def test_a_run_shows_its_coverage_and_a_new_file_is_written_or_told(project: Make, kind: Kind) -> None:
    root = project(measured=False)
    (root / "fees.py").write_text(FEES, encoding="utf-8")
    test_file = root / "tests" / "test_fees.py"
    async with client_of(kind, root) as (client, files):
        uri = client.open(root / "shop.py")
        answer = await client.run("greenline.runTestsWithCoverage")
        end = await client.until("the end", lambda: _end(client, answer["job"]))
        assert end["outcome"] == "done", end["message"]
        assert any("2 passed" in message for message in client.messages())
        assert await client.until("gaps", lambda: client.diagnostics(uri))
        where = {"uri": (root / "fees.py").as_uri(), "qualname": "fee"}
        await _generate(client, files, kind.into_new, where, test_file)
        assert (test_file.exists() and CODE in test_file.read_text(encoding="utf-8")) is (kind.into_new != "told")


@pytest.mark.parametrize("is_overtaken", [False, True])
async def test_tests_in_a_buffer_that_is_not_saved_count_however_it_is_told_of(
    project: Make, is_overtaken: bool
) -> None:
    """Helix opens the file and changes it; under load the change is told of first."""
    root = project(measured=False)
    (root / "fees.py").write_text(FEES, encoding="utf-8")
    told: list[tuple[str, dict[str, Any]]] = []

    def in_a_buffer(params: dict[str, Any]) -> dict[str, Any]:
        created, changed = params["edit"]["documentChanges"]
        _path(created["uri"]).touch()
        document = {"uri": created["uri"], "languageId": "python", "version": 0, "text": ""}
        changes = [{"range": edit["range"], "text": edit["newText"]} for edit in changed["edits"]]
        told.append(("textDocument/didOpen", {"textDocument": document}))
        identifier = {"uri": created["uri"], "version": 1}
        told.append(("textDocument/didChange", {"textDocument": identifier, "contentChanges": changes}))
        for method, what in reversed(told) if is_overtaken else told:
            client.notify(method, what)
        return {"applied": True}

    async with connected(root, ABLE, {"workspace/applyEdit": in_a_buffer}) as client:
        answer = await client.run("greenline.runTestsWithCoverage")
        await client.until("the end", lambda: _end(client, answer["job"]))
        uri = client.open(root / "fees.py")
        await client.until("gaps", lambda: client.diagnostics(uri))
        answer = await client.run("greenline.generateTest", {"uri": uri, "qualname": "fee"})
        end = await client.until("the end", lambda: _end(client, answer["job"]))
        assert end["results"][0]["coverage"]["after"]["lines"] == [3, 3], end["message"]
        assert (root / "tests" / "test_fees.py").read_text(encoding="utf-8") == ""
        await client.until("no gaps", lambda: client.diagnostics(uri) == [])


async def _offers(client: PlainClient, kind: Kind, uri: str, gap: dict[str, Any]) -> None:
    """Look for what a person would click, in the form that the client understands."""
    document = {"textDocument": {"uri": uri}}
    actions = {**document, "range": gap["range"], "context": {"diagnostics": [gap]}}
    offers = await client.request("textDocument/codeAction", actions)
    assert offers[0]["title"].startswith("Generate test for `")
    knows_literals = "codeAction" in kind.capabilities.get("textDocument", {})
    assert isinstance(offers[0]["command"], dict if knows_literals else str)
    assert await client.request("textDocument/codeLens", document)
    hover = await client.request("textDocument/hover", {**document, "position": gap["range"]["start"]})
    assert hover["contents"]


async def _generate(client: PlainClient, files: Files, expected: str, where: dict[str, Any], test_file: Path) -> None:
    """Generate; there are tests then, or the person has them to copy, with a way to have them written."""
    answer = await client.run("greenline.generateTest", where)
    end = await client.until("the end", lambda: _end(client, answer["job"]))
    told = "\n".join(client.messages())
    if expected == "told":
        assert (end["outcome"], CODE in told) == ("failed", True), told
        assert end["message"] in told
        assert "greenline generate" in end["message"]
    else:
        assert end["outcome"] == "done", end["message"]
        assert "passed in" in told
    assert len(files.edits) == (expected == "edit")
    asked = [question for question in files.questions if str(test_file) in question]
    assert len(asked) == (expected == "asked" or (files.kind.asks == "No" and expected == "told"))
    if files.kind.capabilities.get("window", {}).get("workDoneProgress"):
        await client.until("the end of its progress", lambda: _kinds(client)[-1:] == ["end"])
    else:
        assert any(log["message"].startswith(end["title"]) for log in client.said("window/logMessage"))


def _end(client: PlainClient, job: str) -> Any:
    return next((end for end in client.said("greenline/jobEnded") if end["id"] == job), None)


def _kinds(client: PlainClient) -> list[str]:
    return [progress["value"]["kind"] for progress in client.said("$/progress")]


def _path(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))


def _insert(path: Path, edits: list[dict[str, Any]]) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    for edit in sorted(
        edits, key=lambda e: (e["range"]["start"]["line"], e["range"]["start"]["character"]), reverse=True
    ):
        start = edit["range"]["start"]
        assert start == edit["range"]["end"], "tests are only ever inserted"
        line = lines[start["line"]]
        lines[start["line"]] = line[: start["character"]] + edit["newText"] + line[start["character"] :]
    path.write_text("\n".join(lines), encoding="utf-8")
