"""pygls' protocol, with what a process that owns children needs: an orderly end, and no bookkeeping that only grows."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol, lsp_method

if TYPE_CHECKING:
    from collections.abc import Callable


class GreenlineProtocol(LanguageServerProtocol):
    """Leaves the end of the process to whoever serves the connection."""

    def __init__(self, server: Any, converter: Any) -> None:
        super().__init__(server, converter)
        self.stop = threading.Event()
        """Set by ``exit``: the connection reads no further message."""

    @property
    def exit_code(self) -> int:
        """What the process should return: 0 after ``shutdown``, 1 when the client just left."""
        return 0 if self._shutdown else 1

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_args: Any) -> None:  # type: ignore[override]
        """Stop reading. pygls would call ``sys.exit`` here, and then lose the exit code."""
        self.stop.set()

    def _execute_handler(
        self,
        msg_id: int | str,
        handler: Any,
        callback: Callable[..., Any],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Run a handler, and drop the entry that pygls would keep for ever for each notification."""
        super()._execute_handler(msg_id, handler, callback, args, kwargs)
        future = self._request_futures.get(msg_id)
        if future is not None and future.done():
            del self._request_futures[msg_id]
