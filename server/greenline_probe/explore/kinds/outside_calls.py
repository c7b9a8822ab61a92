"""Code that starts programs, looks at the clock, waits or draws lots: what it calls is replaced where it is looked up.

A program's stand-in has the signature of ``subprocess.run``, and the test says how it was called. The clock stands at
times that the code tells apart; what is drawn is one of what may be.
"""

from __future__ import annotations

import ast
import asyncio
import random
import re
import secrets
import subprocess
import time
import uuid
from typing import TYPE_CHECKING, Any, Callable
from unittest import mock

from greenline_probe.explore.kinds.called import Called, calls_of, code_of, handled
from greenline_probe.explore.kinds.frozen import frozen_clocks
from greenline_probe.explore.pools import unique

if TYPE_CHECKING:
    from greenline_probe.explore.express import Expresser, Names
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.template import Slot
    from greenline_probe.explore.values import Values

STANDS_IN = True
_SPECCED = re.compile(r"(\w+) = \w*create_autospec\(")
_NOW = 1_700_000_000.0
MOST_TEXTS = 6


def settings(subject: Subject, values: Values) -> list[Slot]:
    """Return a slot for each thing outside that the code calls."""
    from greenline_probe.explore.template import Slot  # noqa: PLC0415 - it imports this package

    slots = []
    for called in calls_of(subject):
        make = next((make for thing, make in _MAKERS if thing is called.thing), None)
        pool = unique(make(called, subject, values)) if make else []
        if pool:
            # What nothing called is left out of the test; what stands still is not asked whether anybody looked.
            whole = pool if _SPECCED.match(pool[0]) else [pool[0], "", *pool[1:]]
            slots.append(Slot(f"${called.attribute}", whole, "setting"))
    for name, pool in frozen_clocks(subject, values):
        slots.append(Slot(name, [pool[0], "", *pool[1:]], "setting"))
    return slots


def arranged(lines: list[str], space: dict[str, Any], _: Expresser) -> tuple[list[str], list[str], list[str]] | None:
    """Leave out stand-ins that nothing called."""
    idle = [line for line in lines if (made := _SPECCED.match(line)) and _is_idle(space.get(made[1]))]
    return ([line for line in lines if line not in idle], [], []) if idle else None


def _is_idle(stand_in: Any) -> bool:
    return getattr(stand_in, "call_count", None) == 0


def replaced(called: Called, values: Values, given: list[str]) -> list[str]:
    """Return statements that put a specced stand-in there, one for each of what it is given."""
    names = values.names
    variable = free_name(called.attribute, names)
    spec = names.bind("create_autospec", "unittest.mock", "create_autospec", mock.create_autospec)
    thing = called.place(names).replace("'", "").replace(", ", ".")
    if called.holder is names.module:
        thing = names.bind_attribute(names.module.__name__, called.attribute, called.thing)
    ways = [f"{spec}({', '.join(filter(None, [thing, one]))})" for one in given]
    return [f"{variable} = {way}\nmonkeypatch.setattr({called.place(names)}, {variable})" for way in ways]


def free_name(wanted: str, names: Names) -> str:
    """Return a variable's name that hides nothing."""
    return f"fake_{wanted}" if wanted in names.bound or wanted in vars(names.module) else wanted


# ---- programs ------------------------------------------------------------------------------------------------------


def _run(called: Called, subject: Subject, values: Values) -> list[str]:
    """Return what ``subprocess.run`` may come to: texts, exit codes, errors that the code minds."""
    is_text = _is_text(called)
    home = values.names.of_module("subprocess")
    texts = [_as_output(t, is_text=is_text) for t in _texts(subject)]
    done = f"return_value={home}.CompletedProcess([], {{}}, stdout={{}})"
    codes = [] if _checks(called) else [c for c in _codes(subject) if c]
    given = [done.format(0, texts[0])]
    given += [done.format(code, texts[0])[:-1] + f", stderr={texts[0]})" for code in codes]
    given += [done.format(0, text) for text in texts[1:]]
    return replaced(called, values, [*given, *_errors(subject, home, is_text=is_text)])


def _check_output(called: Called, subject: Subject, values: Values) -> list[str]:
    is_text = _is_text(called)
    texts = [f"return_value={_as_output(t, is_text=is_text)}" for t in _texts(subject)]
    errors = _errors(subject, values.names.of_module("subprocess"), is_text=is_text)
    return replaced(called, values, [*texts, *errors])


def _check_call(called: Called, subject: Subject, values: Values) -> list[str]:
    errors = _errors(subject, values.names.of_module("subprocess"), is_text=False)
    codes = [] if called.attribute == "check_call" else _codes(subject)
    return replaced(called, values, ["return_value=0", *(f"return_value={c}" for c in codes if c), *errors])


def _errors(subject: Subject, home: str, *, is_text: bool) -> list[str]:
    caught = tuple(handled(subject))
    said = _as_output("no such thing", is_text=is_text)
    known = [
        (subprocess.TimeoutExpired, f"{home}.TimeoutExpired('abc', 5)"),
        (subprocess.CalledProcessError, f"{home}.CalledProcessError(1, 'abc', stderr={said})"),
        (FileNotFoundError, "FileNotFoundError('abc')"),
    ]
    return [f"side_effect={source}" for kind, source in known if caught and issubclass(kind, caught)]


def _is_text(called: Called) -> bool:
    words = {k.arg for node in called.nodes for k in node.keywords}
    return bool(words & {"text", "universal_newlines", "encoding", "errors"})


def _checks(called: Called) -> bool:
    return any(
        k.arg == "check" and isinstance(k.value, ast.Constant) and k.value.value is True
        for node in called.nodes
        for k in node.keywords
    )


def _codes(subject: Subject) -> list[int]:
    nodes = [n for code in code_of(subject) for n in ast.walk(code)]
    compares = [n for n in nodes if isinstance(n, ast.Compare) and "returncode" in ast.dump(n)]
    found = [c.value for n in compares for c in ast.walk(n) if isinstance(c, ast.Constant)]
    asked = any(isinstance(n, ast.Attribute) and n.attr == "returncode" for n in nodes)
    return list(dict.fromkeys([*(c for c in found if isinstance(c, int)), *([1] if asked else [])]))


def _texts(subject: Subject) -> list[str]:
    """Return what a program may print: the words that the code looks for are those that it does not say itself."""
    nodes = [n for code in code_of(subject) for n in ast.walk(code)]
    said = {id(c) for n in nodes if isinstance(n, (ast.List, ast.JoinedStr)) for c in ast.walk(n)}
    said |= {id(c) for n in nodes if isinstance(n, ast.Raise) for c in ast.walk(n)}
    asked = [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in said]
    doc = ast.get_docstring(subject.node, clean=False) if isinstance(subject.node, ast.FunctionDef) else None
    words = [w for w in unique(asked) if w.strip() and w != doc and not w.startswith("-")][:MOST_TEXTS]
    lines = [f"{word} abc\n" for word in words]
    return ["abc\n", "", "abc\ndef\n", *words, *lines, "1.2.3\n", "3\n"]


def _as_output(text: str, *, is_text: bool) -> str:
    return repr(text if is_text else text.encode())


# ---- waiting, time, chance -----------------------------------------------------------------------------------------


def _sleep(called: Called, _: Subject, values: Values) -> list[str]:
    return replaced(called, values, [""])


def _answers(*given: str) -> Callable[[Called, Subject, Values], list[str]]:
    """Return what makes statements that put small functions there."""

    def make(called: Called, _: Subject, values: Values) -> list[str]:
        return [f"monkeypatch.setattr({called.place(values.names)}, {source})" for source in given]

    return make


def _seconds(called: Called, subject: Subject, values: Values) -> list[str]:
    """Return clocks that stand at a second that the code compares with, or count on."""
    numbers = [c for c in subject.facts.constants if type(c) in (int, float) and c > 0]
    times = [_NOW, 1000.0, *(float(c + d) for c in numbers[:4] for d in (1, 0, -1))]
    return _answers(*(f"lambda: {at!r}" for at in times))(called, subject, values)


def _chances(called: Called, subject: Subject, values: Values) -> list[str]:
    limits = [c for c in subject.facts.constants if type(c) is float and 0 < c < 1]
    near = [round(c + d, 6) for c in limits[:4] for d in (-0.05, 0.0, 0.05)]
    found = [p for p in [0.5, *near, 0.0, 0.99] if 0 <= p < 1]
    return _answers(*(f"lambda: {p!r}" for p in found))(called, subject, values)


def _uuid(called: Called, subject: Subject, values: Values) -> list[str]:
    made = f"{values.names.of(uuid.UUID)}('12345678-1234-4678-9234-567812345678')"
    return _answers(f"lambda: {made}")(called, subject, values)


_MAKERS: list[tuple[Any, Callable[[Called, Subject, Values], list[str]]]] = [
    (subprocess.run, _run),
    (subprocess.check_output, _check_output),
    (subprocess.check_call, _check_call),
    (subprocess.call, _check_call),
    (time.sleep, _sleep),
    (asyncio.sleep, _sleep),
    (time.time, _seconds),
    (time.monotonic, _seconds),
    (time.perf_counter, _seconds),
    (random.random, _chances),
    (random.choice, _answers("lambda items: items[0]", "lambda items: items[-1]")),
    (random.randint, _answers("lambda low, high: low", "lambda low, high: high")),
    (random.uniform, _answers("lambda low, high: low", "lambda low, high: high")),
    (random.randrange, _answers("lambda *limits: 3", "lambda *limits: 0")),
    (random.shuffle, _answers("lambda items: items.reverse()")),
    (random.sample, _answers("lambda items, k: list(items)[:k]")),
    (uuid.uuid4, _uuid),
    (secrets.token_hex, _answers("lambda nbytes=None: 'c0ffee'")),
    (secrets.token_urlsafe, _answers("lambda nbytes=None: 'c0ffee'")),
    (secrets.choice, _answers("lambda items: items[0]", "lambda items: items[-1]")),
    (secrets.randbelow, _answers("lambda limit: 0", "lambda limit: limit - 1")),
]
