"""What tests for many functions would cost, on paper: requests are made up, and paid as those in the ledger are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from greenline.domain.asking.entries import Entry
from greenline.domain.asking.model import Price, Usage
from greenline.domain.asking.prices import cost

LEFT_OVER = 0.3
"""Of the functions, those for which exploring leaves something: as measured on modules that it was not made with."""
ENOUGH = 20
"""Answers, from which on what was really asked says more than the assumptions."""


@dataclass(frozen=True, slots=True)
class Workload:
    """What is assumed of the functions and of the requests for them. All lengths are in tokens."""

    per_module: int = 20
    """Functions of a module. Those that are asked for come one after the other, so that the cache keeps their prompt:
    each request makes its five minutes begin anew."""
    shared: int = 2_000
    """Instructions: the same for all modules."""
    module: int = 8_500
    """What is the same for a module: 500 lines of it, guidance by kind of code, the project's style, a test."""
    own: int = 1_200
    """What is asked of one function: what is left, what exploring saw."""
    answer: int = 4_000
    """Thinking included."""
    said: int = 1_000
    """Of the answer, what is sent back with the next request: all but the thinking."""
    again: float = 0.5
    """Requests of a function that follow the first, in the mean: what failed is sent back."""
    follow_up: int = 800
    left_over: float = LEFT_OVER
    measured: int = 0
    """The answers that these numbers rest on; 0: they are assumptions."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The cost of one way to ask, in dollars."""

    cached: bool
    explored: bool
    requests: int
    usage: Usage
    dollars: float
    batch: float
    """The same through the Message Batches API."""


def on_paper(functions: int, price: Price, workload: Workload) -> tuple[Paper, ...]:
    """Return what tests for so many functions cost: with and without caching, with and without exploring first."""
    return tuple(
        _paper(functions, price, workload, cached, explored) for explored in (True, False) for cached in (True, False)
    )


def fitted(workload: Workload, asked: Sequence[Entry]) -> Workload:
    """Return the workload as real requests had it, where there were enough: their lengths, and how many to a target."""
    answered = [each for each in asked if each.outcome == "answered" and each.exact]
    if len(answered) < ENOUGH:
        return workload
    firsts = _firsts(answered)
    whole = sum((each.usage for each in firsts), Usage())
    answer = sum(each.usage.output for each in answered) / len(answered)
    return replace(
        _with_prompts(workload, whole, len(firsts)),
        answer=round(answer),
        said=round(workload.said * answer / workload.answer),
        again=len(answered) / len(firsts) - 1,
        measured=len(answered),
    )


def _firsts(answered: Sequence[Entry]) -> list[Entry]:
    """Return the first request of each target: the shortest, as those that follow say all of it again."""
    firsts: dict[tuple[str, str], Entry] = {}
    for each in answered:
        known = firsts.setdefault((each.project, each.target), each)
        if _sent(each.usage) < _sent(known.usage):
            firsts[each.project, each.target] = each
    return [*firsts.values()]


def _with_prompts(workload: Workload, whole: Usage, targets: int) -> Workload:
    """Return the workload with the lengths that these first requests have in the mean."""
    kept = (whole.cache_written + whole.cache_read) / targets
    if kept > workload.shared:
        return replace(workload, module=round(kept) - workload.shared, own=round(whole.fresh / targets))
    scale = _sent(whole) / targets / (workload.shared + workload.module + workload.own)
    lengths = {name: round(getattr(workload, name) * scale) for name in ("shared", "module", "own")}
    return replace(workload, **lengths)


def _sent(usage: Usage) -> int:
    return usage.total - usage.output


def _paper(functions: int, price: Price, workload: Workload, cached: bool, explored: bool) -> Paper:
    asked = round(functions * workload.left_over) if explored else functions
    modules = math.ceil(functions / workload.per_module)
    usages = list(_usages(asked, modules, workload, cached))
    return Paper(
        cached,
        explored,
        len(usages),
        sum(usages, Usage()),
        sum(cost(usage, price) for usage in usages),
        sum(cost(usage, price, batch=True) for usage in usages),
    )


def _usages(asked: int, modules: int, workload: Workload, cached: bool) -> Iterator[Usage]:
    """Yield the requests, module after module: the first of each writes it to the cache, the others read it."""
    owed, before = 0.0, -1
    for number in range(asked):
        module = number * modules // asked
        written = workload.module * (module != before) + workload.shared * (number == 0)
        before = module
        yield _usage(workload, written, workload.own, cached)
        owed += workload.again
        fresh = workload.own
        while owed >= 1:
            owed -= 1
            fresh += workload.said + workload.follow_up
            yield _usage(workload, 0, fresh, cached)


def _usage(workload: Workload, written: int, fresh: int, cached: bool) -> Usage:
    prefix = workload.shared + workload.module
    if not cached:
        return Usage(fresh=prefix + fresh, output=workload.answer)
    return Usage(fresh, written, prefix - written, workload.answer)
