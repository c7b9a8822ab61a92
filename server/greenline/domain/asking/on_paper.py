"""What tests for many functions would cost, on paper: requests are made up, and paid as those in the ledger are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from greenline.domain.asking.entries import Entry
from greenline.domain.asking.model import Price, Usage
from greenline.domain.asking.prices import cost

ENOUGH = 20
"""Answers, from which on what was really asked says more than the assumptions."""


@dataclass(frozen=True, slots=True)
class Workload:
    """What is assumed of the functions and of the requests for them. All lengths are in tokens."""

    per_module: int = 20
    """Functions of one module that are asked for within five minutes: so long the cache keeps a prompt."""
    shared: int = 4_500
    """Instructions, guidance by kind of code, the project's style and its nearest test."""
    module: int = 6_000
    """The module, whole: 500 lines."""
    own: int = 1_200
    """What is asked of one function: what is left, what exploring saw."""
    answer: int = 4_000
    """Thinking included."""
    again: float = 0.5
    """Requests of a function that follow the first, in the mean: what failed is sent back."""
    follow_up: int = 800
    left_over: float = 0.4
    """Of the functions, those for which exploring leaves something to ask for."""
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
    whole = sum((each.usage for each in answered), Usage())
    prompt = (whole.total - whole.output) / len(answered)
    assumed = workload.shared + workload.module + workload.own
    scale = prompt / assumed
    return replace(
        workload,
        shared=round(workload.shared * scale),
        module=round(workload.module * scale),
        own=round(workload.own * scale),
        answer=round(whole.output / len(answered)),
        again=len(answered) / len({(each.project, each.target) for each in answered}) - 1,
        measured=len(answered),
    )


def _paper(functions: int, price: Price, workload: Workload, cached: bool, explored: bool) -> Paper:
    share = workload.left_over if explored else 1.0
    in_a_row = max(1, round(workload.per_module * share))
    usages = list(_usages(round(functions * share), in_a_row, workload, cached))
    return Paper(
        cached,
        explored,
        len(usages),
        sum(usages, Usage()),
        sum(cost(usage, price) for usage in usages),
        sum(cost(usage, price, batch=True) for usage in usages),
    )


def _usages(functions: int, in_a_row: int, workload: Workload, cached: bool) -> Iterator[Usage]:
    """Yield the requests, module after module: the first of each writes it to the cache, the others read it."""
    owed = 0.0
    for number in range(functions):
        first_of_all, first_of_module = number == 0, number % in_a_row == 0
        written = workload.module * first_of_module + workload.shared * first_of_all
        yield _usage(workload, written, workload.own, cached)
        owed += workload.again
        said = workload.own
        while owed >= 1:
            owed -= 1
            said += workload.answer + workload.follow_up
            yield _usage(workload, 0, said, cached)


def _usage(workload: Workload, written: int, fresh: int, cached: bool) -> Usage:
    prefix = workload.shared + workload.module
    if not cached:
        return Usage(fresh=prefix + fresh, output=workload.answer)
    return Usage(fresh, written, prefix - written, workload.answer)
