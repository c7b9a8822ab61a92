from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from unit.lsp.editor import FULL, PULL, Editor, RpcError, merged

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

COLUMNS = {"utf-8": 19, "utf-16": 17, "utf-32": 16}
"""Where ``uncovered`` starts, behind an emoji, in each encoding's units."""


@pytest.mark.parametrize("encoding", COLUMNS)
@pytest.mark.parametrize("kind", ["push", "pull"])
async def test_gaps_become_diagnostics(services: FakeServices, source: Path, encoding: str, kind: str) -> None:
    capabilities = merged(FULL, PULL) if kind == "pull" else FULL
    async with Editor(services, capabilities, encodings=[encoding]) as editor:
        assert editor.initialize_result["capabilities"]["positionEncoding"] == encoding
        uri = editor.open(source, version=0)
        if kind == "push":
            pushed = await editor.wait_for("textDocument/publishDiagnostics")
            assert pushed["version"] == 0
            found = pushed["diagnostics"]
        else:
            report = await editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
            assert report["kind"] == "full"
            found = report["items"]
        assert {d["source"] for d in found} == {"greenline"}
        by_line = {d["range"]["start"]["line"]: d for d in found}
        branch, gap = by_line[1], by_line[3]
        assert branch["code"] == "partial-branch"
        assert branch["severity"] == 3
        related = branch["relatedInformation"][0]
        assert related["location"]["uri"] == uri
        assert related["location"]["range"]["start"] == {"line": 3, "character": 4}
        assert gap["code"] == "uncovered"
        assert gap["severity"] == 3
        assert gap["range"]["start"] == {"line": 3, "character": COLUMNS[encoding]}
        (way,) = gap["relatedInformation"]
        assert way["message"] == "Line 2 never jumps to 4"
        assert way["location"]["range"]["start"] == {"line": 1, "character": 4}
    assert editor.exit_code == 0


async def test_a_client_is_either_pushed_to_or_pulls(services: FakeServices, source: Path) -> None:
    async with Editor(services, merged(FULL, PULL)) as editor:
        assert editor.initialize_result["capabilities"]["diagnosticProvider"]
        uri = editor.open(source)
        await editor.lenses(uri)
        editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        await editor.wait_for("workspace/diagnostic/refresh")
        assert editor.sent("textDocument/publishDiagnostics") == []
    async with Editor(services, FULL) as editor:
        assert "diagnosticProvider" not in editor.initialize_result["capabilities"]
        with pytest.raises(RpcError):
            await editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        editor.open(source)
        await editor.diagnostics(uri)
        editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        await editor.wait_for("workspace/codeLens/refresh")
        assert editor.sent("workspace/diagnostic/refresh") == []


async def test_pulling_without_refresh_is_not_trusted(services: FakeServices, source: Path) -> None:
    async with Editor(services, {"textDocument": {"diagnostic": {}}}) as editor:
        assert "diagnosticProvider" not in editor.initialize_result["capabilities"]
        assert await editor.diagnostics(editor.open(source))


async def test_an_unchanged_picture_costs_one_line(services: FakeServices, source: Path) -> None:
    async with Editor(services, PULL) as editor:
        uri = editor.open(source)
        first = await editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        again = {"textDocument": {"uri": uri}, "previousResultId": first["resultId"]}
        assert await editor.request("textDocument/diagnostic", again) == {
            "kind": "unchanged",
            "resultId": first["resultId"],
        }
        assert len(services.show.calls) == 1
        services.show.covered = True
        editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        changed = await editor.request("textDocument/diagnostic", again)
        assert changed["kind"] == "full"
        assert changed["items"] == []


async def test_editing_publishes_the_newest_version_only(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        await editor.diagnostics(uri)
        for version in range(2, 8):
            editor.change(uri, "def f():\n" + "    \n" * version + "    x  # gap\n", version)
        found = await editor.wait_for("textDocument/publishDiagnostics", lambda p: p.get("version") == 7)
        assert found["diagnostics"][0]["range"]["start"]["line"] == 8
        versions = [p.get("version") for p in editor.sent("textDocument/publishDiagnostics")]
        assert versions == sorted(versions)


async def test_closing_takes_diagnostics_away(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        assert await editor.diagnostics(uri)
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        await editor.wait_for("textDocument/publishDiagnostics", lambda p: p["diagnostics"] == [])
        assert await editor.lenses(uri) == []


async def test_lenses_over_functions(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(source, version=5)
        lenses = await editor.lenses(uri)
        titles = [(lens["range"]["start"]["line"], lens["command"]["title"]) for lens in lenses]
        assert titles == [
            (0, "greet: 50 % · 2 gaps"),
            (0, "Generate test"),
            (0, "Run tests"),
            (7, "take: 100 %"),
            (7, "Run tests"),
            (13, "fine: 100 %"),
            (13, "Run tests"),
        ]
        jump, generate = lenses[0]["command"], lenses[1]["command"]
        assert generate["command"] == "greenline.generateTest"
        assert generate["arguments"] == [{"uri": uri, "qualname": "greet", "version": 5}]
        editor.handlers["window/showDocument"] = lambda _: {"success": True}
        await editor.run(jump["command"], *jump["arguments"])
        shown = await editor.wait_for("window/showDocument")
        assert shown["selection"]["start"] == {"line": 1, "character": 4}


async def test_what_changed_since_it_was_measured_is_not_complete(services: FakeServices, tmp_path: Path) -> None:
    source = tmp_path / "changed.py"
    source.write_text(
        "def fine():\n    a = 1  # changed\n    return a\n\n\ndef same():\n    return 2\n", encoding="utf-8"
    )
    async with Editor(services) as editor:
        titles = [lens["command"]["title"] for lens in await editor.lenses(editor.open(source))]
        assert titles == [
            "fine: 100 % · 1 line changed since", "Generate test", "Run tests", "same: 100 %", "Run tests",
        ]  # fmt: skip


async def test_a_lens_that_cannot_jump_does_nothing(services: FakeServices, source: Path) -> None:
    async with Editor(services) as editor:
        lenses = await editor.lenses(editor.open(source))
        assert (lenses[0]["command"]["title"], lenses[0]["command"]["command"]) == ("greet: 50 % · 2 gaps", "")


async def test_lenses_say_what_they_are_about_to_those_who_do_not_see_it(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        said = [lens["command"]["tooltip"] for lens in await editor.lenses(editor.open(source))]
        assert said[:4] == [
            "2 of 4 lines covered. Go to the first gap",
            "Generate test for greet",
            "Run the tests that reach greet",
            "4 of 4 lines covered.",
        ]


@pytest.mark.parametrize(
    ("state", "title", "runs"),
    [
        ("no-data", "No coverage data yet", True),
        ("outdated", "Changed after its coverage was measured", True),
        ("unreadable", "Here is what to do.", True),
        ("broken-source", "Here is what to do.", False),
        ("outside-project", "Here is what to do.", False),
    ],
)
async def test_what_is_wrong_stands_at_the_top(
    services: FakeServices, source: Path, state: str, title: str, runs: bool
) -> None:
    services.show.state, services.show.message = state, "Here is what to do."
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        assert await editor.diagnostics(uri) == []
        lenses = await editor.lenses(uri)
        told = lenses[0]["command"]
        # Where the lens beside it does what is to be done, only who points at it reads of that.
        assert (told["title"], told["command"]) == (title, "")
        assert told.get("tooltip", told["title"]) == "Here is what to do."
        run = [lens for lens in lenses if lens["command"]["title"] == "Run tests with coverage"]
        assert bool(run) is runs
        assert "Generate test" in [lens["command"]["title"] for lens in lenses]
        for _ in range(2):
            editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
            await editor.lenses(uri)
        method = "window/showMessage" if state == "unreadable" else "window/logMessage"
        assert [p["message"] for p in editor.sent(method)] == ["Here is what to do."]


async def test_lenses_can_be_switched_off(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL, options={"codeLens": False}) as editor:
        assert await editor.lenses(editor.open(source)) == []


async def test_nobody_is_offered_tests_of_tests(services: FakeServices, tmp_path: Path) -> None:
    path = tmp_path / "test_shop.py"
    path.write_text("def test_a():\n    pass\n", encoding="utf-8")
    async with Editor(services, FULL) as editor:
        uri = editor.open(path)
        assert await editor.lenses(uri) == []
        assert [action["title"] for action in await editor.actions(uri, 0)] == ["Run the tests of this file"]


async def test_actions_on_a_gap_are_quick_fixes(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(source, version=3)
        gap = (await editor.diagnostics(uri))[1]
        one, every = await editor.actions(uri, 3, [gap])
        assert one["title"] == "Generate test for `greet`"
        assert (one["kind"], one["diagnostics"]) == ("quickfix", [gap])
        assert one["command"]["arguments"] == [{"uri": uri, "qualname": "greet", "version": 3}]
        assert every["title"] == "Generate tests for all of this file"
        assert every["command"]["command"] == "greenline.generateTestsForFile"
        assert every["command"]["arguments"] == [{"uri": uri, "version": 3}]


async def test_actions_with_the_cursor_in_a_function(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        inner, every, measure = await editor.actions(uri, 9)
        assert inner["command"]["arguments"][0]["qualname"] == "Box.take"
        assert measure["command"]["command"] == "greenline.measureStrength"
        assert (inner["kind"], every["kind"], measure["kind"]) == ("refactor", "source", "")
        assert [a["kind"] for a in await editor.actions(uri, 5)] == ["source"]
        assert [a["kind"] for a in await editor.actions(uri, 9, only=["refactor"])] == ["refactor"]
        assert await editor.actions(uri, 9, only=["source.organizeImports"]) == []
        other = {
            "range": inner["command"] and {"start": {"line": 9, "character": 0}, "end": {"line": 9, "character": 1}}
        }
        foreign = {**other, "message": "unused", "source": "ruff"}
        assert (await editor.actions(uri, 9, [foreign]))[0]["kind"] == "refactor"


@pytest.mark.parametrize("shows", [False, True], ids=["bare", "shows disabled"])
async def test_where_nothing_is_missing_nothing_can_be_generated(
    services: FakeServices, source: Path, *, shows: bool
) -> None:
    services.show.covered = True
    able = merged(FULL, {"textDocument": {"codeAction": {"disabledSupport": shows}}})
    async with Editor(services, able) as editor:
        uri = editor.open(source)
        measure, *found = await editor.actions(uri, 3)
        assert measure["title"] == "Measure how strong the tests of `greet` are"
        if not shows:
            assert found == []
            return
        (action,) = found
        assert action == {
            "title": "Generate test for `greet`",
            "kind": "refactor",
            "disabled": {"reason": "The tests reach every line and branch of it already."},
        }
        assert await editor.actions(uri, 3, only=["quickfix"]) == []


async def test_gaps_of_test_files_are_no_diagnostics(services: FakeServices) -> None:
    services.test_file.write_text("def test_it():\n    return 1  # gap\n", encoding="utf-8")
    async with Editor(services, FULL) as editor:
        assert await editor.diagnostics(editor.open(services.test_file)) == []


async def test_the_function_at_the_cursor_comes_before_a_mark_that_begins_elsewhere(
    services: FakeServices, tmp_path: Path
) -> None:
    path = tmp_path / "never_imported.py"
    path.write_text("import os  # gap\n\n\ndef f():\n    return os\n", encoding="utf-8")
    async with Editor(services, FULL) as editor:
        uri = editor.open(path)
        (gap,) = await editor.diagnostics(uri)
        one, _ = await editor.actions(uri, 3, [gap])
        assert one["title"] == "Generate test for `f`"
        (every,) = await editor.actions(uri, 0, [gap])
        assert every["command"]["command"] == "greenline.generateTestsForFile"


async def test_a_mark_in_a_function_counts_where_the_cursor_is_in_none(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        gap = (await editor.diagnostics(uri))[1]
        one, _ = await editor.actions(uri, 5, [gap])
        assert one["title"] == "Generate test for `greet`"


async def test_a_client_without_literals_gets_commands(services: FakeServices, source: Path) -> None:
    async with Editor(services) as editor:
        one, _, last = await editor.actions(editor.open(source), 0)
        assert one["command"] == "greenline.generateTest"
        assert last["command"] == "greenline.measureStrength"


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "git:/a.py", "vscode-notebook-cell:/a.ipynb#W0", "nonsense"])
async def test_documents_that_are_no_files(services: FakeServices, uri: str) -> None:
    async with Editor(services, merged(FULL, PULL)) as editor:
        editor.open(uri, "def f():\n    x  # gap\n")
        assert await editor.lenses(uri) == []
        assert await editor.actions(uri, 0) == []
        report = await editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        assert report["items"] == []
        answer = await editor.run("greenline.generateTest", {"uri": uri, "qualname": "f"})
        assert answer["job"] is None
        assert "save" in (await editor.wait_for("window/showMessage"))["message"]
        editor.change(uri, "x", 2)
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert await editor.lenses(uri) == []


async def test_other_languages_are_left_alone(services: FakeServices, tmp_path: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open((tmp_path / "a.toml"), "x = 1  # gap", language="toml")
        assert await editor.lenses(uri) == []
        assert services.show.calls == []


async def test_a_failing_service_is_a_message_not_a_crash(services: FakeServices, source: Path) -> None:
    services.show.error = ZeroDivisionError("oops")
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        assert await editor.diagnostics(uri) == []
        assert "ZeroDivisionError: oops" in (await editor.wait_for("window/showMessage"))["message"]
        services.show.error = None
        editor.change(uri, "def f():\n    x  # gap\n", 2)
        await editor.wait_for("textDocument/publishDiagnostics", lambda p: len(p["diagnostics"]) == 1)


async def test_a_huge_file_is_not_looked_at(services: FakeServices, tmp_path: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(tmp_path / "huge.py", "x = 1\n" * 400_000)
        assert "too large" in (await editor.lenses(uri))[0]["command"]["title"]
        assert services.show.calls == []


async def test_broken_source_and_vanished_files(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(source, "def (:\n  # gap\n")
        await editor.diagnostics(uri)
        source.unlink()  # noqa: ASYNC240 - blocks nobody
        assert await editor.lenses(uri) == []
        assert await editor.actions(uri, 1) == []


async def test_nothing_is_kept_per_notification(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        for version in range(2, 50):
            editor.change(uri, f"x = {version}\n", version)
        await editor.lenses(uri)
        await editor.wait_for("textDocument/publishDiagnostics", lambda p: p.get("version") == 49)
        assert editor.server.protocol._request_futures == {}


async def test_messages_that_make_no_sense_do_not_end_the_server(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        editor.feed(b"{not json")
        editor.feed(b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"wrong": 1}}')
        editor.change("file:///never/opened.py", "x", 2)
        editor.notify("textDocument/didClose", {"textDocument": {"uri": "file:///never/opened.py"}})
        for arguments in ([], [1], [{}], [{"uri": source.as_uri()}], [{"uri": source.as_uri(), "line": True}]):
            with pytest.raises(RpcError):
                await editor.run("greenline.generateTest", *arguments)
        with pytest.raises(RpcError):
            await editor.run("greenline.noSuchCommand", {})
        assert await editor.diagnostics(editor.open(source))


SETTINGS: list[tuple[Any, str, list[str]]] = [
    ({"severity": {"uncovered": "warning"}}, "direct", []),
    ({"greenline": {"severity": {"uncovered": "warning"}}}, "nested", []),
    ({"severity": {"uncovered": "warning", "partialBranch": "loud"}}, "invalid", ["loud"]),
    ({"severity": {"uncovered": "warning"}, "trace": {"server": "off"}}, "unknown", []),
]


@pytest.mark.parametrize(("options", "name", "complaints"), SETTINGS, ids=[s[1] for s in SETTINGS])
async def test_settings_come_with_initialize(
    services: FakeServices, source: Path, options: Any, name: str, complaints: list[str]
) -> None:
    async with Editor(services, FULL, options=options) as editor:
        found = await editor.diagnostics(editor.open(source))
        assert 2 in {d["severity"] for d in found}
        shown = [p["message"] for p in editor.sent("window/showMessage")]
        assert len(shown) == len(complaints)
        assert all(word in message for word, message in zip(complaints, shown, strict=True))
        if name == "unknown":
            assert "greenline.trace.server is not a setting" in editor.sent("window/logMessage")[0]["message"]


@pytest.mark.parametrize("options", [None, [], "text", {"greenline": None}, {"severity": 3}, {"codeLens": None}])
async def test_odd_settings_do_no_harm(services: FakeServices, source: Path, options: Any) -> None:
    async with Editor(services, FULL, options=options) as editor:
        assert await editor.diagnostics(editor.open(source))


async def test_settings_change_while_running(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        await editor.diagnostics(uri)
        off = {"greenline": {"severity": {"uncovered": "off", "partialBranch": "off"}}}
        editor.notify("workspace/didChangeConfiguration", {"settings": off})
        await editor.wait_for("textDocument/publishDiagnostics", lambda p: p["diagnostics"] == [])
        assert len(services.built) == 1
        editor.notify("workspace/didChangeConfiguration", {"settings": {"greenline": {"explore": {"seconds": 1}}}})
        await editor.wait_for("textDocument/publishDiagnostics", lambda p: bool(p["diagnostics"]), since=3)
        assert [s.explore_seconds for s in services.built] == [5.0, 1.0]


async def test_settings_are_asked_for_where_the_client_answers(services: FakeServices, source: Path) -> None:
    section: list[Any] = [{"severity": {"uncovered": "error"}}]
    more = {"workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}}}
    editor = Editor(services, merged(FULL, more))
    editor.handlers["workspace/configuration"] = lambda _: section
    async with editor:
        uri = editor.open(source)
        await editor.wait_for(
            "textDocument/publishDiagnostics", lambda p: 1 in {d["severity"] for d in p["diagnostics"]}
        )
        registered = await editor.wait_for("client/registerCapability")
        assert registered["registrations"][0]["method"] == "workspace/didChangeConfiguration"
        section[0] = None
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        await editor.wait_for(
            "textDocument/publishDiagnostics",
            lambda p: p["uri"] == uri and 1 not in {d["severity"] for d in p["diagnostics"]},
            since=len(editor.received),
        )


@pytest.mark.parametrize("kind", ["push", "pull"])
async def test_a_new_report_is_seen_though_nobody_tells(
    services: FakeServices, source: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenline.lsp.report_watch.PAUSE", 0.01)
    async with Editor(services, PULL if kind == "pull" else {}) as editor:
        uri = editor.open(source)
        await editor.lenses(uri)
        services.show.covered, services.show.written_at = True, 1.0
        if kind == "pull":
            await editor.wait_for("workspace/diagnostic/refresh")
        else:
            await editor.wait_for("textDocument/publishDiagnostics", lambda shown: shown["diagnostics"] == [])


async def test_nothing_is_drawn_for_a_connection_that_is_over(services: FakeServices, source: Path) -> None:
    """What was asked for before is answered, with nothing; a picture needs threads, and there are none any more."""
    async with Editor(services) as editor:
        uri = editor.open(source)
        await editor.lenses(uri)
        await editor.server.session.close()
        editor.change(uri, "def other():\n    pass\n", 2)
        assert await editor.lenses(uri) == []
