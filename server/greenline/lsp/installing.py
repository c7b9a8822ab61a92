"""Installing pytest where it is missing: offered when something failed for want of it, done after a "Yes"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.lsp.job_report import Finished, Unfinished
from greenline.lsp.session import Info

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from greenline.jobs.registry import Work
    from greenline.lsp.session import Session
    from greenline.ports.progress import Progress

TITLE = "Install pytest"
_NOT_NOW = "Not now"


class Installing:
    """Knows which projects lack pytest, as far as something failed for it; ``start`` starts the job for a path."""

    def __init__(self, session: Session, start: Callable[[Path, Work], object]) -> None:
        self._session = session
        self._start = start

    async def note(self, path: Path) -> bool:
        """Look whether a file's project lacks pytest and can be given it, and remember that."""
        services = await self._session.load_services()
        lack = await services.install.lack(path)
        if lack is not None:
            self._session.without_pytest.add(lack.root)
        return lack is not None

    def offer(self, path: Path, message: str) -> None:
        """Show the message with a button that installs pytest. Nothing waits for the answer."""
        self._session.spawn(self._offer(path, message), "question about pytest")

    def work(self, path: Path, *, asked: bool = False) -> Work:
        """Return the work of the job; unless the person was asked already, it begins with the question."""

        async def work(progress: Progress) -> Finished:
            services = await self._session.load_services()
            lack = await services.install.lack(path)
            if lack is not None and not asked:
                question = f"Install pytest? This runs: {' '.join(lack.command)}"
                if not await self._agreed(question):
                    return Finished("pytest was not installed.")
            progress.step("Starting")
            installed = await services.install.install(path, progress)
            if not installed.ok:
                raise Unfinished(installed.message, passing=True)
            self._session.without_pytest = {
                root for root in self._session.without_pytest if not path.is_relative_to(root)
            }
            self._session.show(installed.message, Info)
            return Finished(installed.message)

        return work

    async def _offer(self, path: Path, message: str) -> None:
        if await self._agreed(message):
            self._start(path, self.work(path, asked=True))

    async def _agreed(self, question: str) -> bool:
        # Where the question stands at the side, nobody answers it by a key that was meant for something else: there the
        # first answer is the one that looks like the way on.
        answers = (TITLE, _NOT_NOW) if self._session.client.buttons_do_not_block else (_NOT_NOW, TITLE)
        return await self._session.ask(question, *answers) == TITLE
