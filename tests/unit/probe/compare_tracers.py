"""Not a test: prints as JSON what coverage.py and the probe's tracer make of the same sources."""
# A script for Python 3.9 and later, without this project's tools. Arguments: the folder of the probe, sources.

import json
import os
import sys

os.environ["COVERAGE_CORE"] = "ctrace"  # with branches, the one that coverage.py uses unless told otherwise

import coverage

server, *sources = sys.argv[1:]
sys.path.insert(0, server)

from greenline_probe import trace


def execute(source):
    with open(source, encoding="utf-8") as stream:
        code = compile(stream.read(), source, "exec")
    try:
        exec(code, {"__name__": "sample"})
    except Exception as error:  # the snippet may be about one
        return type(error).__name__
    return ""


def by_coverage(source):
    measuring = coverage.Coverage(data_file=None, branch=True, include=[source], config_file=False)
    measuring.start()
    error = execute(source)
    measuring.stop()
    data = measuring.get_data()
    return error, data.lines(source) or (), data.arcs(source) or ()


def by_tracer(source, start, frames=False):
    tracer = trace.Tracer({source: "sample"}, frames=frames)
    getattr(tracer, start)()
    error = execute(source)
    tracer.stop()
    return (error, *tracer.take().get("sample", ((), ())))


def judged(source, ran):
    """Return the error, the lines, and coverage.py's verdict on the arcs."""
    error, lines, arcs = ran
    measured = coverage.Coverage(data_file=None, branch=True, config_file=False)
    measured.get_data().add_arcs({source: arcs})
    missing = {line: sorted(ends) for line, ends in measured._analyze(source).missing_branch_arcs().items()}
    # A branch line that never ran is missing as a line, and its branches with it: arcs alone cannot tell.
    return (
        error,
        sorted(lines),
        sorted(arc for line, ends in missing.items() if line in set(lines) for arc in [(line, end) for end in ends]),
    )


def compared(source):
    execute(source)  # imports of the standard library, once, outside of the comparison
    theirs = by_coverage(source)
    runs = [
        theirs,
        by_tracer(source, "start"),
        by_tracer(source, "start_with_first_file"),
        by_tracer(source, "start", frames=True),
    ]
    return [judged(source, ran) for ran in runs]


print(json.dumps({source: compared(source) for source in sources}))
