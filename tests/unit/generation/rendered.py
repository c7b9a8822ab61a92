"""Cases of every shape, and what they are rendered to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenline.domain.code.read_module import read_module
from greenline.domain.generation.case import Argument, Case
from greenline.domain.generation.merge import merge_tests
from greenline.domain.generation.render import render_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.generation.model import Candidate

SOURCE = """\
def work(text, number=1, *, key=None):
    if not text.strip():
        return None
    if text.startswith("x-"):
        return text[2:]
    return number


class Box:
    def __init__(self, size=1):
        self.size = size

    def put(self, item):
        if item == "not here":
            raise ValueError(item)
        self.size += 1
"""
WORK = ("work", "shop.work", "work")
BOX = ("Box", "shop.work", "Box")


def case(
    *arguments: str, call: str = "work", labels: Sequence[str] = (), parameters: Sequence[str] = (), **more: Any
) -> Case:
    """A case of ``work(...)``; ``parameters`` and ``labels`` are those of the arguments."""
    names = [*parameters, *("text", "number", "key", "fourth", "fifth")[len(parameters) :]]
    given = [*labels, *[""] * (len(arguments) - len(labels))]
    passed = tuple(Argument(name, label, source) for name, label, source in zip(names, given, arguments, strict=False))
    marks = ", ".join(f"\x00{index}\x00" for index in range(len(passed)))
    more.setdefault("imports", (WORK if "work" in call else BOX,))
    return Case(call=f"{call}({marks})", arguments=passed, **more)


def render(cases: Sequence[Case], qualname: str = "work", taken: frozenset[str] = frozenset()) -> tuple[Candidate, ...]:
    module, _ = read_module(SOURCE)
    function = module.function(qualname)
    assert function is not None
    return render_cases(cases, function, SOURCE, {}, taken)


def file_of(candidates: Sequence[Candidate]) -> str:
    """Return the new test file that holds the candidates."""
    merged = merge_tests(None, candidates, first_party=("shop",))
    assert not merged.problem
    return merged.new_text
