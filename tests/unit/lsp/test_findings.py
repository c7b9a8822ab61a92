"""Suspected bugs where the person looks, and how strong the new tests are; both for as long as they are true."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from greenline.domain.generation.model import Strength, SuspectedBug
from unit.lsp.conftest import SOURCE
from unit.lsp.editor import FULL, LIMIT, PULL, Editor, RpcError, merged
from unit.lsp.test_generating import Applies, generate

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

BUG = SuspectedBug("greet(None)", "TypeError: can only concatenate str\nto str.", 4)
MESSAGE = (
    "`greet(None)` raises TypeError: can only concatenate str to str, which neither the code nor its documentation "
    "announces"
)


class Looking:
    """An editor with the source open, of either kind, and what it shows of suspected bugs."""

    def __init__(self, editor: Editor, uri: str, kind: str) -> None:
        self.editor, self.uri, self.kind = editor, uri, kind
        self.version = 1
        Applies(editor)

    async def generate(self, qualname: str = "greet") -> Any:
        return await self.editor.job_end((await generate(self.editor, self.uri, qualname))["job"])

    def edit(self, text: str) -> None:
        self.version += 1
        self.editor.change(self.uri, text, self.version)

    async def bugs(self) -> list[dict[str, Any]]:
        """Return what is shown now: the newest of what was pushed, or what a pull brings."""
        if self.kind == "pull":
            report = await self.editor.request("textDocument/diagnostic", {"textDocument": {"uri": self.uri}})
            found = report["items"]
        else:
            since = len(self.editor.received)
            self.editor.notify("textDocument/didSave", {"textDocument": {"uri": self.uri}})
            pushed = await self.editor.wait_for(
                "textDocument/publishDiagnostics", lambda p: p.get("version") == self.version, since=since
            )
            found = pushed["diagnostics"]
        return [d for d in found if d.get("code") == "suspected-bug"]


@pytest.fixture(params=["push", "pull"])
def capabilities(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"kind": request.param, **(merged(FULL, PULL) if request.param == "pull" else FULL)}


def opened(editor: Editor, source: Path, capabilities: dict[str, Any]) -> Looking:
    return Looking(editor, editor.open(source), capabilities["kind"])


async def test_a_suspected_bug_is_a_diagnostic_on_the_line_that_raised(
    services: FakeServices, source: Path, capabilities: dict[str, Any]
) -> None:
    services.generate.bugs = (BUG,)
    async with Editor(services, capabilities) as editor:
        looking = opened(editor, source, capabilities)
        assert await looking.bugs() == []
        end = await looking.generate()
        (shown,) = await looking.bugs()
        assert shown["message"] == MESSAGE
        assert (shown["severity"], shown["source"]) == (2, "greenline")
        assert shown["range"] == {"start": {"line": 3, "character": 4}, "end": {"line": 3, "character": 37}}
        assert shown["data"]["call"] == "greet(None)"
        assert "relatedInformation" not in shown
        assert end["message"].endswith(
            "; perhaps a bug: greet(None) raises TypeError: can only concatenate str to str."
        )
        assert end["results"][0]["suspectedBugs"] == [
            {"call": "greet(None)", "error": BUG.error, "line": 4, "documented": None, "said": None}
        ]


async def test_it_moves_with_edits_and_goes_with_its_code(
    services: FakeServices, source: Path, capabilities: dict[str, Any]
) -> None:
    services.generate.bugs = (BUG,)
    async with Editor(services, capabilities) as editor:
        looking = opened(editor, source, capabilities)
        await looking.generate()
        looking.edit("# one more line\n" + SOURCE)
        assert [d["range"]["start"]["line"] for d in await looking.bugs()] == [4]
        looking.edit(SOURCE.replace('print("👋")', 'print("?")'))
        assert await looking.bugs() == []
        looking.edit(SOURCE)
        assert len(await looking.bugs()) == 1
        looking.edit("def (\n" + SOURCE)
        assert [d["range"]["start"]["line"] for d in await looking.bugs()] == [4]


async def test_a_new_generation_that_no_longer_shows_it_takes_it_away(
    services: FakeServices, source: Path, capabilities: dict[str, Any]
) -> None:
    services.generate.bugs = (BUG,)
    async with Editor(services, capabilities) as editor:
        looking = opened(editor, source, capabilities)
        await looking.generate()
        services.generate.bugs = ()
        await looking.generate("fine")
        assert len(await looking.bugs()) == 1, "another function"
        await looking.generate()
        assert await looking.bugs() == []


async def test_it_is_told_where_nothing_was_written_too(services: FakeServices, source: Path) -> None:
    services.generate.bugs = (BUG, SuspectedBug("greet(3)", "gives 3", 2, "gives 2"))
    services.generate.status, services.generate.reason = "not_testable", "no call could be made"
    async with Editor(services, FULL) as editor:
        looking = opened(editor, source, {"kind": "push"})
        end = await looking.generate()
        assert end["message"] == "No test for greet: no call could be made; 2 suspected bugs are marked"
        assert [d["message"] for d in await looking.bugs()] == [
            "`greet(3)` gives 3, but by its documentation gives 2", MESSAGE,
        ]  # fmt: skip


async def test_where_the_line_is_in_another_function_the_called_one_is_named(
    services: FakeServices, source: Path
) -> None:
    services.generate.bugs = (SuspectedBug("fine()", "IndexError: list index out of range", 9),)
    async with Editor(services, FULL) as editor:
        looking = opened(editor, source, {"kind": "push"})
        await looking.generate("fine")
        (shown,) = await looking.bugs()
        (related,) = shown["relatedInformation"]
        assert related["message"] == "`fine` is what was called"
        assert related["location"]["range"]["start"]["line"] == 13
        services.generate.bugs = (SuspectedBug("fine()", "IndexError: list index out of range"),)
        await looking.generate("fine")
        assert [d["range"]["start"]["line"] for d in await looking.bugs()] == [13], "no line is known: the function's"


async def test_the_light_bulb_dismisses_it_for_good(
    services: FakeServices, source: Path, capabilities: dict[str, Any]
) -> None:
    services.generate.bugs = (BUG,)
    async with Editor(services, capabilities) as editor:
        looking = opened(editor, source, capabilities)
        await looking.generate()
        shown = await looking.bugs()
        offered = await editor.actions(looking.uri, 3, shown)
        (action,) = [a for a in offered if a["title"].startswith("Dismiss")]
        assert action["title"] == "Dismiss: TypeError is what should happen here"
        assert (action["kind"], action["diagnostics"]) == ("quickfix", shown)
        assert all(a.get("diagnostics") is None for a in offered if a is not action)
        assert [a for a in await editor.actions(looking.uri, 1) if a["title"].startswith("Dismiss")] == []
        command = action["command"]
        assert await editor.run(command["command"], *command["arguments"]) == {"dismissed": True}
        assert await looking.bugs() == []
        await looking.generate()
        assert await looking.bugs() == [], "found again, and dismissed"
        with pytest.raises(RpcError, match="needs a bug"):
            await editor.run(command["command"], {"uri": looking.uri})


async def test_the_lens_says_what_new_tests_notice_while_they_stand(services: FakeServices, source: Path) -> None:
    services.generate.strength = Strength(8, 7)
    async with Editor(services, FULL) as editor:
        looking = opened(editor, source, {"kind": "push"})

        async def title() -> str:
            return next(t for lens in await editor.lenses(looking.uri) if "greet: " in (t := lens["command"]["title"]))

        end = await looking.generate()
        assert end["results"][0]["mutants"] == {"total": 8, "killed": 7}
        assert await title() == "greet: 100 % · new tests notice 7 of 8 small changes"
        looking.edit("\n" + SOURCE)
        assert "7 of 8" in await title()
        looking.edit(SOURCE.replace("nobody", "somebody"))
        assert await title() == "greet: 100 %"
        looking.edit(SOURCE)
        services.test_file.write_text("# they are gone\n")
        assert await title() == "greet: 100 %"


async def test_what_was_looked_at_earlier_is_never_pushed_later(services: FakeServices, source: Path) -> None:
    services.generate.bugs = (BUG,)
    async with Editor(services, FULL) as editor:
        findings, let_go, asked = editor.server.session.findings, asyncio.Event(), []
        look = findings.of

        async def first_one_slowly(document: Any) -> Any:
            asked.append(document)
            is_first = len(asked) == 1
            told = await look(document)
            if is_first:
                await asyncio.wait_for(let_go.wait(), LIMIT)
            return told

        findings.of = first_one_slowly  # type: ignore[method-assign]
        looking = opened(editor, source, {"kind": "push"})
        await looking.generate()
        assert len(await looking.bugs()) == 1
        since = len(editor.received)
        let_go.set()
        assert len(await looking.bugs()) == 1
        pushed = [p for name, p in editor.received[since:] if name == "textDocument/publishDiagnostics"]
        assert all("suspected-bug" in [d["code"] for d in p["diagnostics"]] for p in pushed), pushed
