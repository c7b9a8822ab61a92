"""A probe that another program runs: in a container, on another machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, Any

from greenline.adapters.probe_process import ENTRY, MARKER, ProbeProcess
from greenline.adapters.process_tree import ask_to_end

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from greenline.adapters.command_template import CommandTemplate
    from greenline.adapters.scratch_overlay import Overlay

_HANDED_ON = frozenset(
    {"PYTHONPATH", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "TMPDIR", "TEMP", "TMP", "HOME", "TZ", "LC_ALL", "LANG"}
)
"""Of the environment: the rest describes this machine."""
_SECONDS_TO_STOP = 3.0


class CommandedProbe(ProbeProcess):
    """``environment`` is that of a fresh process here, with ``variables`` for this run alone.

    Paths in messages are changed as the template says.
    """

    def __init__(
        self,
        interpreter: Path,
        overlay: Overlay,
        template: CommandTemplate,
        environment: Mapping[str, str],
        variables: Mapping[str, str],
    ) -> None:
        super().__init__(interpreter, overlay)
        places = {
            "{project}": overlay.project_root,
            "{scratch}": overlay.scratch,
            "{probe}": ENTRY.parent,
            "{python}": interpreter,
        }
        handed_on = {name: value for name, value in environment.items() if name in _HANDED_ON}
        self._words = template.command(places, ENTRY, {**handed_on, **variables, MARKER: self.marker})
        self._mapping = template.mapping(places)
        self._environment = {**os.environ, MARKER: self.marker}

    def _command(self) -> list[str | Path]:
        return [*self._words]

    @property
    def _is_inside(self) -> bool:
        return True

    def _told(self, message: Any) -> Any:
        return self._mapping.message_out(message)

    def _heard(self, reply: Any) -> Any:
        return self._mapping.message_back(reply)

    async def _end(self, process: Any) -> None:
        """Let the program end what it has started elsewhere, before it is killed."""
        with contextlib.suppress(asyncio.TimeoutError, TimeoutError):
            if process.returncode is None:
                process.stdin.close()
                ask_to_end(process.pid)
                await asyncio.wait_for(process.wait(), _SECONDS_TO_STOP)
        await super()._end(process)
