"""Whatever providers do: no ceiling is passed, every request is in the ledger, and there is an answer or a problem."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from greenline.domain.asking.ceilings import Ceilings
from greenline.domain.asking.model import Answer, Price, Question, Usage
from greenline.ports.model import ModelProblem, ProblemKind
from unit.services.asking_world import SAID, SCHEMA, World

KINDS: tuple[ProblemKind, ...] = get_args(ProblemKind)
NAMES = ("one", "two", "three")


@dataclass(frozen=True)
class Does:
    """What a provider does with a request; ``share`` of the longest answer is written before."""

    share: float
    kind: ProblemKind | None = None
    retry_after: float | None = None
    told: bool = False
    """Whether the provider says what was used up before it fails."""
    prompt: int = 1_000

    async def __call__(self, question: Question, heard: Callable[[int], None]) -> Answer:
        output = int(question.max_tokens * self.share)
        usage = Usage(cache_written=self.prompt, output=output)
        heard(output * 3)
        if self.kind is None:
            return Answer("{}", usage=usage)
        raise ModelProblem(self.kind, "It failed.", self.retry_after, usage if self.told else None)


events = st.builds(
    Does,
    share=st.floats(0, 1),
    kind=st.none() | st.sampled_from(KINDS),
    retry_after=st.none() | st.floats(0, 1_000),
    told=st.booleans(),
)


@given(
    scripts=st.fixed_dictionaries({name: st.lists(events, min_size=1, max_size=5) for name in NAMES}),
    ceilings=st.builds(
        Ceilings,
        tokens=st.integers(1_000, 120_000),
        dollars=st.floats(0.001, 1.5),
        dollars_per_day=st.floats(0.001, 1.5),
        seconds=st.floats(1, 600),
    ),
    price=st.builds(Price, st.floats(0, 10), st.floats(0.01, 50)),
    asks=st.integers(1, 6),
)
@settings(deadline=None, max_examples=150)
def test_no_ceiling_is_passed_and_nothing_is_left_open(
    scripts: dict[str, list[Does]], ceilings: Ceilings, price: Price, asks: int
) -> None:
    world = World()
    world.provider.script.update({name: list(script) for name, script in scripts.items()})
    models = world.models(*NAMES, ceilings=ceilings, price=price)
    account = models.account("a.py::f", "/p")

    async def ask() -> None:
        for _ in range(asks):
            asked, slept = len(world.provider.asked), len(world.clock.slept)
            try:
                answer = await models.ask(SAID, SCHEMA, account, world.told)
                assert answer.model == world.provider.models[-1]
            except ModelProblem:
                pass
            assert len(world.provider.asked) - asked <= 3 * len(NAMES)
            assert sum(world.clock.slept[slept:]) < ceilings.seconds

    asyncio.run(ask())
    entries = world.book.entries(0.0)
    assert "open" not in {entry.outcome for entry in entries}
    assert len(entries) == len(world.provider.asked)
    spent = account.spent
    assert spent.usage == sum((entry.usage for entry in entries), Usage())
    assert spent.usage.total <= ceilings.tokens
    assert spent.dollars <= min(ceilings.dollars, ceilings.dollars_per_day) * (1 + 1e-9)
    assert spent.seconds <= ceilings.seconds
