"""Greenline's figures are coverage.py's figures, on real modules."""

from __future__ import annotations

import importlib
import shutil
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import coverage
import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.mapping import coverage_map, summarize
from greenline.domain.coverage.model import Executed
from unit.coverage.coverage_runs import report, run_coverage

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.coverage.model import Summary

SCRIPT = """
import copied_textwrap, copied_configparser, copied_argparse, copied_contextlib, copied_dataclasses, odd
copied_textwrap.wrap("some words " * 30, width=20); copied_textwrap.dedent("  a\\n  b")
p = copied_configparser.ConfigParser(); p.read_string("[a]\\nb = 1\\nc = %(b)s\\n"); p.get("a", "c")
a = copied_argparse.ArgumentParser(); a.add_argument("--x", type=int, default=3); a.add_argument("y", nargs="*")
a.parse_args(["--x", "4", "u"]); a.format_help()
with copied_contextlib.suppress(ValueError):
    int("x")
copied_dataclasses.make_dataclass("C", ["a"])(1)
odd.main(3)
"""
ODD = '''\
"""Doc."""
import asyncio
from contextlib import nullcontext as nc

def deco(f): return f

@deco
@deco
def decorated(
    a,
    b=[
        1,
    ],
):
    """Doc."""
    with nc() as x, nc(
    ) as y:
        if a:
            return 1
    while True:
        a -= 1
        if a < 0: break
        for i in range(2): a -= i
    try:
        with nc():
            with nc():
                pass
    finally:
        a = [i for i in range(3)
             if i]
    return (lambda q:
            q)(a)

class K:
    """Doc."""
    field: int = 3
    @property
    def p(self):
        def inner():
            if self: return 1
            yield 2
        match self.field:
            case 3:
                x = 1
            case 4: x = 2
            case _ if True:
                x = 3
        if x:  # pragma: no branch
            x = 4
        if x:  # pragma: no cover
            x = 5
        else:
            x = 6
        return list(inner()), x

async def stream(n):
    for i in range(n):
        if i == 1: continue
        yield i
    else:
        return

async def consume(n):
    async with asyncio.Lock():
        async for x in stream(n):
            if x > 100:
                break

def main(n):
    decorated(0); K().p
    asyncio.run(consume(n))
    if n: x = "\u00e9\U0001f600"; return x
\x0c
    return (
        n
        if n
        else 0)
'''
MODULES = ("textwrap", "configparser", "argparse", "contextlib", "dataclasses")


@pytest.fixture(scope="module", params=["branch", "lines"])
def measured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    for name in MODULES:
        source = importlib.import_module(name).__file__
        assert source
        shutil.copy(source, folder / f"copied_{name}.py")
    (folder / "odd.py").write_bytes(ODD.replace("\n", "\r\n").encode())
    run_coverage(folder, SCRIPT, *(["--branch"] if request.param == "branch" else []))
    return folder


def test_lines_branches_and_functions_are_counted_as_coverage_counts_them(measured: Path) -> None:
    data = coverage.CoverageData(str(measured / ".coverage"))
    data.read()
    paths = {PurePath(path).name: path for path in data.measured_files()}
    files = report(measured)
    assert set(files) >= {f"copied_{name}.py" for name in MODULES} | {"odd.py"}
    for name, theirs in files.items():
        arcs = data.arcs(paths[name]) if data.has_arcs() else None
        executed = Executed(frozenset(data.lines(paths[name]) or ()), None if arcs is None else frozenset(arcs))
        text = (measured / name).read_bytes().decode()
        statements, problems = CoverageParser().analyse(text)
        assert problems == []
        ours = coverage_map(statements, executed)
        assert sorted(ours.missing) == theirs["missing_lines"], name
        assert sorted(ours.covered) == theirs["executed_lines"], name
        assert sorted(statements.excluded) == theirs["excluded_lines"], name
        assert figures(summarize(ours)) == their_figures(theirs["summary"]), name
        expected = {tuple(arc) for arc in theirs.get("missing_branches", ()) if arc[0] not in ours.missing}
        assert ours.missing_branches == expected, name
        module, _ = read_module(text)
        by_line = {f.line: f for f in module.functions}
        compared = 0
        for qualname, region in theirs["functions"].items():
            if qualname:
                function = by_line[region["start_line"]]
                assert function.qualname == qualname.partition("@")[0]
                assert figures(summarize(ours, function, module)) == their_figures(region["summary"]), qualname
                compared += 1
        assert compared == len(module.functions)


def figures(summary: Summary) -> tuple[int, int, int, int]:
    return (summary.lines.covered, summary.lines.total, summary.branches.covered, summary.branches.total)


def their_figures(theirs: dict[str, Any]) -> tuple[int, int, int, int]:
    return (
        theirs["covered_lines"],
        theirs["num_statements"],
        theirs.get("covered_branches", 0),
        theirs.get("num_branches", 0),
    )
