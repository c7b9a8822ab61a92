"""Asking a model, as a person decides on it: what is sent and where, whether it may be, and what it cost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from greenline.domain.code.model import Target
from greenline.lsp import model_libraries, names
from greenline.lsp.arguments import object_or_nothing, one_object, uri_in
from greenline.lsp.documents import path_of
from greenline.lsp.job_report import Finished, Unfinished
from greenline.lsp.session import Info, Warning_
from greenline.lsp.workspace_folders import NoFolder, place_in

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.generation.model import TargetResult
    from greenline.jobs.registry import Policy, Work
    from greenline.lsp.session import Session
    from greenline.ports.progress import Progress
    from greenline.services.agree_to_model import Terms

log = logging.getLogger(__name__)

TITLE = "Allow a model"
_ALLOW, _DETAILS, _NOT_NOW, _ASK = "Allow", "Show Details", "Not now", "Ask a Model"
_SHOWS = 'The command "Show What Would Be Sent" (`greenline.model.show`)'
_CANNOT_ASK = "`{command}` in a terminal, in the project's folder, shows what is sent, and asks: this editor cannot."
_ELSEWHERE = "Greenline asks models about Python files on disk; save this code as a .py file first."


class Start(Protocol):
    """Starts a job; one that ``runs`` something of the project only where the person trusts the workspace."""

    def __call__(
        self, key: Hashable, title: str, work: Work, *, runs: bool = True, policy: Policy = "keep"
    ) -> dict[str, Any]:
        """Answer as a command does."""


class ModelCommands:
    """One method per command; arguments and answers are what docs/protocol.md says."""

    def __init__(self, session: Session, start: Start, refuse: Callable[[str], dict[str, Any]]) -> None:
        self._session = session
        self._start = start
        self._refuse = refuse

    def allow(self, *arguments: object) -> dict[str, Any]:
        """``greenline.model.allow``: show what is sent, where and at which price, and keep a yes."""
        values = object_or_nothing(arguments)

        async def work(progress: Progress) -> Finished:
            agreed, message = await agreeing(self._session, await _place(self._session, values), progress)
            if agreed:
                self._session.show(message, Info)
            return Finished(message)

        uri = values.get("uri")
        key = allowing(self._session, path_of(uri) if isinstance(uri, str) else None)
        return self._start(key, TITLE, work, policy="ask again")

    def forbid(self, *arguments: object) -> dict[str, Any]:
        """``greenline.model.forbid``: take a yes back."""
        values = object_or_nothing(arguments)

        async def work(_progress: Progress) -> Finished:
            path = await _place(self._session, values)
            agree = (await self._session.load_services()).agree()
            message = await _kept(lambda: agree.forbid(agree.terms(path)))
            self._session.show(message, Info)
            return Finished(message)

        return self._start(("model", "forbid"), "Forbid models", work, runs=False)

    def show(self, *arguments: object) -> dict[str, Any]:
        """``greenline.model.show``: the first request for each function of a target, which is not sent."""
        values = one_object(arguments)
        path, qualname, line = path_of(uri_in(values)), values.get("qualname"), values.get("line")
        if path is None:
            return self._refuse(_ELSEWHERE)
        if isinstance(qualname, str) and qualname:
            target = Target(path, qualname=qualname)
        elif line is None:
            target = Target(path)
        elif type(line) is int and line > 0:
            target = Target(path, line=line)
        else:
            raise JsonRpcInvalidParams("greenline.model.show needs a line that is counted from 1")

        async def work(progress: Progress) -> Finished:
            return await _shown(self._session, target, progress)

        return self._start(("model", "show", target), f"What would be sent of {path.name}", work)

    def cost(self, *arguments: object) -> dict[str, Any]:
        """``greenline.model.cost``: what models cost today and this month."""
        object_or_nothing(arguments)

        async def work(_progress: Progress) -> Finished:
            costs = (await self._session.load_services()).costs()
            found = await asyncio.to_thread(costs.costs)
            today, month = found.today.spent.words or "nothing", found.month.spent.words or "nothing"
            message = f"Models cost today: {today}; this month: {month}."
            self._session.show(message, Info)
            return Finished(message)

        return self._start(("model", "cost"), "Cost of models", work, runs=False)


class ModelOffer:
    """Offers to ask a model for what exploring left, once for each project, and never before something is left."""

    def __init__(
        self,
        session: Session,
        ask: Callable[[Sequence[Target]], object],
        install: Callable[[Sequence[Target]], object],
    ) -> None:
        """``ask`` shows what is sent, and goes on after a yes; ``install`` installs what is missing, and goes on."""
        self._session = session
        self._ask = ask
        self._install = install
        self._offered: set[Path] = set()
        self._offered_libraries = False

    def look_at(self, results: Sequence[TargetResult]) -> None:
        """Look at what a job came to. Nothing waits for the answer."""
        settings = self._session.settings
        if not (settings.model_enabled and settings.engine != "explore" and self._session.may_run):
            return
        asked = [result for result in results if result.target.qualname and (result.tokens or result.model_notes)]
        if asked:
            left = [result.target for result in asked if _is_left(result)]
            self._session.spawn(self._tell(asked[0].target, left), "question about a model")

    async def _tell(self, target: Target, left: Sequence[Target]) -> None:
        agree = (await self._session.load_services()).agree()
        terms = await asyncio.to_thread(agree.terms, target.path)
        if terms.warning:
            self._session.show_once(terms.warning, Warning_)
        if left:
            await (self._offer_libraries(left) if terms.given else self._offer(terms, left))

    async def _offer(self, terms: Terms, targets: Sequence[Target]) -> None:
        if terms.root in self._offered:
            return
        self._offered.add(terms.root)
        what = targets[0].qualname if len(targets) == 1 else f"{len(targets)} functions"
        question = f"Ask a model for what is left of {what}? You see first what is sent and where, and are asked."
        if await self._session.ask(question, _ASK, _NOT_NOW, kind=Info, otherwise="") == _ASK:
            self._ask(targets)

    async def _offer_libraries(self, targets: Sequence[Target]) -> None:
        """Offer once to install what asks the models that may be asked."""
        if self._offered_libraries:
            return
        self._offered_libraries = True
        if await model_libraries.wanted(self._session):
            self._install(targets)


def allowing(session: Session, path: Path | None) -> Hashable:
    """Return the key of the job that asks about the project of a file or folder; None: of one that is to be chosen."""
    built = session.services.built
    return ("model", "allow", built.run_suite.root_of(path) if built and path else path)


async def agreeing(session: Session, path: Path, progress: Progress) -> tuple[bool, str]:
    """Show the terms for the project of a file or folder, and ask; return whether one can be asked then, and words.

    What asks them is installed, if it is missing, has a place, and the person wants it. Raises Unfinished.
    """
    agree = (await session.load_services()).agree()
    terms = await asyncio.to_thread(agree.terms, path)
    if terms.given and not terms.wished:
        message = f"Source of {terms.root.name} may be sent to {terms.endpoint} already."
    else:
        if not await _agreed(session, terms):
            return False, f"Nothing of {terms.root.name} is sent."
        message = await _kept(lambda: agree.allow(terms))
    missing = await model_libraries.still_missing(session, progress) if terms.switched_on else ""
    if missing:
        session.show(message := f"{message} {missing}", Warning_)
    return not missing, message


async def _agreed(session: Session, terms: Terms) -> bool:
    """Ask for as long as the person wants to read about it."""
    answers = [_NOT_NOW, *([_DETAILS] if session.client.shows_documents else []), _ALLOW]
    otherwise = _CANNOT_ASK.format(command=terms.in_a_terminal)
    while (answer := await session.ask(terms.question, *answers, otherwise=otherwise)) == _DETAILS:
        await _open(session, "model-terms.md", terms.document(_SHOWS))
    return answer == _ALLOW


async def _kept(act: Callable[[], str]) -> str:
    """Change what was agreed to; return that in words. Raises Unfinished."""
    try:
        return await asyncio.to_thread(act)
    except OSError as problem:
        raise Unfinished(f"It could not be remembered: {problem}") from problem


async def _shown(session: Session, target: Target, progress: Progress) -> Finished:
    from greenline.services.show_prompt import said_of, text_of  # noqa: PLC0415 - only for who asks for it

    services = await session.load_services()
    shown = await services.prompts().show(target, progress)
    said = said_of(shown)
    if not shown.requests:
        message = names.one_line("; ".join(said) or "Nothing would be sent.")
        session.show(message, Info)
        return Finished(message)
    text = "\n".join([*said, "", text_of(shown)])
    file = await _open(session, "model-request.md", text)
    if not session.client.shows_documents:
        session.show(f"What would be sent stands in {file}. Nothing was sent.", Info)
    return Finished(names.one_line(" ".join(said[:-1])), text=text)


async def _open(session: Session, name: str, text: str) -> Path:
    """Write a text where the person alone reads it, and show it where the editor can. Raises Unfinished."""
    from greenline.adapters.shown_texts import keep_shown  # noqa: PLC0415 - only for who asks for it

    try:
        file = await asyncio.to_thread(keep_shown, name, text)
    except OSError as problem:
        raise Unfinished(f"It cannot be shown: {problem}") from problem
    await session.show_document(types.ShowDocumentParams(file.as_uri(), take_focus=True))
    return file


async def _place(session: Session, values: Mapping[str, Any]) -> Path:
    """Return the file or folder that is meant. Raises Unfinished."""
    try:
        return await place_in(session, values, _ELSEWHERE)
    except NoFolder as problem:
        raise Unfinished(str(problem)) from problem


def _is_left(result: TargetResult) -> bool:
    """Tell whether a model would have been asked for a function, and none was."""
    return not result.tokens and bool(result.model_notes)
