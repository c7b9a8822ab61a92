"""Pages are drawn in a process of its own: the server answers meanwhile, and can end it at any moment."""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenline.adapters.own_python import own_python
from greenline.adapters.process_tree import end_with_all
from greenline.ports.pages import PageProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenline.ports.pages import PageKind
    from greenline.ports.progress import Progress

_CHILD = "greenline.page.child"
_MARKER = "GREENLINE_PAGE"


@dataclass(frozen=True, slots=True)
class PageProcess:
    """Implements ``Pages``. What is set counts, and ``loaded``: by the project's root, the one report in force."""

    coverage_file: str
    coverage_paths: str
    loaded: Mapping[Path, Path]
    trend_file: str = ""

    async def write(self, kind: PageKind, place: Path, progress: Progress) -> Path:
        """Have it written; see Pages."""
        asked = {
            "kind": kind,
            "place": str(place),
            "coverage_file": self.coverage_file,
            "coverage_paths": self.coverage_paths,
            "trend_file": self.trend_file,
            "loaded": {str(root): str(report) for root, report in self.loaded.items()},
        }
        value = str(uuid.uuid4())
        try:
            process = await asyncio.create_subprocess_exec(
                *own_python(_CHILD),
                stdin=asyncio.subprocess.PIPE,  # it ends when this process does
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, _MARKER: value},
                start_new_session=True,
            )
        except OSError as error:
            raise PageProblem(f"The page cannot be drawn: no process can be started ({error}).") from error
        try:
            return await _heard(process, asked, progress)
        finally:
            await asyncio.shield(end_with_all(process, f"{_MARKER}={value}"))


async def _heard(process: asyncio.subprocess.Process, asked: dict[str, Any], progress: Progress) -> Path:
    """Ask, pass its steps on, and return the file that it names at the end. Raises PageProblem."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{json.dumps(asked)}\n".encode())
    async for line in process.stdout:
        said = json.loads(line)
        if "step" in said:
            progress.step(said["step"])
        elif "problem" in said:
            raise PageProblem(said["problem"])
        else:
            return Path(said["file"])
    code = await process.wait()
    raise PageProblem(f"The page was not drawn: the process that draws it ended with {code}. Greenline's log says why.")
