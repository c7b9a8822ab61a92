"""A world in which a model is asked, too: what it answers is what the test says, in the order in which it says it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from greenline.domain.asking.account import Account
from greenline.domain.asking.ceilings import Spent
from greenline.domain.asking.model import Answer, Block, Conversation, FailedTest, Stop, Turn, Usage
from greenline.ports.model import ModelProblem
from greenline.ports.progress import Silent
from greenline.services.fill_gaps import FillGaps, ModelAt
from greenline.services.generate_tests import GenerateTests
from greenline.services.noticed_changes import NoticedChanges
from greenline.services.single_trials import SingleTrials
from greenline.services.test_trial import TestTrial
from greenline.services.try_answers import TryAnswers
from unit.services.generation_world import World

if TYPE_CHECKING:
    from greenline.domain.asking.model import Explored
    from greenline.domain.asking.redaction import Redacted
    from greenline.domain.code.model import Target
    from greenline.ports.engine import Assignment
    from greenline.ports.progress import Progress
    from greenline.ports.project import Project
    from greenline.services.generate_tests import Generation
    from greenline.settings import Settings

ENDPOINT = "https://models.example"


def proposed(name: str, body: str = "", *, bug: str = "", imports: Sequence[str] = ()) -> dict[str, Any]:
    """Return a test as a model writes it."""
    return {
        "name": name,
        "intent": "It shows something.",
        "lines": [],
        "imports": ["from shop import sign", *imports],
        "code": f'def {name}():\n    {body or f"""assert sign("{name}") == "{name}" """.strip()}\n',
        "suspected_bug": bug,
    }


def said(*tests: dict[str, Any], stop: Stop = "end") -> Answer:
    """Return an answer with these tests; each took 100 tokens in and 50 out."""
    return Answer(json.dumps({"tests": list(tests)}), stop, Usage(fresh=100, output=50), "model-a")


@dataclass
class ModelWorld:
    """Stands in for the chain, the context and the consent."""

    world: World
    answers: list[Answer | ModelProblem | asyncio.Future[Answer]] = field(default_factory=list)
    settings: Mapping[str, Any] = field(default_factory=dict)
    agreed: tuple[str, ...] = (ENDPOINT,)
    problems: tuple[str, ...] = ()
    """Of files that name models."""
    asked: list[Conversation] = field(default_factory=list)
    explored: list[Explored] = field(default_factory=list)
    failed: list[list[FailedTest]] = field(default_factory=list)
    kept: list[tuple[str, int]] = field(default_factory=list)
    asking: asyncio.Event = field(default_factory=asyncio.Event)
    redacted: tuple[Redacted, ...] = ()
    found: list[list[Redacted]] = field(default_factory=list)
    """Secrets, request by request."""

    async def generate(self, target: Target, engine: Any = "auto") -> Generation:
        stand_in: Any = self
        model = self.gaps(lambda project: ModelAt(stand_in, ENDPOINT, self.problems))
        return await self.generator(model).generate(target, Silent(), engine=engine)

    def gaps(self, model: Callable[[Project], ModelAt]) -> FillGaps:
        world: Any = self.world
        stand_in: Any = self
        trial = TestTrial(world, self.world.show, self._settings)
        singles, noticed = SingleTrials(world, self.world.show, self._settings), NoticedChanges(world, self._settings)
        return FillGaps(
            model=model,
            contexts=lambda: stand_in,
            tries=TryAnswers(trial, singles, noticed),
            consent=stand_in,
            settings=self._settings,
        )

    def generator(self, model: FillGaps) -> GenerateTests:
        world: Any = self.world
        return GenerateTests(
            workbench=self.world.service._workbench,
            trial=TestTrial(world, self.world.show, self._settings),
            engines=self.world.service._engines,
            settings=self._settings,
            model=model,
        )

    @property
    def _settings(self) -> Settings:
        return replace(self.world.settings, model_enabled=True, **self.settings)

    # ---- consent ---------------------------------------------------------------------------------------------------

    def given(self, project: Project, endpoint: str) -> bool:
        return endpoint in self.agreed

    # ---- the chain -------------------------------------------------------------------------------------------------

    def account(self, target: str, project: str = "") -> Account:
        return Account(target, project)

    async def ask(
        self, conversation: Conversation, schema: Mapping[str, Any], account: Account, progress: Progress
    ) -> Answer:
        self.asked.append(conversation)
        self.redacted = (*self.redacted, *self.found.pop(0)) if self.found else self.redacted
        self.asking.set()
        answer = self.answers.pop(0)
        if asyncio.isfuture(answer):
            answer = await answer
        if isinstance(answer, ModelProblem):
            account.received = answer.received
            raise answer
        assert isinstance(answer, Answer)
        account.spent += Spent(answer.usage, dollars=0.01, requests=1)
        return answer

    async def keep(self, account: Account, tests: int) -> None:
        self.kept.append((account.target, tests))

    # ---- the context -----------------------------------------------------------------------------------------------

    def first(self, assignment: Assignment, explored: Explored) -> Conversation:
        self.explored.append(explored)
        return Conversation((Block("rules"),), (Turn("user", (Block(f"test {assignment.function.qualname}"),)),))

    def after_failures(self, failures: Sequence[FailedTest]) -> str:
        self.failed.append(list(failures))
        return f"mend {', '.join(each.test.name for each in failures)}"

    def after_unread(self, problems: Sequence[str]) -> str:
        return f"again: {'; '.join(problems)}"

    def after_coverage(self, assignment: Assignment, explored: Explored) -> str:
        self.explored.append(explored)
        return "what is left"
