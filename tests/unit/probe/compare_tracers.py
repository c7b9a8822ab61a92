"""Not a test: prints as JSON what coverage.py and the probe's tracer record of the same source."""
# A script for Python 3.9 and later, without this project's tools.

import importlib.util
import json
import os
import sys

os.environ["COVERAGE_CORE"] = "ctrace"  # with branches, the one that coverage.py uses unless told otherwise

import coverage

probe, source = sys.argv[1:]
spec = importlib.util.spec_from_file_location("trace_of_probe", os.path.join(probe, "trace.py"))
trace = importlib.util.module_from_spec(spec)
spec.loader.exec_module(trace)


def execute():
    with open(source, encoding="utf-8") as stream:
        exec(compile(stream.read(), source, "exec"), {"__name__": "sample"})


def by_coverage():
    measuring = coverage.Coverage(data_file=None, branch=True, include=[source], config_file=False)
    measuring.start()
    execute()
    measuring.stop()
    data = measuring.get_data()
    return sorted(data.lines(source)), sorted(data.arcs(source))


def by_tracer(start):
    tracer = trace.Tracer({source: "sample"})
    getattr(tracer, start)()
    execute()
    tracer.stop()
    lines, arcs = tracer.take()["sample"]
    return sorted(lines), sorted(arcs)


execute()  # imports of the standard library, once, outside of the comparison
print(json.dumps([by_coverage(), by_tracer("start"), by_tracer("start_with_first_file")]))
