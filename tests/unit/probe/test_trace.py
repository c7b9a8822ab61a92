from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from greenline_probe import trace

HERE = Path(__file__).parent
PROBE = Path(trace.__file__).parent
MATCH = """
def kind(value):
    match value:
        case [first, *rest]:
            return first
        case {"a": inner} if inner:
            return inner
        case str() | int():
            return "plain"
        case _:
            pass
    return None

kind([1]); kind({"a": 1}); kind({"a": 0}); kind("x"); kind(None)
"""


def _has_coverage(python: str) -> bool:
    return subprocess.run([python, "-c", "import coverage"], capture_output=True, check=False).returncode == 0


def _pythons() -> list[str]:
    """This interpreter, and others on PATH that have coverage.py."""
    others = [shutil.which(f"python3.{minor}") for minor in range(9, 15)]
    return [sys.executable, *(p for p in others if p and _has_coverage(p))]


def _compare(python: str, source: Path) -> list[list[object]]:
    command = [python, "-W", "ignore", str(HERE / "compare_tracers.py"), str(PROBE), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    compared: list[list[object]] = json.loads(done.stdout)
    return compared


@pytest.mark.parametrize("python", _pythons())
def test_lines_and_arcs_are_those_of_coverage_py(python: str) -> None:
    theirs, ours, started_late = _compare(python, HERE / "sample_to_trace.py")

    assert ours == theirs
    assert started_late == theirs


@pytest.mark.skipif(sys.version_info < (3, 10), reason="match statements came with 3.10")
def test_arcs_of_a_match_statement(tmp_path: Path) -> None:
    source = tmp_path / "matching.py"
    source.write_text(MATCH)

    theirs, ours, _ = _compare(sys.executable, source)

    assert ours == theirs


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

    assert _run(trace.Tracer({str(real): "the name"}), link, "x = 1\n") == {"the name": ({1}, {(-1, 1), (1, -1)})}


def test_below_a_root_own_files_are_recorded_and_installed_ones_are_not(tmp_path: Path) -> None:
    tracer = trace.Tracer({}, [str(tmp_path)])

    assert list(_run(tracer, tmp_path / "pkg" / "own.py", "x = 1\n")) == [str(tmp_path / "pkg" / "own.py")]
    assert _run(tracer, tmp_path / "env" / "site-packages" / "other.py", "x = 1\n") == {}
    assert _run(tracer, tmp_path.parent / "elsewhere.py", "x = 1\n") == {}


def test_taking_starts_from_nothing_even_for_a_generator_that_is_still_alive(tmp_path: Path) -> None:
    path = tmp_path / "gen.py"
    names: dict[str, object] = {}
    exec(compile("def g():\n    yield 1\n    yield 2\n", str(path), "exec"), names)
    tracer = trace.Tracer({str(path): "gen"})
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
