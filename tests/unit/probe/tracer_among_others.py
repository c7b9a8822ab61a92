"""Not a test: what the tracer records while the code under test uses, or takes away, what it listens by; as JSON."""
# A script for Python 3.9 and later, without this project's tools. Arguments: the folder of the probe, a scratch folder.

import json
import os
import sys
import threading

server, scratch = sys.argv[1:]
sys.path.insert(0, server)

from greenline_probe.calls import Calls
from greenline_probe.trace import Tracer

SOURCE = """
import sys
def f(a):
    if a:
        x = 1
    return 2
def untrace():
    sys.settrace(None)
    return f(1)
def count(n):
    while n:
        n -= 1
        yield n
"""
PATH = os.path.join(scratch, "sample.py")
NAMES = {}
exec(compile(SOURCE, PATH, "exec"), NAMES)
f, untrace, count = NAMES["f"], NAMES["untrace"], NAMES["count"]


def opened(**more):
    tracer = Tracer({PATH: "sample"}, **more)
    tracer.start()
    return tracer


def closed(tracer):
    tracer.stop()
    lines, arcs = tracer.take().get("sample", ((), ()))
    return [sorted(lines), sorted(arc for arc in arcs if arc[0] == 4)]


def parts():
    """What each of several calls ran, the same lines again among it; then all."""
    tracer = opened()
    found = []
    for call in (lambda: f(0), lambda: f(1), lambda: f(0), lambda: None, lambda: list(count(2))):
        call()
        found.append(sorted(tracer.switch().get("sample", ())))
    return [found, closed(tracer)]


def often():
    """What ran in a part in which a function was called so often that there is nothing left to see, and in the next."""
    tracer = opened()
    found = []
    for times in (100, 1):
        for i in range(times):
            f(i)
        found.append(sorted(tracer.switch()["sample"]))
    return [found, closed(tracer)]


def taken_twice():
    """Arcs are told anew after each ``take``, also while it goes on recording."""
    tracer = opened()
    f(1)
    first = tracer.take()
    f(1)
    return [sorted(first["sample"][0]), *closed(tracer)]


def stopped_and_started():
    tracer = opened()
    f(1)
    tracer.stop()
    f(0)
    tracer.start()
    f(1)
    return closed(tracer)


def in_threads():
    tracer = opened()
    threads = [threading.Thread(target=f, args=(i % 2,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return closed(tracer)


def two_at_once():
    """One tracer inside the other, as where this project's own tests are run by it."""
    outer = opened()
    inner = opened()
    f(0)
    return [closed(inner), closed(outer)]


def settrace_called():
    tracer = opened()
    untrace()
    tracer.resume()
    f(0)
    return closed(tracer)


def theirs_works():
    """A trace function of the code under test hears all, while the tracer runs."""
    tracer = opened()
    heard = []

    def theirs(frame, event, arg):
        heard.append(frame.f_lineno) if event == "line" and frame.f_code.co_filename == PATH else None
        return theirs

    sys.settrace(theirs)
    f(1)
    sys.settrace(None)
    tracer.resume()
    tracer.stop()
    return heard


def calls_are_seen():
    calls = Calls()
    calls.begin_test()
    tracer = opened(calls=calls)
    for a in (0, 1, 1):
        f(a)
    tracer.stop()
    return calls.take(tracer.reported_name)


def numbers_are_free_again():
    """The numbers that are in use after all this."""
    return [tool for tool in range(6) if sys.monitoring.get_tool(tool)]


def number_taken_away():
    tracer = opened()
    f(1)
    for tool in range(6):
        if sys.monitoring.get_tool(tool):
            sys.monitoring.free_tool_id(tool)
    f(1)
    first = sorted(tracer.switch()["sample"])
    sys.monitoring.use_tool_id(4, "theirs")
    tracer.resume()
    f(0)
    found = [first, closed(tracer), sys.monitoring.get_tool(4)]
    sys.monitoring.free_tool_id(4)
    return found


def all_numbers_taken():
    for tool in range(6):
        sys.monitoring.use_tool_id(tool, "theirs")
    tracer = opened()
    f(1)
    found = closed(tracer)
    for tool in range(6):
        sys.monitoring.free_tool_id(tool)
    return found


def theirs_hears():
    """Events of the code under test are its own: they are not switched off with the tracer's."""
    monitoring = sys.monitoring
    heard = []
    monitoring.use_tool_id(monitoring.PROFILER_ID, "theirs")
    monitoring.register_callback(monitoring.PROFILER_ID, monitoring.events.LINE, lambda code, line: heard.append(line))
    tracer = opened()
    monitoring.set_local_events(monitoring.PROFILER_ID, f.__code__, monitoring.events.LINE)
    f(1)
    tracer.switch()
    f(1)
    monitoring.restart_events()
    ours = closed(tracer)
    f(0)
    monitoring.free_tool_id(monitoring.PROFILER_ID)
    return [heard, ours]


CHECKS = [
    parts,
    often,
    taken_twice,
    stopped_and_started,
    in_threads,
    two_at_once,
    settrace_called,
    theirs_works,
    calls_are_seen,
]
if sys.version_info >= (3, 12):
    CHECKS += [numbers_are_free_again, number_taken_away, all_numbers_taken, theirs_hears]
print(json.dumps({check.__name__: check() for check in CHECKS}))
