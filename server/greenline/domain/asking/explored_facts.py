"""What the explore engine found, as a model is told it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.asking.model import Explored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.generation.case import Case
    from greenline.domain.generation.model import Proposal

MOST_OBSERVATIONS = 24
MOST_SURVIVORS = 12
_LONGEST = 3_000
"""Characters; what is told is shorter, and cut when it is clean of secrets."""
_TAKEN = {
    "await": "await {}",
    "iterate": "list({})",
    "take": "first five of {}",
    "aiterate": "[item async for item in {}]",
    "with": "with {} as it: it",
}


def explored_facts(proposal: Proposal, kept: Sequence[str] = ()) -> Explored:
    """Return what is told of a proposal of the explore engine; ``kept`` is the source of its tests that stay."""
    suspected = (f"`{bug.call}` {bug.words}" for bug in proposal.suspected_bugs)
    hindered = dict.fromkeys(each for each in (proposal.hindered, *proposal.refused) if each)
    reason = [proposal.reason] if proposal.reason and not proposal.candidates else []
    return Explored(
        observations=tuple(dict.fromkeys(observation(case) for case in proposal.cases))[:MOST_OBSERVATIONS],
        tests=tuple(kept),
        survivors=tuple(dict.fromkeys(proposal.survivors))[:MOST_SURVIVORS],
        suspected_bugs=tuple(map(_line, suspected)),
        hindered=tuple(map(_line, [*reason, *hindered])),
        calls=proposal.observations,
    )


def observation(case: Case) -> str:
    """Return a case on one line: ``cart = Cart(); cart.add("tea"); cart.total() == 3``."""
    call = case.call_with([argument.label + argument.source for argument in case.arguments])
    taken = _TAKEN.get(case.shape, "{}").format(call)
    if case.raises:
        came = f"raises {case.error}" + (f": {case.message!r}" if case.message else "")
        said = f"{taken} {came}"
    else:
        said = f"{taken} == {case.expected}" if case.expected is not None else taken
    checks = [each.removeprefix("assert ") for each in (*case.details, *case.after)]
    after = f"; then {', '.join(checks)}" if checks else ""
    return _line("; ".join([*case.arrange, said]) + after)


def _line(text: str) -> str:
    whole = " ".join(text.split("\n")) if "\n" in text else text
    return whole[:_LONGEST]
