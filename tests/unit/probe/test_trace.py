from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from greenline_probe import trace

HERE = Path(__file__).parent
SERVER = Path(trace.__file__).parents[1]
VARIANTS = ("theirs", "from the start", "from the first file on", "by a trace function")
RECURSION = "endless recursion"
"""Ends a trace function of ours for good, until ``resume``; coverage.py's, in C, lives on."""


def _can(python: str, check: str) -> bool:
    return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0


@cache
def _pythons() -> tuple[str, ...]:
    """This interpreter, and others on PATH; a shim may stand for nothing."""
    others = [shutil.which(f"python3.{minor}") for minor in range(9, 16)]
    return (sys.executable, *(python for python in others if python and _can(python, "pass")))


# Free-threaded builds may have a coverage.py without the tracer that is compared with.
WITH_COVERAGE = [python for python in _pythons() if _can(python, "import coverage.tracer")]
MONITORING = [python for python in _pythons() if _can(python, "import sys; sys.monitoring")]


def _output(python: str, *command: object) -> Any:
    done = subprocess.run(
        [python, "-W", "ignore", *map(str, command)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("python", WITH_COVERAGE)
def test_lines_and_arcs_are_those_of_coverage_py(python: str, tmp_path: Path) -> None:
    found = "import json, sys; sys.path.insert(0, sys.argv[1]); import snippets_to_trace as s; "
    found += "print(json.dumps(s.snippets()))"
    sources = {str(HERE / "sample_to_trace.py"): "sample"}
    for name, text in _output(python, "-c", found, HERE).items():
        path = tmp_path / f"snippet_{len(sources)}.py"
        path.write_text(text)
        sources[str(path)] = name

    compared = _output(python, HERE / "compare_tracers.py", SERVER, *sources)

    different = [
        f"{sources[path]}, {variant}: {ours} instead of {theirs}"
        for path, (theirs, *runs) in compared.items()
        for variant, ours in zip(VARIANTS[1:], runs, strict=True)
        if ours != theirs and not (sources[path] == RECURSION and (python not in MONITORING or variant == VARIANTS[3]))
    ]
    assert different == []
    assert len(compared) == len(sources)
    assert (
        sum(len(missing) for (_, _, missing), *_ in compared.values()) > len(compared) / 2
    )  # there is much to differ in


@pytest.fixture(scope="module")
def among_others(tmp_path_factory: pytest.TempPathFactory) -> Any:
    @cache
    def ran(python: str) -> dict[str, Any]:
        found: dict[str, Any] = _output(python, HERE / "tracer_among_others.py", SERVER, tmp_path_factory.mktemp("ran"))
        return found

    return ran


BOTH_WAYS = [[4, 5, 6], [[4, 5], [4, 6]]]
TRUE_ONLY = [[4, 5, 6], [[4, 5]]]
FALSE_ONLY = [[4, 6], [[4, 6]]]


@pytest.mark.parametrize("python", _pythons())
def test_lines_of_one_test_after_the_other(python: str, among_others: Any) -> None:
    parts, all_of_it = among_others(python)["parts"]

    assert parts == [[4, 6], [4, 5, 6], [4, 6], [], [11, 12, 13]]
    assert all_of_it == [[4, 5, 6, 11, 12, 13], [[4, 5], [4, 6]]]
    assert among_others(python)["often"] == [[[4, 5, 6], [4, 6]], BOTH_WAYS]


@pytest.mark.parametrize("python", _pythons())
def test_taking_starts_from_nothing_and_stopping_keeps_what_was_recorded(python: str, among_others: Any) -> None:
    found = among_others(python)

    assert found["taken_twice"] == [TRUE_ONLY[0], *TRUE_ONLY]
    assert found["stopped_and_started"] == TRUE_ONLY
    assert found["calls_are_seen"] == {"sample": [[3, ["f(0)", "f(1)"], {"a": ["int"]}]]}


@pytest.mark.parametrize("python", _pythons())
def test_threads_are_recorded(python: str, among_others: Any) -> None:
    assert among_others(python)["in_threads"] == BOTH_WAYS


@pytest.mark.parametrize("python", _pythons())
def test_code_that_sets_a_trace_function_hears_all_and_ends_the_recording_for_one_test_at_most(
    python: str, among_others: Any
) -> None:
    found = among_others(python)

    assert found["theirs_works"] == [4, 5, 6]
    lines, arcs = found["settrace_called"]
    assert [4, 6] in arcs
    assert 6 in lines
    if python in MONITORING:
        assert lines == [4, 5, 6, 8, 9]


@pytest.mark.skipif(not MONITORING, reason="no Python 3.12 or later here: sys.monitoring came with it")
@pytest.mark.parametrize("python", MONITORING)
def test_code_under_test_may_use_monitoring_too(python: str, among_others: Any) -> None:
    found = among_others(python)

    assert found["theirs_hears"] == [[4, 5, 6, 4, 5, 6, 4, 6], TRUE_ONLY]
    assert found["number_taken_away"] == [TRUE_ONLY[0], BOTH_WAYS, "theirs"]
    assert found["all_numbers_taken"] == TRUE_ONLY
    assert found["two_at_once"] == [FALSE_ONLY, FALSE_ONLY]
    assert found["numbers_are_free_again"] == []


def _run(tracer: trace.Tracer, path: Path, code: str) -> dict[str, trace.Recorded]:
    """Execute the code under the tracer as if it stood in the file."""
    compiled = compile(code, str(path), "exec")
    tracer.start()
    try:
        exec(compiled, {})
    finally:
        tracer.stop()
    return tracer.take()


def test_a_file_reached_through_a_symlink_has_the_given_name(tmp_path: Path) -> None:
    real, link = tmp_path / "real.py", tmp_path / "link.py"
    real.write_text("x = 1\n")
    link.symlink_to(real)

    assert _run(trace.Tracer({str(real): "the name"}), link, "x = 1\n")["the name"][0] == {1}


def test_below_a_root_own_files_are_recorded_and_installed_ones_are_not(tmp_path: Path) -> None:
    tracer = trace.Tracer({}, [str(tmp_path)])

    assert list(_run(tracer, tmp_path / "pkg" / "own.py", "x = 1\n")) == [str(tmp_path / "pkg" / "own.py")]
    assert _run(tracer, tmp_path / "env" / "site-packages" / "other.py", "x = 1\n") == {}
    assert _run(tracer, tmp_path.parent / "elsewhere.py", "x = 1\n") == {}


def test_taking_starts_from_nothing_even_for_a_generator_that_is_still_alive(tmp_path: Path) -> None:
    path = tmp_path / "gen.py"
    names: dict[str, object] = {}
    exec(compile("def g():\n    yield 1\n    yield 2\n", str(path), "exec"), names)
    tracer = trace.Tracer({str(path): "gen"}, frames=True)
    generator = names["g"]()  # type: ignore[operator]
    tracer.start()
    next(generator)
    tracer.stop()
    assert tracer.take() == {"gen": ({2}, {(-1, 2)})}
    tracer.start()
    next(generator)
    tracer.stop()

    assert tracer.take() == {"gen": ({2, 3}, {(2, 3)})}
    assert tracer.take() == {}


def test_an_arc_from_an_instruction_without_a_line_is_recorded_however_often_others_ran(tmp_path: Path) -> None:
    text = "def f(a, b):\n if a:\n  x = 1\n  if not b:\n   x = 2\n else:\n  x = 3\n return x\n"
    path = tmp_path / "jumps.py"
    path.write_text(text)
    calls = "for _ in range(20): f(1, 0); f(0, 0)\nfor _ in range(20): f(1, 1)\n"
    tracer = trace.Tracer({str(path): "jumps"}, frames=True)
    space: dict[str, Any] = {}
    tracer.start()
    exec(compile(text, str(path), "exec"), space)
    exec(calls, space)
    tracer.stop()
    assert {(2, 3), (2, 7), (4, 5), (4, 8)} <= tracer.take()["jumps"][1]
