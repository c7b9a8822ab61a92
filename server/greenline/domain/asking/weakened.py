"""Whether a test asserts less than before, or what came out in the place of what was meant."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

from greenline.domain.asking.asserted import EXACT, Asserted, asserted_in
from greenline.domain.asking.evaded import evaded
from greenline.domain.asking.tolerances import usual_tolerance
from greenline.domain.code.dotted_names import last_name
from greenline.domain.code.parse import parse
from greenline.domain.code.written_tables import looped, parametrized

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SEVERAL = 2
_LONGEST = 80


def weakened(before: str, after: str) -> str:
    """Return in a sentence (without a full stop) what ``after`` asserts less than ``before``; empty for nothing.

    Both are the code of one test, of two rounds. Another expected value is no weakening: see ``bent``. What did not
    parse before asserted nothing. Raises nothing.
    """
    old, _ = parse(before)
    new, _ = parse(after)
    if old is None:
        return ""
    if new is None:
        return "it does not parse any more"
    try:
        return next(_weaker(old, new), "")
    except RecursionError:  # nobody can tell what it asserts; such a test is not run
        return ""


def bent(before: str, after: str, failure: str) -> str:
    """Return in a sentence which expected value was changed to what came out, as ``failure`` tells; empty for none.

    That is no weakening, but what the code does stands there now for what it should do. Raises nothing.
    """
    old, _ = parse(before)
    new, _ = parse(after)
    try:
        return next(_bent(old, new, failure), "") if old is not None and new is not None else ""
    except RecursionError:
        return ""


def _weaker(old: ast.Module, new: ast.Module) -> Iterator[str]:
    yield from evaded(old, new)
    was, now = asserted_in(old), asserted_in(new, old)
    if any(each.caught for each in now) and not any(each.caught for each in was):
        yield f"{_shown(next(each for each in now if each.caught))} stands where its failure is caught"
    if _returns(new) > _returns(old):
        yield "it may return before it asserts"
    pairs, gone, added = _paired(was, now)
    for one, other in pairs:
        yield from _less(one, other)
    yield from _gone(gone, added, rows=max(1, _rows(new)))
    lost, exact = _rows(old) - _rows(new), sum(each.strength == EXACT for each in added)
    if lost > exact and (_rows(new) or _has_table(new)):
        yield f"{lost} {'row' if lost == 1 else 'rows'} of its table {'is' if lost == 1 else 'are'} gone"


def _paired(
    was: Sequence[Asserted], now: Sequence[Asserted]
) -> tuple[list[tuple[Asserted, Asserted]], list[Asserted], list[Asserted]]:
    """Return the assertions that belong together, those that are gone, and those that are new."""
    rest = list(now)
    unchanged: list[tuple[Asserted, Asserted]] = []
    changed: list[Asserted] = []
    for each in was:
        same = next((other for other in rest if (other.text, other.inside) == (each.text, each.inside)), None)
        if same is None:
            changed.append(each)
        else:
            rest.remove(same)
            unchanged.append((each, same))
    pairs, gone = unchanged, []
    for each in changed:
        near = [other for other in rest if _about(other) == _about(each)]
        best = max(near, key=lambda other: (other.operator == each.operator, other.strength), default=None)
        if best is None:
            gone.append(each)
        else:
            rest.remove(best)
            pairs.append((each, best))
    return pairs, gone, rest


def _about(each: Asserted) -> tuple[str, bool]:
    return each.subject, bool(each.error)


def _less(was: Asserted, now: Asserted) -> Iterator[str]:
    """Yield what one assertion says less than another about the same."""
    if now.conditional and not was.conditional:
        yield f"{_shown(now)} holds only under a condition now"
    if now.strength < was.strength:
        yield f"{_shown(was)} became {_shown(now)}, which says less"
    if now.anything > was.anything:
        yield f"{_shown(now)} takes anything where a value was expected"
    if was.error:
        yield from _less_of_error(was, now)
    wider = dict(was.tolerance)
    for name, width in now.tolerance:
        if width > wider.get(name, usual_tolerance(name, now.expected)) and name in {*wider, *_given_alone(now)}:
            yield f"{_shown(now)} tolerates more than before"
    if now.operator in {"or", "In"} and was.operator != now.operator and was.strength > now.strength:
        yield f"{_shown(was)} became {_shown(now)}, which says less"
    if was.operator == now.operator == "isinstance" and len(_types(now)) > len(_types(was)):
        yield f"{_shown(now)} takes more types than before"


def _given_alone(now: Asserted) -> set[str]:
    """Tolerances that are told without having been: a whole number of places does not widen by being told."""
    return {name for name, _ in now.tolerance if name not in {"places", "decimal"}}


def _less_of_error(was: Asserted, now: Asserted) -> Iterator[str]:
    if _is_wider(was.error, now.error):
        yield f"it expects {now.error} where it expected {was.error}"
    if was.match is not None and now.match is None:
        yield f"the message of the {was.error} is expected no more ({_cut(was.match)})"
    elif was.match and now.match and was.match != now.match and _plain(now.match) in _plain(was.match):
        yield f"less of the message of the {was.error} is expected ({_cut(now.match)})"


def _gone(gone: Sequence[Asserted], added: Sequence[Asserted], rows: int) -> Iterator[str]:
    """Yield those for which nothing came that says as much."""
    free = list(added) * rows
    for each in gone:
        parts = [other for other in added if _is_part(each.subject, other.subject)]
        if 0 < len(parts) < _SEVERAL and each.strength == EXACT and not each.error:
            yield f"{_shown(each)} became {_shown(parts[0])}, which says less"
            free = [other for other in free if other is not parts[0]]
            continue
        as_much = next((other for other in free if _says_as_much(other, each)), None)
        if as_much is None:
            weaker = next((other for other in added), None)
            became = f" became {_shown(weaker)}, which says less" if weaker else " is gone"
            yield f"{_shown(each)}{became}"
            return
        free.remove(as_much)


def _says_as_much(now: Asserted, was: Asserted) -> bool:
    return (
        now.strength >= was.strength
        and now.anything <= was.anything
        and (was.conditional or not now.conditional)
        and (was.caught or not now.caught)
    )


def _is_part(whole: str, part: str) -> bool:
    """Tell whether an assertion about ``part`` says something of ``whole``: its length, a field, an element."""
    if not whole or whole == part:
        return False
    return re.search(rf"(?<![\w.]){re.escape(whole)}(?=[.\[)])", part) is not None


def _bent(old: ast.Module, new: ast.Module, failure: str) -> Iterator[str]:
    was, now = asserted_in(old), asserted_in(new, old)
    pairs, gone, added = _paired(was, now)
    for one, other in pairs:
        if one.error and other.error != one.error and _is_said(other.error, failure):
            yield f"it expected {one.error}, and expects {other.error} now, which is what was raised"
        if one.match and other.match and other.match != one.match and _is_said(_plain(other.match), failure):
            yield f"it expected {_cut(one.match)} in the message, and expects now what was raised ({_cut(other.match)})"
        if one.expected is not None and other.expected is not None:
            yield from _changed(one.expected, other.expected, failure)
    for one in gone:
        yield from _bent_to_another_kind(one, added, failure)
    for one_row, other_row in zip(_cells(old), _cells(new), strict=False):
        yield from _changed(one_row, other_row, failure)


def _bent_to_another_kind(was: Asserted, added: Sequence[Asserted], failure: str) -> Iterator[str]:
    for now in added:
        if now.error and not was.error and _is_said(now.error, failure):
            yield f"{_shown(was)} became {_shown(now)}, which is what was raised"
        if was.error and not now.error and "DID NOT RAISE" in failure:
            yield f"it expected {was.error}, and asserts now what came instead ({_shown(now)})"


def _changed(was: ast.expr, now: ast.expr, failure: str) -> Iterator[str]:
    old, new = ast.unparse(was), ast.unparse(now)
    if old != new and any(_is_said(said, failure) for said in {new, _repr(now)}):
        yield f"it expected {_cut(old)}, and expects {_cut(new)} now, which is what came out"


def _is_said(value: str, failure: str) -> bool:
    """Tell whether a value is what came out: it stands by itself in a line that tells of an assertion or an error."""
    if not value.strip("'\" "):
        value = value or "''"
    by_itself = re.compile(rf"(?<![\w.'\"-]){re.escape(value)}(?![\w'\"]|\.\d)")
    inside = value.strip("'\"")
    lines = [line for line in failure.split("\n") if _TELLS.search(line)]
    if any(by_itself.search(line) for line in lines):
        return True
    return len(inside) > _SHORT_TEXT and any(inside in line for line in lines)


_TELLS = re.compile(r"assert|Error|Exception|where |!=|==|^E\b|^\s*[-+?] |got|Raise|raise")
_SHORT_TEXT = 4


def _repr(node: ast.expr) -> str:
    try:
        return repr(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return ast.unparse(node)


def _cells(tree: ast.Module) -> list[ast.expr]:
    """Return the cells of the tables, row by row, under the names that are asserted."""
    return [value for rows in _tables(tree) for row in rows for _, value in sorted(row.items())]


def _rows(tree: ast.Module) -> int:
    """Return how many different rows there are."""
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For) and any(map(_is_assert, ast.walk(node)))]
    tables = [*_tables(tree), *(looped(node.target, node.iter) for node in loops)]
    return sum(len({tuple((name, ast.dump(cell)) for name, cell in row.items()) for row in rows}) for rows in tables)


def _is_assert(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert)


def _has_table(tree: ast.Module) -> bool:
    return any(last_name(each) == "parametrize" for each in ast.walk(tree) if isinstance(each, ast.Call))


def _tables(tree: ast.Module) -> Iterator[list[dict[str, ast.expr]]]:
    assigned = [node for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)]
    named = {node.targets[0].id: node.value for node in assigned if isinstance(node.targets[0], ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS):
            for decorator in node.decorator_list:
                yield from [rows for rows in [parametrized(decorator, named)] if rows]


def _returns(tree: ast.Module) -> int:
    tests = [node for node in tree.body if isinstance(node, _FUNCTIONS) and node.name.startswith("test")]
    return sum(isinstance(each, ast.Return) for node in tests for each in _own(node))


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is in a function, but not what is in functions in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
            yield child
            yield from _own(child)


def _is_wider(was: str, now: str) -> bool:
    """Tell whether an error that is expected includes more than before."""
    if was == now:
        return False
    old, new = _classes(was), _classes(now)
    if old < new:
        return True
    return any(name in {"Exception", "BaseException"} and name not in old for name in new) or any(
        _is_subclass(one, other) for one in old for other in new if one != other
    )


def _classes(error: str) -> set[str]:
    return set(re.findall(r"[\w.]+", error))


def _is_subclass(one: str, other: str) -> bool:
    first, second = getattr(builtins, one, None), getattr(builtins, other, None)
    return isinstance(first, type) and isinstance(second, type) and issubclass(first, second)


def _types(each: Asserted) -> list[str]:
    _, _, second = (each.inside or each.text).partition(",")
    return re.findall(r"[\w.]+", second)


def _plain(pattern: str) -> str:
    """Return what a pattern says, without quotes and what stands for anything."""
    return re.sub(r"\\(.)", r"\1", re.sub(r"^[rbuf]*['\"]|['\"]$|\.\*|[\^$]", "", pattern))


def _shown(each: Asserted) -> str:
    text = each.inside or each.text
    words = text if each.error or each.operator.startswith("assert_") else f"assert {text}"
    return f"`{_cut(words)}`"


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
