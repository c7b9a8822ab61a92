"""Looks for witnesses: what shows that a mutant does differ, or that a branch can be taken.

    python -m greenline_bench.witness TASK.json ANSWER.json      (in the project's folder)

First the written tests run on the original and on each mutant, and what could be seen of their calls is compared. Then
the calls of all tests are made again on both, changed and changed again. Every run is a fork, so that nothing stays.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import copy
import inspect
import io
import json
import os
import random
import signal
import sys
import tempfile
import time
from typing import Any

import pytest

from greenline_bench.describe import described, scrubbed, told_apart
from greenline_bench.record import Call, Key, Recorder
from greenline_bench.swap import Swap, functions_at, functions_by_key
from greenline_bench.trial import QUIET, forked
from greenline_bench.vary import Variations, without_defaults

TEST_SECONDS = 60.0
CALL_SECONDS = 0.5
GRACE = 10.0
MOST_ITEMS = 50
STABLE_RUNS = 3
_ILL_TYPED = ("raises TypeError", "raises AttributeError")
"""What an argument of a wrong type mostly leads to: nobody would write that test."""


class _TimeIsUp(BaseException):
    """A call took too long; no Exception, so that the code under test lets it pass."""


def main() -> int:
    """Read the task, write the answer."""
    with open(sys.argv[1], encoding="utf-8") as file:
        task = json.load(file)
    _guarded([os.getcwd(), os.environ["TMPDIR"]])
    answer: dict[str, Any] = {"same": [], "seen": {}, "found": {}, "calls": {}, "branches": []}
    mutants: dict[str, str] = task["mutants"]
    with open(task["file"], encoding="utf-8") as file:
        original = file.read()
    answer["seen"] = _replayed(task, original, mutants)
    left = {number: text for number, text in mutants.items() if number not in answer["seen"]}
    _differential(task, original, left, answer)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(answer, file)
    return 0


def _guarded(folders: list[str]) -> None:
    """Invented arguments must not touch this machine; without Greenline's guard, nothing is invented."""
    from greenline_probe import guard

    guard.install(folders, refuse=("write", "network"))  # the forks add the rest: this process must fork, and end forks


def _guarded_wholly() -> None:
    from greenline_probe import guard

    guard.install([os.getcwd(), os.environ["TMPDIR"]], refuse=("process", "signal"))


def _replayed(task: dict[str, Any], original: str, mutants: dict[str, str]) -> dict[str, str]:
    """Return for each mutant that shows in the tests' own calls how it shows."""
    same = ast.unparse(ast.parse(original))
    try:
        runs = [_observed(task, same) for _ in range(STABLE_RUNS)]
        stable = _stable([run for run in runs if run is not None])
        found = {}
        for number, text in mutants.items():
            run = _observed(task, text)
            difference = _difference(stable, run) if run is not None else None
            if difference:
                found[number] = difference
    finally:
        _write(task["file"], original)
    return found


def _observed(task: dict[str, Any], text: str) -> dict[str, list[str]] | None:
    _write(task["file"], text)
    handle, path = tempfile.mkstemp(suffix=".json")
    os.close(handle)

    def work() -> int:
        recorder = Recorder(task["file"])
        status = int(pytest.main([*QUIET, "tests"], plugins=[recorder]))
        _write(path, json.dumps(recorder.events))
        return status

    ended = forked(work, seconds=TEST_SECONDS)
    with open(path, encoding="utf-8") as file:
        told = file.read()
    os.unlink(path)
    return json.loads(told) if ended is not None and told else None


def _stable(runs: list[dict[str, list[str]]]) -> dict[str, dict[int, str]]:
    """Keep what was the same in every run of the original."""
    if not runs:
        return {}
    kept: dict[str, dict[int, str]] = {}
    for test, events in runs[0].items():
        others = [run.get(test, []) for run in runs[1:]]
        if all(len(other) == len(events) for other in others):
            kept[test] = {i: e for i, e in enumerate(events) if all(other[i] == e for other in others)}
    return kept


def _difference(stable: dict[str, dict[int, str]], run: dict[str, list[str]]) -> str | None:
    for test, events in stable.items():
        mutated = run.get(test, [])
        for index, event in events.items():
            now = mutated[index] if index < len(mutated) else "nothing"
            if now != event:
                return f"{test}: {told_apart(event, now)}"
    return None


def _differential(task: dict[str, Any], original: str, mutants: dict[str, str], answer: dict[str, Any]) -> None:
    """Make the tests' calls again, and calls like them, on the original and on each mutant that is left."""
    recorder = Recorder(task["file"], keeps_calls=True)
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing), contextlib.redirect_stderr(nothing):
        pytest.main([*QUIET, "--import-mode=importlib", *task["tests"]], plugins=[recorder])
    recorder.calls = {key: [c for c in rows if c.arguments is not None] for key, rows in recorder.calls.items()}
    made = functions_by_key(task["file"])
    for number, text in mutants.items():
        swap = Swap(original, text, task["file"])
        if swap.is_same:
            answer["same"].append(number)
            continue
        templates = _templates(recorder, made, swap.keys)
        variations = Variations(recorder.calls, original, f"{task['seed']}:{number}")
        told = _in_fork(
            lambda s=swap, t=templates, v=variations: _compared(task, s, t, v, made), task["seconds"] + GRACE
        )
        answer["calls"][number] = told.get("calls", 0)
        if told.get("difference"):
            answer["found"][number] = told["difference"]
    answer["branches"] = _taken(task, original, recorder, made)


def _templates(recorder: Recorder, made: dict[Key, Any], keys: set[Key]) -> list[Call]:
    return [c for rows in recorder.calls.values() for c in rows if c.reached & keys and c.key in made]


def _compared(
    task: dict[str, Any], swap: Swap, templates: list[Call], variations: Variations, made: dict[Key, Any]
) -> dict[str, Any]:
    """Count calls until one shows a difference: the original must answer alike before and after, the mutant twice."""
    calls = 0
    until = time.monotonic() + task["seconds"]
    for number in range(task["calls"]) if templates else ():
        if time.monotonic() > until:
            break
        key, positional, named = variations.like(templates, number)
        if number % 2:
            positional, named = without_defaults(made[key], positional, named)
        drawn = key, positional, named
        usual = _outcome(made, swap, drawn, number, mutant=False)
        if usual is None:
            continue
        calls += 1
        other = _outcome(made, swap, drawn, number, mutant=True)
        if other == usual or (number >= len(templates) and usual.startswith(_ILL_TYPED)):
            continue
        again = [_outcome(made, swap, drawn, number, mutant=side) for side in (False, True)]
        if again == [usual, other]:
            said = f"{key[0]}({described(positional)}, {described(named)})"
            return {"calls": calls, "difference": f"{said[:300]}: {told_apart(usual, other or 'no end')}"}
    return {"calls": calls}


def _outcome(
    made: dict[Key, Any], swap: Swap, drawn: tuple[Key, list[Any], dict[str, Any]], seed: int, *, mutant: bool
) -> str | None:
    """Return what could be seen of one call; None when it took too long or cannot be made."""
    key, positional, named = drawn
    try:
        positional, named = copy.deepcopy((positional, named))
    except Exception:
        return None
    swap.put(mutant=mutant)
    try:
        return _called(made[key], positional, named, seed)
    finally:
        swap.put(mutant=False)


def _called(function: Any, positional: list[Any], named: dict[str, Any], seed: int) -> str | None:
    printed = io.StringIO()
    random.seed(seed)
    signal.setitimer(signal.ITIMER_REAL, CALL_SECONDS)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                result = described(_unrolled(function(*positional, **named)))
            except _TimeIsUp:
                return None
            except BaseException as error:
                result = f"raises {described(error)}"
    except _TimeIsUp:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return f"{result}; left {described([positional, named])}; printed {scrubbed(printed.getvalue())!r}"


def _unrolled(result: Any) -> Any:
    """Await, and take the first items of, what gives its answer later."""
    if inspect.iscoroutine(result):
        return ["awaited", _unrolled(asyncio.run(result))]
    if hasattr(result, "__anext__"):
        return ["items", asyncio.run(_items_later(result))]
    if hasattr(result, "__next__"):
        return ["items", _items(result)]
    return result


def _items(iterator: Any) -> list[Any]:
    found: list[Any] = []
    try:
        for item in iterator:
            found.append(described(item))
            if len(found) == MOST_ITEMS:
                break
    except Exception as error:
        found.append(f"raises {described(error)}")
    return found


async def _items_later(iterator: Any) -> list[Any]:
    found: list[Any] = []
    try:
        while len(found) < MOST_ITEMS:
            found.append(described(await iterator.__anext__()))
    except StopAsyncIteration:
        pass
    except Exception as error:
        found.append(f"raises {described(error)}")
    return found


def _taken(task: dict[str, Any], original: str, recorder: Recorder, made: dict[Key, Any]) -> list[list[int]]:
    """Return those of the missed branches that a changed call takes, by coverage.py."""
    missed = {(a, b) for a, b in task["branches"]}
    keys = set(functions_at({abs(a) for a, _ in missed}, original).values())
    templates = _templates(recorder, made, keys)
    if not templates:
        return []
    variations = Variations(recorder.calls, original, f"{task['seed']}:branches")
    taken = _in_fork(lambda: {"taken": _arcs(task, templates, variations, made)}, task["seconds"] + GRACE).get(
        "taken", []
    )
    return [[a, b] for a, b in taken if (a, b) in missed]


def _arcs(
    task: dict[str, Any], templates: list[Call], variations: Variations, made: dict[Key, Any]
) -> list[tuple[int, int]]:
    import coverage
    from coverage.parser import PythonParser

    measuring = coverage.Coverage(branch=True, include=[task["file"]], data_file=None, config_file=False)
    measuring.start()
    until = time.monotonic() + task["seconds"]
    for number in range(task["calls"]):
        if time.monotonic() > until:
            break
        key, positional, named = variations.like(templates, number)
        _called(made[key], positional, named, number)
    measuring.stop()
    parser = PythonParser(filename=task["file"])
    parser.parse_source()
    return sorted(parser.translate_arcs(measuring.get_data().arcs(task["file"]) or []))


def _in_fork(work: Any, seconds: float) -> dict[str, Any]:
    """Run in a fork that tells its answer in a file; {} when it told nothing."""
    handle, path = tempfile.mkstemp(suffix=".json")
    os.close(handle)

    def told() -> int:
        signal.signal(signal.SIGALRM, _up)
        _guarded_wholly()
        _write(path, json.dumps(work()))
        return 0

    forked(told, seconds=seconds)
    with open(path, encoding="utf-8") as file:
        said = file.read()
    os.unlink(path)
    return json.loads(said) if said else {}


def _up(*_: Any) -> None:
    raise _TimeIsUp


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    sys.exit(main())
