"""The invariants of ARCHITECTURE.md that the code's own text and a server in this process can prove."""

from __future__ import annotations

import ast
import asyncio
import dataclasses
import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenline.adapters.coverage_parser import CoverageParser
from greenline.domain.code import module_name, read_module, regions, text_lines
from greenline.domain.code.imported_names import imported_names
from greenline.domain.coverage.following import Following
from greenline.domain.coverage.gaps import find_gaps
from greenline.domain.coverage.line_states import line_states, moved_states
from greenline.domain.coverage.mapping import coverage_map, summarize
from greenline.domain.coverage.marks import marks_of_gaps, marks_of_unknown, moved_marks
from greenline.domain.coverage.merge_maps import merge_maps
from greenline.domain.coverage.model import Executed, Gap, Span, Statements
from greenline.domain.coverage.moved_gaps import moved_gaps
from greenline.domain.coverage.pragmas import marks_of_pragmas, pragmas_to_try, without_pragmas
from greenline.domain.coverage.remap import remap, unchanged_lines
from greenline.domain.generation.merge import merge_tests
from greenline.domain.generation.model import Candidate, SuspectedBug
from greenline.lsp.documents import OpenDocument
from greenline.lsp.pictures import Shown
from greenline.lsp.server import create_server
from greenline.services.picture import Picture
from greenline.services.workbench import Bench
from unit.lsp.conftest import SOURCE, services, source
from unit.lsp.editor import FULL, PULL, Editor, converter, merged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from unit.lsp.fakes import FakeServices

__all__ = ["services", "source"]  # fixtures

SERVER = Path(__file__).resolve().parents[2] / "server"
GREENLINE = SERVER / "greenline"
LIMIT = 10.0

LONGEST = 450
LONG_FOR_A_REASON: dict[str, str] = {}


def modules(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the top-level packages that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def called(tree: ast.Module) -> Iterator[str]:
    """Yield the last name of everything that is called: ``write_text`` for ``path.write_text()``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node.func.id


# The house


def test_every_module_says_what_it_is_for() -> None:
    silent = [name for name, tree in modules(SERVER) if not ast.get_docstring(tree)]
    assert silent == []


def test_no_module_is_long_without_a_reason() -> None:
    lengths = {p.relative_to(SERVER).as_posix(): len(p.read_bytes().splitlines()) for p in SERVER.rglob("*.py")}
    long = {name for name, length in lengths.items() if length > LONGEST}
    assert long - set(LONG_FOR_A_REASON) == set(), "part them, or say here why they are long"
    assert set(LONG_FOR_A_REASON) - set(lengths) == set(), "these are gone"


# 1. Only lsp/ knows LSP


def test_only_the_editors_face_knows_lsp_and_only_the_terminals_face_knows_the_terminal() -> None:
    lsp, terminal = set(), set()
    for name, tree in modules(GREENLINE):
        packages = set(imported(tree))
        if packages & {"pygls", "lsprotocol"}:
            lsp.add(name)
        if packages & {"click", "rich"}:
            terminal.add(name)
    client_of_the_demo = "cli/demo_client.py"
    assert client_of_the_demo in lsp
    assert {name for name in lsp if not name.startswith("lsp/")} == {client_of_the_demo}
    assert {name for name in terminal if not name.startswith("cli/")} == set()


def test_positions_are_made_in_one_place_and_nothing_is_serialised_as_it_is() -> None:
    for name, tree in modules(GREENLINE / "lsp"):
        assert "asdict" not in set(called(tree)), f"lsp/{name} sends a domain type as it is"
        if name == "positions.py":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "Position":
                start = [ast.literal_eval(argument) for argument in node.args]
                assert start == [0, 0], f"lsp/{name}:{node.lineno} counts columns itself"


# 2. The domain is pure, also for broken code

PIECES = [
    "def f(x):", "    if x > 1:", "        return 'é👋'", "async def g(*a, b=1, **k):", "    yield 1", "class C(B):",
    "  @property", "@d(1)", "lambda", "(", ")", "[", "'''", '"', "\\", "\t", "\f", "\x00", "\ufeff", "\ud800", "\r",
    "\r\n", "#", "# -*- coding: nonsense -*-", "import a.b as c", "from . import *", "match x:", "=", "**", "else:",
    "    case {'a': [*_]}:", "try:", "except* E:", "finally:", "while True: pass", "x = f'{y!r:{w}}'", "9" * 5000,
    "print 'x'", "\u2028", "  # pragma: no cover",
]  # fmt: skip
garbage = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=14).flatmap(
    lambda pieces: st.sampled_from(["\n", "", " ", "\r\n", "\n    "]).map(lambda joint: joint.join(pieces))
)
WHOLE = """\
import a.b as c
@d(1)
def f(x, *, y="é👋"):
    if x > 1 and (
        y
    ):
        return [1,
            2]
    with a as b, c:
        for i in x:
            def inner(): yield i
    try: pass
    except E: raise
class C(B):
    async def g(self):
        match x:
            case {"a": [*_]}: return lambda: 1
    while True: break
"""
damage = st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 9), st.sampled_from(["", *PIECES])), max_size=3)


def damaged(places: list[tuple[int, int, str]]) -> str:
    text = WHOLE
    for start, length, piece in places:
        text = text[:start] + piece + text[start + length :]
    return text


texts = garbage | damage.map(damaged)
ends = st.integers(-25, 25).filter(bool)
executed = st.builds(
    Executed,
    lines=st.frozensets(st.integers(1, 25), max_size=12),
    arcs=st.none() | st.frozensets(st.tuples(ends, ends), max_size=12),
)
PARSER = CoverageParser()


@given(texts)
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_broken_code_gives_a_result_and_problems(text: str) -> None:
    module, problems = read_module.read_module(text)
    if problems:
        assert all(problem and "\n" not in problem for problem in problems)
        assert module.functions == ()
    for function in module.functions:
        assert 1 <= function.first_line <= function.line <= function.end_line <= len(text_lines.split_lines(text))
        assert regions.own_lines(function, module) is not None
    assert isinstance(imported_names(text, "shop"), frozenset)
    assert module_name.module_name(Path("/a") / "b.py", [Path("/a")]) == "b"


@given(texts, texts, executed, executed)
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_coverage_data_of_whatever_text_raises_nothing(
    text: str, edited: str, ran: Executed, also_ran: Executed
) -> None:
    (these, _), (those, _) = PARSER.analyse(text), PARSER.analyse(edited)
    coverage = merge_maps(coverage_map(these, ran), coverage_map(these, also_ran))
    moved = remap(coverage, unchanged_lines(text, edited), those)
    assert moved.covered | moved.missing | moved.unknown == those.lines
    for one, its_text in ((coverage, text), (moved, edited)):
        module, _ = read_module.read_module(its_text)
        for function in (None, *module.functions):
            assert 0 <= summarize(one, function, module).percent <= 100
        gaps = find_gaps(one, module, its_text)
        assert {line for gap in gaps if gap.kind == "uncovered" for line in gap.lines} <= one.missing
        assert all(gap.message for gap in gaps)
        marks = (*marks_of_gaps(gaps), *marks_of_unknown(one, module, its_text))
        assert all(mark.message and mark.span.start_line <= mark.span.end_line for mark in marks)
        assert set(moved_marks(marks, Following.between(its_text, its_text))) == set(marks)
        moved_marks(marks, Following.between(its_text, edited))
        if pragmas := pragmas_to_try(its_text, one):
            without = PARSER.analyse(without_pragmas(its_text, pragmas))[0]
            lines = {mark.span.start_line for mark in marks_of_pragmas(one, pragmas, without.lines)}
            assert all("pragma" in text_lines.split_lines(its_text)[line - 1] for line in lines)
        for new_text in (its_text, edited):
            following, lines = Following.between(its_text, new_text), text_lines.split_lines(new_text)
            after = moved_gaps(gaps, one.statements.first_line, following, lines)
            states = moved_states(line_states(one, len(following.base)), one.statements, following, lines)
            assert len(states) == len(lines)
            assert new_text != its_text or set(after) == set(gaps)


@given(texts, texts)
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_a_broken_test_file_or_candidate_is_left_alone(base: str, code: str) -> None:
    merged_file = merge_tests(base, [Candidate("test_new", code), Candidate("test_it", "def test_it():\n    pass\n")])
    if merged_file.problem:
        assert merged_file.names == ()
        assert merged_file.new_text == base


# 3. The server never imports what it looks at


def test_nothing_in_the_server_imports_or_executes_by_name() -> None:
    doors = {"import_module", "__import__", "exec", "eval", "run_path", "run_module", "exec_module", "load_module"}
    open_doors = {name: doors & set(called(tree)) for name, tree in modules(GREENLINE)}
    assert {name: found for name, found in open_doors.items() if found} == {
        "adapters/config_files.py": {"import_module"},  # tomllib, under its name in 3.10
        "cli/app.py": {"import_module"},  # Greenline's own subcommands
    }


def test_sources_are_parsed_where_threads_may_do_so() -> None:
    found = {name for name, tree in modules(GREENLINE) for node in ast.walk(tree) if _is_the_parser(node)}
    assert found == {"domain/code/syntax_tree.py"}


def _is_the_parser(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "ast.parse"


# 4. State changes on the loop's thread, in synchronous handlers

ASYNCHRONOUS = {
    "shutdown",
    "textDocument/codeLens",
    "codeLens/resolve",
    "textDocument/hover",
    "textDocument/inlayHint",
    "textDocument/codeAction",
    "textDocument/diagnostic",
    "workspace/diagnostic",
    "greenline/gaps",
    "greenline/tests",
    "greenline/coveredFiles",
    "greenline/coverageDetails",
}
"""Requests that wait for something; none of them changes what is known, but for ``shutdown``, which ends it."""


ASKED = {
    "greenline.nextGap", "greenline.previousGap", "greenline.goToCoveringTest", "greenline.gaps",
}  # fmt: skip
"""Commands that only answer. pygls goes on with one that was cancelled, which then harms nobody."""


async def test_notifications_and_commands_are_handled_synchronously(services: FakeServices) -> None:
    async with Editor(services, merged(FULL, PULL), options={"diagnostics": {"workspace": True}}) as editor:
        handlers = editor.server.protocol.fm
        waiting = {name for name, handler in handlers.features.items() if asyncio.iscoroutinefunction(handler)}
        assert waiting == ASYNCHRONOUS
        waiting = {name for name, handler in handlers.commands.items() if asyncio.iscoroutinefunction(handler)}
        assert waiting == ASKED


@pytest.mark.parametrize("snapshot", [OpenDocument, Shown, Picture, Bench, Gap, Span, Statements])
def test_what_background_work_sees_cannot_change(snapshot: Any) -> None:
    assert snapshot.__dataclass_params__.frozen
    assert not [f for f in dataclasses.fields(snapshot) if str(f.type).lower().startswith(("list", "dict", "set"))]


# 6. A handler answers at once


async def test_a_slow_picture_holds_up_nothing_else(services: FakeServices, source: Path) -> None:
    let_go = threading.Event()
    draw = services.show.picture

    def slowly(path: Path, text: str, followed: Sequence[Following] = ()) -> Picture:
        assert let_go.wait(LIMIT)
        return draw(path, text, followed)

    services.show.picture = slowly  # type: ignore[method-assign]
    async with Editor(services, FULL) as editor:
        try:
            uri = editor.open(source)
            lenses = asyncio.ensure_future(editor.lenses(uri))
            answer = await editor.run("greenline.runTestsWithCoverage", {"uri": uri})
            assert answer["started"] is True
            editor.change(uri, "x = 1\n", 2)
            assert await editor.run("greenline.cancelJob", {"job": answer["job"]}) == {"cancelled": True}
            assert (await editor.job_end(answer["job"]))["outcome"] == "cancelled"
            assert not lenses.done()
        finally:
            let_go.set()
        assert await asyncio.wait_for(lenses, LIMIT) == []


# 7. The workspace changes only through the client, or by one atomic write

WRITES = {
    "write_text", "write_bytes", "mkdir", "makedirs", "unlink", "rmdir", "rmtree", "rename", "symlink_to", "touch",
    "hardlink_to", "chmod", "copy2", "copy", "copyfile", "copytree", "move", "truncate", "mkdtemp", "mkstemp",
    "removedirs", "ftruncate",
}  # fmt: skip


def test_few_places_write_files_and_each_is_known() -> None:
    found = {}
    for name, tree in modules(GREENLINE):
        verbs = set(called(tree)) & WRITES
        opens = [
            node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and any(isinstance(a, ast.Constant) and a.value in {"w", "wb", "x", "xb", "a", "ab"} for a in node.args)
        ]
        if verbs or opens:
            found[name] = sorted(verbs)
    assert set(found) == {
        "adapters/atomic_write.py",  # the command line's one write, and the editor's after a "Yes"
        "adapters/disk_watch.py",  # what a child prints, beside the scratch copy
        "adapters/explorer_process.py",  # a folder in the scratch copy
        "adapters/known_capabilities.py",  # takes away what models could do, in the cache folder
        "adapters/isolation.py",  # the folder that scratch copies are in when a sandbox shows it
        "adapters/report_index.py",  # indexes of coverage reports, in the cache folder
        "adapters/generated_tests_sqlite.py",  # hashes of generated tests, in the same folder
        "adapters/sqlite_steps.py",  # batches, beside the ledger, and what runs over many files have done, in the cache
        "adapters/model_sdk.py",  # the libraries that ask models, in the folder that the editor gave for them
        "adapters/ledger_sqlite.py",  # what models cost, in the person's data folder
        "adapters/shown_texts.py",  # what a person wants to read, in the cache folder
        "adapters/packed_files.py",  # on a worker of a cluster: the project that was sent, in a scratch folder
        "adapters/run_store_sqlite.py",  # what runs measured, in the person's cache folder
        "adapters/scratch_overlay.py",  # the scratch copy itself
        "cli/demo.py",  # the example project, in a temporary folder
        "cli/demo_client.py",  # the editor of the demo, in that folder
        "lsp/connection.py",  # the pipe to the editor
        "adapters/replaced_file.py",  # consent, what models can do, the history of coverage that somebody records
        "adapters/survey_rows_sqlite.py",  # what surveyed files came to, in the person's cache folder
        "adapters/survey_starts.py",  # pipes to copies of the process
        "adapters/turns.py",  # in the cache folder, what says that a run is on
        "cli/output_file.py",  # the summary of a job, in the file that GitHub's runner names
    }, found


# 8. Commands carry everything they need


async def offered(services: FakeServices, source: Path, state: str) -> list[dict[str, Any]]:
    """Return every command that lenses and actions offer for a file, as the JSON that the editor was sent."""
    services.show.state = state
    services.show.message = "" if state == "measured" else "No data."
    services.generate.status, services.generate.bugs = "not_testable", (SuspectedBug("greet(1)", "TypeError: x", 4),)
    commands = []
    async with Editor(services, FULL, root=source.parent) as editor:
        uri = editor.open(source)
        answer = await editor.run("greenline.generateTest", {"uri": uri, "qualname": "greet"})
        await editor.job_end(answer["job"])
        commands += [lens["command"] for lens in await editor.lenses(uri)]
        for line in range(SOURCE.count("\n")):
            commands += [action["command"] for action in await editor.actions(uri, line)]
    unique = {json.dumps(command, sort_keys=True) for command in commands if command["command"]}
    return [json.loads(command) for command in sorted(unique)]


@pytest.mark.parametrize("state", ["measured", "no-data"])
async def test_every_command_works_from_its_json_alone(services: FakeServices, source: Path, state: str) -> None:
    commands = await offered(services, source, state)
    names = {command["command"] for command in commands}
    assert names >= {
        "greenline.generateTest", "greenline.generateTestsForFile", "greenline.dismissSuspectedBug",
    }  # fmt: skip
    assert ("greenline.showGap" if state == "measured" else "greenline.runTestsWithCoverage") in names
    for command in commands:
        # another server, which has never seen the file
        async with Editor(services, FULL) as editor:
            answer = await editor.run(command["command"], *command["arguments"])
            if command["command"] == "greenline.showGap":
                assert answer is None
                continue
            if command["command"] == "greenline.dismissSuspectedBug":
                assert answer == {"dismissed": True}
                continue
            assert answer["started"] is True, command
            assert (await editor.job_end(answer["job"]))["id"] == answer["job"]
        if command["command"] == "greenline.generateTest":
            assert str(services.generate.runs[-1]) == f"{source}::{command['arguments'][0]['qualname']}"


def test_the_server_offers_the_commands_that_it_names(services: FakeServices) -> None:
    from greenline.lsp import names

    registered = set(create_server(services, converter).protocol.fm.commands)
    named = {value for key, value in vars(names).items() if key.isupper() and str(value).startswith("greenline.")}
    assert registered == named


# 10. Tests need no network


def test_a_test_that_reaches_out_is_refused(network_attempts: list[str]) -> None:
    import socket

    with socket.socket() as reaching, pytest.raises(OSError, match="tests need no network"):
        reaching.connect(("192.0.2.1", 80))
    with pytest.raises(OSError, match="tests need no network"):
        socket.getaddrinfo("example.org", 80)
    assert len(network_attempts) == 2
    network_attempts.clear()
    assert socket.getaddrinfo("localhost", 80)
