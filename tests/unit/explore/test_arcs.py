"""From 3.12 on arcs come from monitoring; they must be those of the trace function."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from greenline_probe import trace

SAMPLE = Path(__file__).parents[1] / "probe" / "sample_to_trace.py"
SERVER = Path(trace.__file__).parents[1]
PROGRAM = """
import json, sys
server, source = sys.argv[1:]
sys.path.insert(0, server)
from greenline_probe.explore import arcs
from greenline_probe.trace import Tracer
with open(source, encoding="utf-8") as stream:
    text = stream.read()

def record(tracer, code):
    tracer.start()
    exec(code, {"__name__": "sample"})
    tracer.stop()
    found = tracer.take().get("target", ((), ()))
    return [sorted(found[0]), sorted(found[1])]

exec(compile(text, source, "exec"), {"__name__": "sample"})  # imports, once, outside of the comparison
code = compile(text, source, "exec")
ours = record(Tracer({source: "target"}, frames=True), code)
monitored = arcs.recorder(source, code)
first, second = record(monitored, code), record(monitored, code)
monitored.start(); monitored.stop()
print(json.dumps([type(monitored).__name__, ours, first, second, monitored.take()]))
"""


def _runs(python: str) -> bool:
    """Tell whether it starts, and is 3.12 or later: a shim may stand for nothing."""
    check = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 12))"]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


def _pythons() -> list[str]:
    found = [sys.executable, *filter(None, (shutil.which(f"python3.{minor}") for minor in range(12, 16)))]
    return [python for python in dict.fromkeys(found) if _runs(python)]


PYTHONS = _pythons()


def between_lines(recorded: list[list[list[int]]]) -> list[list[int]]:
    """Return the arcs that coverage.py counts: those from a line to itself it leaves out."""
    return [arc for arc in recorded[1] if arc[0] != arc[1]]


@pytest.mark.skipif(not PYTHONS, reason="no Python 3.12 or later here: sys.monitoring came with it")
@pytest.mark.parametrize("python", PYTHONS)
def test_monitored_arcs_are_those_of_the_trace_function(python: str) -> None:
    done = subprocess.run(
        [python, "-W", "ignore", "-c", PROGRAM, str(SERVER), str(SAMPLE)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    name, traced, first, second, nothing = json.loads(done.stdout)

    assert name == "MonitoredArcs"
    assert first[0] == second[0] == traced[0]
    assert between_lines(first) == between_lines(second) == between_lines(traced)
    assert nothing == {}


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="what is used before monitoring came")
def test_before_3_12_the_trace_function_records() -> None:
    from greenline_probe.explore.arcs import recorder

    assert isinstance(recorder("x.py", compile("x = 1", "x.py", "exec")), trace.Tracer)
