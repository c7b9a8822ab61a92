"""The model engine: asks for tests of one function, tries them, and asks again with what failed and what is left.

What was confirmed in one round stays, whatever comes after it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from greenline.domain.asking.answers import TESTS_SCHEMA, read_tests
from greenline.domain.asking.redaction import words_of
from greenline.domain.asking.rounds import Standing
from greenline.domain.asking.told import Told
from greenline.ports.model import ModelProblem
from greenline.services.assignments import assignment_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from greenline.domain.asking.account import Account
    from greenline.domain.asking.answers import Answered
    from greenline.domain.asking.model import Answer, Conversation, Explored, FailedTest
    from greenline.domain.asking.redaction import Redacted
    from greenline.domain.code.model import Function
    from greenline.ports.engine import Assignment
    from greenline.ports.progress import Progress
    from greenline.services.confirmed_so_far import ConfirmedSoFar
    from greenline.services.try_answers import TryAnswers
    from greenline.settings import Settings

REFINEMENTS, GUIDED = 3, 5
"""Rounds after the first: at most so many about failures, and so many about what is left."""
_IN_VAIN = 2
"""Rounds without gain, after which nothing more is asked."""


class Asks(Protocol):
    """Asks for answers, within ceilings."""

    def account(self, target: str, project: str = "") -> Account:
        """Return what one target may use up, from now on."""

    async def ask(
        self, conversation: Conversation, schema: Mapping[str, Any], account: Account, progress: Progress
    ) -> Answer:
        """Return an answer. Raises ModelProblem when nobody gives one."""

    async def keep(self, account: Account, tests: int) -> None:
        """Write down how many tests of the account's target were kept."""

    def states(self) -> tuple[tuple[str, str], ...]:
        """Return each model that may be asked, with what is known of it, in words."""


class Contexts(Protocol):
    """Makes requests."""

    @property
    def redacted(self) -> tuple[Redacted, ...]:
        """What was taken out of all that was made so far."""

    def first(self, assignment: Assignment, explored: Explored) -> Conversation:
        """Return the first request for a target; reads files. Raises ModelProblem where nothing of it may be sent."""

    def after_failures(self, failures: Sequence[FailedTest]) -> str:
        """Return what is asked next when tests were not kept."""

    def after_unread(self, problems: Sequence[str]) -> str:
        """Return what is asked next when nothing in an answer could be used."""

    def after_coverage(self, assignment: Assignment, explored: Explored) -> str:
        """Return what is asked next when something is left."""


@dataclass(frozen=True, slots=True)
class Means:
    """What asking takes; ``context`` is for the targets of one job."""

    asks: Asks
    context: Contexts
    tries: TryAnswers
    settings: Settings


class Asking:
    """The work on one function. What it has come to is in ``so_far``, ``told`` and ``account`` at any time."""

    def __init__(self, means: Means, function: Function, explored: Explored, so_far: ConfirmedSoFar) -> None:
        self._asks = means.asks
        self._context = means.context
        self._tries = means.tries
        self._settings = means.settings
        self._function = function
        self._explored = explored
        self.so_far = so_far
        project = so_far.bench.project
        path = so_far.bench.path
        name = path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else path.name
        self.account = means.asks.account(f"{name}::{function.qualname}", str(project.root))
        self.told = Told()
        self.problem: ModelProblem | None = None
        """Why nobody answered, where that was the end."""
        self._standing = Standing()
        self._failed: tuple[FailedTest, ...] = ()
        self._conversation: Conversation | None = None
        self._answer = ""
        self._refused = False
        self._redacted_before = len(means.context.redacted)
        self._unread: tuple[str, ...] = ()
        """What was wrong with an answer that had no test."""

    @property
    def withheld(self) -> str:
        """What was taken out, in a sentence; what was in requests for other functions is told there."""
        return words_of(self._context.redacted[self._redacted_before :])

    async def run(self, progress: Progress) -> None:
        """Ask until there is nothing more to ask. Raises nothing for a model's sake; cancelling ends the request."""
        progress = _Costed(progress, self.account)
        try:
            first = await asyncio.to_thread(self._context.first, self._assignment(), self._known())
            await self._round(first, progress)
            if self._settings.model_refinement:
                await self._ask_once_more(progress)
                await self._refine(progress)
            if self._settings.model_coverage_guided:
                await self._guide(progress)
        except ModelProblem as problem:
            self.problem = problem
            self.told.note(str(problem))
        if self.account.spent.requests:
            await self._asks.keep(self.account, len(self.so_far.tests))

    # ---- rounds ----------------------------------------------------------------------------------------------------

    async def _ask_once_more(self, progress: Progress) -> None:
        """Ask again where nothing in the answer could be read: once, as who answers so twice does so always."""
        if self._unread and not self._refused:
            progress.step("Nothing in the answer could be read; asking once more")
            await self._round(self._next(self._context.after_unread(self._unread)), progress)

    async def _refine(self, progress: Progress) -> None:
        """Send failures back, until there is none or it is in vain."""
        in_vain = 0
        for number in range(1, REFINEMENTS + 1):
            failed = self._to_be_mended()
            if not failed or self._refused:
                return
            count = "1 test" if len(failed) == 1 else f"{len(failed)} tests"
            progress.step(f"The model mends {count}, round {number} of at most {REFINEMENTS}")
            before = self._standing
            gained = await self._round(self._next(await self._about_failures(failed)), progress)
            in_vain = 0 if gained else in_vain + 1
            if not self._to_be_mended():
                return
            if before.again(self._to_be_mended()):
                self.told.note("The model was asked no more: its tests failed as they did before.")
                return
            if in_vain == _IN_VAIN:
                self.told.note(f"The model was asked no more: {_IN_VAIN} rounds brought nothing.")
                return
        self.told.note(f"The model was asked no more about failures: {REFINEMENTS} rounds are the most.")

    async def _guide(self, progress: Progress) -> None:
        """Show what is left, until enough is reached or it is in vain."""
        in_vain, wanted = 0, self._settings.model_coverage_target
        for number in range(1, GUIDED + 1):
            percent = self._percent()
            if percent >= wanted or self._refused:
                return
            progress.step(f"{percent} % is reached; asking for the rest, round {number} of at most {GUIDED}")
            gained = await self._round(self._next(await self._about_what_is_left()), progress)
            in_vain = 0 if gained else in_vain + 1
            if in_vain == _IN_VAIN:
                self.told.note(
                    f"At {self._percent()} % the model was asked no more: {_IN_VAIN} rounds brought nothing."
                )
                return
        if self._percent() < wanted:
            self.told.note(f"At {self._percent()} % the model was asked no more: {GUIDED} rounds are the most.")

    async def _round(self, conversation: Conversation, progress: Progress) -> bool:
        """Ask once and try what comes; tell whether it brought a test. Raises ModelProblem."""
        try:
            answer = await self._asks.ask(conversation, TESTS_SCHEMA, self.account, progress)
        except ModelProblem:
            part = await asyncio.to_thread(read_tests, self.account.received)
            if part.tests:
                self.told.note("Of an answer that broke off, the tests that were complete were tried.")
            await self._try(part, progress)
            raise
        self._conversation, self._answer = conversation, answer.text
        self._refused = answer.stop == "refusal"
        answered = await asyncio.to_thread(read_tests, answer.text, answer.stop)
        self._unread = () if answered.tests else answered.problems
        self.told.heard(answer, answered)
        return await self._try(answered, progress)

    async def _try(self, answered: Answered, progress: Progress) -> bool:
        """Try what is in an answer, or in the part of one that came; tell whether that brought a test."""
        before = len(self.so_far.tests)
        failed = await self._tries.tried(self._function, answered.tests, self._standing, self.so_far, progress)
        replaced = await asyncio.to_thread(self._standing.followed_by, answered.tests)
        self._standing = await asyncio.to_thread(self._standing.after, failed)
        self._failed = failed
        self.told.tried(len(answered.tests), replaced, failed, self._function.qualname)
        return len(self.so_far.tests) > before

    def _to_be_mended(self) -> list[FailedTest]:
        return [each for each in self._failed if each.kind not in {"suspected_bug", "no_gain"}]

    def _next(self, request: str) -> Conversation:
        assert self._conversation is not None
        return self._conversation.followed_by(self._answer or "(nothing)", request)

    async def _about_what_is_left(self) -> str:
        failed = self._to_be_mended() if self._settings.model_refinement else []
        left = await asyncio.to_thread(self._context.after_coverage, self._assignment(), self._known())
        return "\n\n".join([*([await self._about_failures(failed)] if failed else []), left])

    async def _about_failures(self, failed: Sequence[FailedTest]) -> str:
        return await asyncio.to_thread(self._context.after_failures, failed)

    # ---- what is known ---------------------------------------------------------------------------------------------

    def _assignment(self) -> Assignment:
        return assignment_of(self._function, self.so_far.bench, self._settings)

    def _known(self) -> Explored:
        kept = (*self._explored.tests, *self.so_far.codes)
        return replace(self._explored, tests=kept, coverage=self.so_far.bench.before)

    def _percent(self) -> int:
        return self.so_far.bench.summary(self._function).whole_percent


class _Costed:
    """Steps that say what was used up so far, where they do not do so by themselves."""

    def __init__(self, progress: Progress, account: Account) -> None:
        self._progress = progress
        self._account = account

    def step(self, message: str, fraction: float | None = None) -> None:
        """Pass the step on."""
        words = self._account.words
        so_far = f" ({words} so far)" if words and not message.endswith(" so far)") else ""
        self._progress.step(f"{message}{so_far}", fraction)
