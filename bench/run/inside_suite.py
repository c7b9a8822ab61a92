"""Runs pytest once in this process, measured one way, and writes down what was measured.

Started by suite.py, with the interpreter of the suite, in the folder that holds the package:
``inside_suite.py WAY SERVER PACKAGE OUTPUT TEST ...``. WAY is ``none``, ``coverage lines``, ``coverage branches``,
``coverage contexts``, ``greenline branches`` or ``greenline contexts``. ``both`` measures branches by coverage.py and
by Greenline at once; ``judge`` reads two outputs in place of tests and says in what they differ. Which core coverage.py
uses is up to COVERAGE_CORE.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Ran = Mapping[str, list[list[Any]]]
"""File, relative to the package's folder -> lines, arcs."""
ROOT = Path.cwd()


def main() -> None:
    """Do what the command line asks for."""
    way, server, package, output, *rest = sys.argv[1:]
    sys.path[:1] = [str(ROOT), server]
    if way == "judge":
        found: Any = judged(*(json.loads(Path(path).read_text()) for path in rest))
    else:
        tool, _, what = way.partition(" ")
        found = {"none": plain, "coverage": by_coverage, "greenline": by_greenline, "both": by_both}[tool](
            what, package, rest
        )
    Path(output).write_text(json.dumps(found))
    os._exit(0)  # as Greenline's own runs end


def plain(_what: str, _package: str, tests: list[str]) -> dict[str, Any]:
    """Run without any measuring."""
    return {"tests": _pytest(tests)}


def by_coverage(what: str, package: str, tests: list[str]) -> dict[str, Any]:
    """Run under coverage.py."""
    measuring = _coverage(package, branch=what != "lines")
    measuring.start()
    count = _pytest(tests, on_test=measuring.switch_context if what == "contexts" else None)
    measuring.stop()
    return {"tests": count, "coverage.py": _ran(measuring)}


def by_greenline(what: str, package: str, tests: list[str], at_end: Callable[[], object] = int) -> dict[str, Any]:
    """Run as Greenline runs a suite."""
    from greenline_probe import pytest_run, wire  # noqa: PLC0415 - not for the other ways

    done: list[wire.RunDone] = []
    tests_done: list[wire.TestDone] = []

    def reply(message: Any) -> None:
        if isinstance(message, wire.TestDone):
            tests_done.append(message)
        if isinstance(message, wire.Problem):
            sys.exit(f"{message.kind}: {message.message}")
        if isinstance(message, wire.RunDone):
            at_end()
            done.append(message)

    with tempfile.TemporaryDirectory(prefix="greenline-bench-") as scratch:
        pytest_run.run(
            wire.RunTests(str(ROOT), tests, scratch, roots=[str(ROOT / package)], contexts=what == "contexts",
                          limited=False),
            reply,
        )  # fmt: skip
    measured = {_name(path): lists for path, lists in done[0].coverage.items()}
    return {"tests": len(tests_done), "Greenline": measured}


def by_both(_what: str, package: str, tests: list[str]) -> dict[str, Any]:
    """Run under both at once, so that both see the very same; not before 3.12, where both need the trace function."""
    measuring = _coverage(package, branch=True)
    measuring.start()
    ours = by_greenline("branches", package, tests, at_end=measuring.stop)
    return {"coverage.py": _ran(measuring), **ours}


def judged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Return how much both have, and what only one has, by coverage.py's own analysis."""
    theirs, ours = {**first, **second}["coverage.py"], {**first, **second}["Greenline"]
    found: dict[str, Any] = {"files": 0, "lines": 0, "branches": 0, "differing": []}
    for name in sorted({*theirs, *ours}):
        one, other = _taken(name, theirs.get(name)), _taken(name, ours.get(name))
        found["files"] += 1
        for what, mine, yours in (("lines", one[0], other[0]), ("branches", one[1], other[1])):
            found[what] += len(mine & yours)
            found["differing"] += [[name, what, "coverage.py", each] for each in sorted(mine - yours)]
            found["differing"] += [[name, what, "Greenline", each] for each in sorted(yours - mine)]
    return found


def _taken(name: str, ran: list[list[Any]] | None) -> tuple[set[Any], set[Any]]:
    """Return the statements and branches that ran."""
    import coverage  # noqa: PLC0415 - not for the other ways

    if not ran or not ran[0]:
        return set(), set()
    path = str(ROOT / name)
    measured = coverage.Coverage(data_file=None, branch=True, config_file=False)
    measured.get_data().add_arcs({path: [tuple(arc) for arc in ran[1]]})
    analysis = measured._analyze(path)  # noqa: SLF001 - the public one has no branches
    return analysis.statements & {*ran[0]}, {
        (line, end) for line, ends in analysis.executed_branch_arcs().items() for end in ends
    }


def _coverage(package: str, *, branch: bool) -> Any:
    import coverage  # noqa: PLC0415 - not for the other ways

    warnings.filterwarnings("ignore", module="coverage")
    return coverage.Coverage(data_file=None, branch=branch, source=[str(ROOT / package)], config_file=False)


def _ran(measuring: Any) -> Ran:
    data = measuring.get_data()
    return {
        _name(path): [sorted(data.lines(path)), sorted(data.arcs(path) or ())]
        for path in data.measured_files()
        if data.lines(path)
    }


def _name(path: str) -> str:
    return str(Path(path).relative_to(ROOT))


def _pytest(tests: list[str], on_test: Callable[[str], object] | None = None) -> int:
    """Run pytest; return how many tests were run."""
    import pytest  # noqa: PLC0415 - Greenline imports it itself

    began: list[str] = []

    class Plugin:
        """Says which test begins."""

        def pytest_runtest_logstart(self, nodeid: str) -> None:
            began.append(nodeid)
            if on_test:
                on_test(nodeid)

    pytest.main([*tests, "-p", "no:cacheprovider"], plugins=[Plugin()])
    return len(began)


if __name__ == "__main__":
    main()
