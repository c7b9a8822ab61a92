"""Show what would be sent to a model, word by word, without sending anything: it needs no key, and asks nobody.

All goes the way that asking goes, up to the first request, which is listened to and not answered.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.asking.account import Account
from greenline.domain.asking.request_text import characters, request_text
from greenline.ports.model import ModelProblem
from greenline.services.fill_gaps import FillGaps, ModelAt
from greenline.services.stopped import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from greenline.domain.asking.model import Answer, Conversation
    from greenline.domain.asking.redaction import Redacted
    from greenline.domain.code.model import Target
    from greenline.domain.generation.model import TargetResult
    from greenline.ports.progress import Progress
    from greenline.ports.project import Project
    from greenline.services.generate_tests import GenerateTests
    from greenline.services.model_context import ModelContext
    from greenline.services.try_answers import TryAnswers
    from greenline.settings import EngineChoice, Settings

_LISTENED = "this request was shown, and not sent"


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """The first request for one function; ``target`` is ``path.py::function``, from the project's folder."""

    target: str
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class Unasked:
    """A function for which nothing would be sent, and why; ``complete`` where there is nothing to ask for."""

    name: str
    reason: str
    complete: bool


@dataclass(frozen=True, slots=True)
class ShownPrompt:
    """What would be sent for a target, and what would not."""

    requests: tuple[ShownRequest, ...]
    unasked: tuple[Unasked, ...]
    redacted: tuple[Redacted, ...]
    version: str
    """Of the prompts."""


class ShowPrompt:
    """Explores as generating does, unless it is told not to, and makes the requests for what is left."""

    def __init__(
        self,
        *,
        generator: Callable[[FillGaps], GenerateTests],
        context: Callable[[], ModelContext],
        tries: TryAnswers,
        settings: Settings,
    ) -> None:
        self._generator = generator
        self._context = context
        self._tries = tries
        self._settings = settings

    async def show(self, target: Target, progress: Progress, *, engine: EngineChoice = "auto") -> ShownPrompt:
        """Return the first request for each function of a target. Nothing is sent, and nothing is written.

        ``model`` leaves out exploring, as it does when tests are generated.
        """
        listener, context = _Listener(), self._context()
        gaps = FillGaps(
            model=lambda _project: ModelAt(listener, "nobody"),
            contexts=lambda: context,
            tries=self._tries,
            consent=_Given(),
            settings=self._settings,
        )
        try:
            generation = await self._generator(gaps).generate(target, progress, engine=engine)
        except Stopped:
            raise asyncio.CancelledError from None  # there is nothing that would have to be kept
        heard = {shown.target.rpartition("::")[2] for shown in listener.heard}
        unasked = tuple(_unasked(result) for result in generation.results if result.target.qualname not in heard)
        return ShownPrompt(tuple(listener.heard), unasked, context.redacted, context.version)


def said_of(shown: ShownPrompt) -> list[str]:
    """Say what there is to say of the requests besides their texts, in lines."""
    lines = [f"{each.name}: nothing would be sent: {each.reason}" for each in shown.unasked]
    for request in shown.requests:
        length = characters(request.conversation)
        lines.append(f"{request.target}: {length:,} characters, about {length // 4:,} tokens. Nothing was sent.")
    for redacted in shown.redacted:
        times = "once" if redacted.times == 1 else f"{redacted.times} times"
        places = f" ({', '.join(redacted.places)})" if redacted.places else ""
        lines.append(f"{redacted.placeholder} stands for {redacted.kind}, {times}{places}.")
    return [*lines, f"Version of the prompts: {shown.version}"] if shown.requests else lines


def text_of(shown: ShownPrompt) -> str:
    """Return the requests word by word."""
    return "\n".join(f"##### {request.target}\n{request_text(request.conversation)}" for request in shown.requests)


def _unasked(result: TargetResult) -> Unasked:
    name = result.target.qualname or result.target.path.name
    notes = " ".join(result.model_notes)
    found_by_exploring = "the tests that exploring finds reach all of it" if result.status == "confirmed" else ""
    reason = notes or result.reason or found_by_exploring
    complete = not notes and result.status in {"confirmed", "nothing_to_gain"}
    return Unasked(name, reason, complete)


class _Listener:
    """Stands where models are asked, and takes down what would be said."""

    def __init__(self) -> None:
        self.heard: list[ShownRequest] = []

    def account(self, target: str, project: str = "") -> Account:
        return Account(target, project)

    async def ask(
        self,
        conversation: Conversation,
        schema: Mapping[str, Any],  # noqa: ARG002 - the port's signature
        account: Account,
        progress: Progress,  # noqa: ARG002 - as above
    ) -> Answer:
        self.heard.append(ShownRequest(account.target, conversation))
        raise ModelProblem("no_consent", _LISTENED)

    async def keep(self, account: Account, tests: int) -> None:
        """Nothing was asked, so nothing is written down."""

    def states(self) -> tuple[tuple[str, str], ...]:
        return ()


class _Given:
    """Nothing leaves the machine, so nobody has to agree."""

    def given(self, project: Project, endpoint: str) -> bool:  # noqa: ARG002 - the port's signature
        return True

    def allow(self, root: Path, endpoint: str) -> None:
        """Nothing to remember."""

    def forbid(self, root: Path) -> bool:  # noqa: ARG002 - as above
        return False

    def endpoints(self, root: Path) -> tuple[str, ...]:  # noqa: ARG002 - as above
        return ()
