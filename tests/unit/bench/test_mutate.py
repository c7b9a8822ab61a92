"""Mutants to report with are not those to choose with."""

from __future__ import annotations

import ast
import copy
from types import CodeType
from typing import Any

from mutate import NEAR, sampled

from greenline_probe.explore import mutants as engine

SOURCE = '''
"""Docstrings stay."""

NAMES = {"a": 1}


def price(weight: int = 5, *, express: bool = False, limit: float = 2.5) -> int:
    """Return 1, never 2."""
    if weight <= 0 or weight > 100:
        raise ValueError(f"no such weight: {weight}")
    total = weight * 3 + 1
    if express and not limit == 1:
        total += 7
    try:
        total //= int(str(weight).strip("x"))
    except ZeroDivisionError:
        total = -1
    while total > 50:
        total -= 10
        if total in (3, 4):
            break
    assert total is not None
    return max(total, weight)


def words(texts, found=b"q"):
    for text in texts:
        if text.startswith("#", 0):
            continue
        yield [part for part in text.split(",") if part != "x"]
    del found


class Box:
    size = 3

    def grown(self, by):
        return self.size << by if by < 4 else "big"
'''


def test_no_mutant_is_one_that_the_engine_chooses_by() -> None:
    theirs = {like(compiled(text)) for text in made_by_the_engine()}
    assert len(theirs) > 60
    same = [(m.operator, m.line) for m in sampled(SOURCE, 10_000, "all") if like(compiled(m.text)) in theirs]
    assert same == []


def test_every_mutant_compiles_differs_and_says_the_statement_that_it_changes() -> None:
    found = sampled(SOURCE, 10_000, "all")
    assert len({m.text for m in found}) == len(found) > 60
    assert all(ast.unparse(ast.parse(SOURCE)) != m.text for m in found)
    negated = next(m for m in found if m.operator == "condition negated" and "if not (weight <= 0" in m.text)
    assert negated.line == 9


def test_operators_near_to_the_engines_are_marked_and_others_are_there_too() -> None:
    operators = {m.operator: m.near for m in sampled(SOURCE, 10_000, "all")}
    assert {name for name, near in operators.items() if near} == set(NEAR)
    assert {
        "default", "comparison one-sided", "unary", "other exception", "handler raises again", "break/continue",
        "arguments exchanged", "related method", "related function", "nothing yielded", "comprehension unfiltered",
        "loop backwards", "statement left out",
    } == {name for name, near in operators.items() if not near}  # fmt: skip


def test_the_seed_draws_the_mutants_and_what_is_outside_of_functions_stays() -> None:
    assert sampled(SOURCE, 5, "one") == sampled(SOURCE, 5, "one") != sampled(SOURCE, 5, "two")
    for mutant in sampled(SOURCE, 10_000, "all"):
        assert '"""Return 1, never 2."""' in mutant.text
        assert "NAMES = {'a': 1}" in mutant.text
        assert "    size = 3" in mutant.text


def made_by_the_engine() -> list[str]:
    tree = ast.parse(SOURCE)
    texts = []
    for node in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        for _, _, changed, _ in engine._changes(node):
            whole: Any = copy.deepcopy(tree)
            for parent in ast.walk(whole):
                body = getattr(parent, "body", [])
                for index, child in enumerate(body if isinstance(body, list) else []):
                    if isinstance(child, ast.FunctionDef) and child.lineno == node.lineno:
                        parent.body[index] = changed  # type: ignore[attr-defined]
            texts.append(ast.unparse(ast.fix_missing_locations(whole)))
    return texts


def compiled(text: str) -> CodeType | None:
    try:
        return compile(text, "mutant", "exec")
    except SyntaxError:
        return None


def like(code: Any) -> Any:
    if not isinstance(code, CodeType):
        return repr(code)
    return (code.co_name, code.co_code, code.co_names, code.co_varnames, tuple(map(like, code.co_consts)))


def test_only_what_stands_on_given_lines_is_changed() -> None:
    lines = range(7, 13)
    mutants = sampled(SOURCE, 1_000, "some", lines)
    assert {mutant.line for mutant in mutants} <= set(lines)
    assert {mutant.text for mutant in mutants} == {
        mutant.text for mutant in sampled(SOURCE, 1_000, "all") if mutant.line in lines
    }
