"""The examples that documentation shows, run as they stand there, and what the code says to them."""

from __future__ import annotations

import ast
import contextlib
import doctest
import io
import math
import re
import sys
import types
from dataclasses import dataclass, field
from typing import Any, Callable

from greenline_probe import clock
from greenline_probe.explore.definitions import callee
from greenline_probe.explore.subject import Subject

MAX_STATEMENTS = 40
"""Of one docstring; the rest is not looked at."""
MAX_SHOWN = 200
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_SHOWERS = frozenset({"list", "tuple", "sorted", "set", "dict", "print", "repr", "str"})
"""What an example puts around a call to show its result."""
_ASSERTED = re.compile(r"\s*(?:->|=>|==|→|⇒|#\s*(?:->|=>|==|→|⇒)?|returns?\b)\s*(?P<value>\S.*)$")
_TRACEBACK = re.compile(r"(?:\w+\.)*(?P<name>\w+)\s*(?::|$)")


@dataclass
class Example:
    """One statement of a docstring. ``before`` are those above it; ``line`` is the module's."""

    node: ast.stmt
    source: str
    line: int
    want: str = ""
    raises: str = ""
    """The last line of the traceback that is shown."""
    options: int = _FLAGS
    before: list[ast.stmt] = field(default_factory=list)
    in_prose: bool = False
    """Written in a sentence and not at a prompt: what it says is a literal."""


@dataclass
class Outcome:
    """What came of an example. ``agrees`` is None where it cannot be told."""

    example: Example
    call: ast.expr
    """The call of the target (or the access to it) inside."""
    agrees: bool | None
    value: Any = None
    error: str = ""
    """Name of the exception's class."""
    text: str = ""
    """What was shown instead, for a person."""
    space: dict[str, Any] = field(default_factory=dict)


Guarded = Callable[[str, Callable[[], Any]], "tuple[Any, BaseException | None]"]
"""Runs work under the limits of a call, named by a mark; returns its result and what it raised."""


def examples_about(subject: Subject) -> list[list[Example]]:
    """Return the documented examples by docstring, up to the last one that shows the target."""
    found = []
    for node in _documented(subject):
        block = _read(node, subject)
        last = max((i for i, e in enumerate(block) if shown_call(e.node, subject) is not None), default=-1)
        if last >= 0:
            found.append(block[: last + 1][:MAX_STATEMENTS])
    return found


def run_examples(subject: Subject, guarded: Guarded) -> list[Outcome]:
    """Run the examples in order, each docstring in a namespace of its own, and compare what they show."""
    outcomes = []
    for block in examples_about(subject):
        space = _namespace(subject)
        for example in block:
            call = shown_call(example.node, subject)
            if call is not None and not _is_of_target(call, subject, space):
                call = None
            outcome = _run(example, call or ast.Constant(None), space, guarded)
            if call is not None and (example.want or example.raises or isinstance(example.node, ast.Assert)):
                outcomes.append(outcome)
    return outcomes


def shown_call(statement: ast.stmt, subject: Subject) -> ast.expr | None:
    """Return the call of the target that a statement shows the result of; None for any other statement."""
    if isinstance(statement, ast.Assert):
        return _compared(statement.test, subject)
    if not isinstance(statement, ast.Expr):
        return None
    return _compared(statement.value, subject) or _direct(statement.value, subject)


def _is_of_target(call: ast.expr, subject: Subject, space: dict[str, Any]) -> bool:
    """Tell whether what is called is the target, and not something else of that name."""
    function = call.func if isinstance(call, ast.Call) else call
    if subject.kind in ("function", "constructor"):
        return _looked_up(function, space) is (subject.owner or vars(subject.module).get(subject.qualname))
    if not isinstance(function, ast.Attribute):
        return False
    if isinstance(function.value, ast.Call):
        return bool(callee(function.value) == subject.owner.__name__)
    receiver = space.get(function.value.id) if isinstance(function.value, ast.Name) else None
    receiver = receiver if receiver is not None else _looked_up(function.value, space)
    kind: type = receiver if isinstance(receiver, type) else type(receiver)
    return bool(issubclass(kind, subject.owner))


def _looked_up(node: ast.expr, space: dict[str, Any]) -> Any:
    """Return what a dotted name means; only modules and classes are looked into."""
    if isinstance(node, ast.Name):
        return space.get(node.id)
    inner = _looked_up(node.value, space) if isinstance(node, ast.Attribute) else None
    if isinstance(node, ast.Attribute) and isinstance(inner, (type, types.ModuleType)):
        return getattr(inner, node.attr, None)
    return None


def _compared(node: ast.expr, subject: Subject) -> ast.expr | None:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], (ast.Eq, ast.Is)):
        return _direct(node.left, subject)
    return None


def _direct(node: ast.expr, subject: Subject) -> ast.expr | None:
    name = subject.owner.__name__ if subject.kind == "constructor" else subject.name
    if subject.kind == "property":
        return node if isinstance(node, ast.Attribute) and node.attr == name else None
    if not isinstance(node, ast.Call):
        return None
    if callee(node) == name:
        # A function's own name as that of another object's method is another function.
        is_method = subject.kind in ("method", "classmethod", "staticmethod")
        return node if isinstance(node.func, ast.Attribute) or not is_method else None
    if callee(node) in _SHOWERS and isinstance(node.func, ast.Name) and len(node.args) == 1 and not node.keywords:
        return _direct(node.args[0], subject)
    return None


# ---- reading -------------------------------------------------------------------------------------------------------


def _documented(subject: Subject) -> list[Any]:
    """Return the definitions whose docstrings may show the target, the nearest first."""
    around: list[Any] = [subject.node]
    if subject.owner is not None:
        around += [
            n for n in ast.walk(subject.tree) if isinstance(n, ast.ClassDef) and n.name == subject.owner.__name__
        ]
    return [*around, subject.tree]


def _read(node: Any, subject: Subject) -> list[Example]:
    text = ast.get_docstring(node, clean=False)
    if not text:
        return []
    first = node.body[0].value.lineno
    try:
        shown = doctest.DocTestParser().get_examples(text)
    except ValueError:
        return []
    found: list[Example] = []
    for one in shown:
        if one.options.get(doctest.SKIP):
            continue
        try:
            statements = ast.parse(one.source).body
        except (SyntaxError, ValueError):
            continue
        for statement in statements:
            last = statement is statements[-1]
            made = Example(statement, ast.unparse(statement), first + one.lineno)
            made.before = [e.node for e in found]
            if last:
                made.want, made.raises = one.want, one.exc_msg or ""
            found.append(made)
    return found + _in_prose(text, first, subject)


def _in_prose(text: str, first: int, subject: Subject) -> list[Example]:
    """Find lines that begin with a call of plain values and say what it gives: ``f(1) -> 2``, ``f(1)  # 2``."""
    found = []
    name = subject.name
    for number, raw in enumerate(text.splitlines()):
        line = raw.strip().lstrip("*-•").replace("`", "").strip()
        line = re.sub(r"^(?:assert|Returns?:?)\s+", "", line)
        start = re.match(rf"(?:\w+\.)*{re.escape(name)}\(", line)
        if start is None or raw.lstrip().startswith((">>>", "...")):
            continue
        for end in (i for i, c in enumerate(line) if c == ")"):
            says = _ASSERTED.match(line[end + 1 :])
            call, value = _plain_call(line[: end + 1]), _literal(says["value"].rstrip(" .;")) if says else None
            if call is not None and says and value is not None:
                want = repr(value[0])
                node = ast.Expr(call)
                found.append(Example(node, ast.unparse(call), first + number, want, in_prose=True))
                break
    return found


def _plain_call(source: str) -> ast.Call | None:
    try:
        node = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError):
        return None
    if not isinstance(node, ast.Call):
        return None
    arguments = [*node.args, *(k.value for k in node.keywords)]
    return node if all(_literal(ast.unparse(a)) is not None for a in arguments) else None


def _literal(source: str) -> tuple[Any] | None:
    try:
        return (ast.literal_eval(source),)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


# ---- running -------------------------------------------------------------------------------------------------------


def _namespace(subject: Subject) -> dict[str, Any]:
    """Return the module's names, as doctest gives them, and the module's and the package's own."""
    space = {"__builtins__": __builtins__, **vars(subject.module)}
    name = subject.module.__name__
    for short, full in ((name.partition(".")[0],) * 2, (name.rpartition(".")[2], name)):
        if full in sys.modules:
            space.setdefault(short, sys.modules[full])
    return space


def _run(example: Example, call: ast.expr, space: dict[str, Any], guarded: Guarded) -> Outcome:
    output, dated = io.StringIO(), clock.Watch()

    def work() -> Any:
        with contextlib.redirect_stdout(output), dated:
            if isinstance(example.node, ast.Expr):
                tree: Any = ast.Expression(example.node.value)
                return eval(compile(ast.fix_missing_locations(tree), "<doc>", "eval", dont_inherit=True), space)
            tree = ast.Module([example.node], [])
            exec(compile(ast.fix_missing_locations(tree), "<doc>", "exec", dont_inherit=True), space)
            return None

    value, error = guarded(f"{example.line}: {example.source}", work)
    outcome = Outcome(example, call, None, value, space=dict(space))
    if dated.asked:
        return outcome
    if error is not None:
        outcome.error, outcome.text = type(error).__name__, f"raises {type(error).__name__}: {error}".rstrip(": ")
        outcome.agrees = _agrees_to_raise(example, error)
    elif isinstance(example.node, ast.Assert):
        outcome.agrees = True
    else:
        shown = output.getvalue()
        shown += "" if value is None else f"{value!r}\n"
        outcome.text = f"gives {shown.strip() or None}"
        outcome.agrees = _agrees(example, shown, value, space)
    return outcome


def _agrees_to_raise(example: Example, error: BaseException) -> bool | None:
    if not isinstance(error, Exception) or isinstance(error, (NameError, ImportError)):
        return None  # the example leans on what is not there, or was stopped
    if example.raises:
        match = _TRACEBACK.match(example.raises)
        return bool(match and match["name"] in {base.__name__ for base in type(error).__mro__})
    return False if _is_certain(example.want) or isinstance(error, AssertionError) else None


def _agrees(example: Example, shown: str, value: Any, space: dict[str, Any]) -> bool | None:
    """Compare as doctest does; then by value, as the same value can be written in several ways."""
    if example.raises:
        return False
    if len(shown) > MAX_SHOWN * 10:
        return None
    if doctest.OutputChecker().check_output(example.want, shown, example.options):
        return True
    wanted = _literal(example.want.strip())
    if wanted is None:
        with contextlib.suppress(Exception):
            wanted = (eval(example.want.strip(), {**space}),)
            if type(wanted[0]) is type(value) and wanted[0] == value:
                return True
        # Texts that look different may mean the same: an address, an older repr.
        return False if _is_printed(example) and _is_certain(example.want) else None
    if value is None:
        return None
    if isinstance(wanted[0], float) and isinstance(value, float):
        return True if math.isclose(wanted[0], value, rel_tol=1e-9) else _is_rounded(wanted[0], value)
    same = type(wanted[0]) is type(value) or example.in_prose
    with contextlib.suppress(Exception):
        if same and wanted[0] == value:
            return True
    # A literal against what is no literal (an array, a lazy view): perhaps it just prints so.
    return False if _literal(repr(value)) is not None and _is_certain(example.want) else None


def _is_rounded(wanted: float, value: float) -> bool | None:
    return None if math.isclose(wanted, value, rel_tol=0.01) else False


def _is_printed(example: Example) -> bool:
    node = example.node
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and callee(node.value) == "print"


def _is_certain(want: str) -> bool:
    """Tell whether the text says all: nothing left out, no address."""
    return "..." not in want and " at 0x" not in want and len(want) <= MAX_SHOWN
