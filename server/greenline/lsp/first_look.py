"""The first look at a workspace without coverage: where no test can run, the person is told so, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from greenline.lsp.pictures import Shown
    from greenline.lsp.session import Session

_SHOW = "Show Report Status"


class FirstLook:
    """Used on the loop's thread only; ``show_status`` is the command that shows all that the doctor says.

    Only clients that say so have a first run: theirs is the memory of it.
    """

    def __init__(self, session: Session, show_status: Callable[[Mapping[str, object]], object]) -> None:
        self._session = session
        self._show_status = show_status
        self._over = False

    def at(self, shown: Shown) -> None:
        """Look whether tests can run, where there is no data."""
        wanted = self._session.is_first_run and self._session.may_run and not self._over
        if wanted and shown.picture.state == "no-data":
            self._over = True
            self._session.spawn(self._look(shown), "first look")

    async def _look(self, shown: Shown) -> None:
        services = await self._session.load_services()
        problem = await services.install.in_the_way(shown.document.path)
        if problem and await self._session.ask(f"No test can run here yet. {problem}", _SHOW) == _SHOW:
            self._show_status({"uri": shown.document.uri, "show": not self._session.client.follows_commands})
