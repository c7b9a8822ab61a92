"""Two ``greenline generate`` that write to the same test file: both tests are there in the end, and confirmed."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from greenline.adapters.disk_documents import DiskDocuments
from greenline.bootstrap import Services, build
from greenline.cli.write_and_confirm import Run
from greenline.domain.code.model import Target
from greenline.ports.progress import Silent
from greenline.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.services.generate_tests import Generation

SIGNS = "def sign(n: int) -> int:\n    return -1 if n < 0 else 1\n\n\ndef half(n: int) -> int:\n    return n // 2\n"
LIMIT = 120.0


class Meeting:
    """The first generations wait for each other, so that all but one are made for a text that is gone."""

    def __init__(self, services: Services, expected: int) -> None:
        self._generate, self._expected = services.generate, expected
        self._all_made = asyncio.Event()
        self.made = 0

    async def generate(self, *asked: Any, **more: Any) -> Generation:
        generation = await self._generate.generate(*asked, **more)
        self.made += 1
        if self.made >= self._expected:
            self._all_made.set()
        await asyncio.wait_for(self._all_made.wait(), LIMIT)
        return generation


async def test_what_is_generated_at_the_same_time_is_all_written(tmp_path: Path) -> None:
    (tmp_path / "signs.py").write_text(SIGNS)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "tests").mkdir()
    services = build(Settings(interpreter=sys.executable, explore_seconds=1.0), DiskDocuments())
    names = ("sign", "half")
    meeting = Meeting(services, len(names))
    runs = [Run(replace(services, generate=meeting)) for _ in names]  # type: ignore[arg-type]

    await asyncio.gather(
        *(
            run.work([Target(tmp_path / "signs.py", name)], Silent(), lambda _target, _results: None)
            for run, name in zip(runs, names, strict=True)
        )
    )

    assert [(r.status, r.reason) for run in runs for r in run.results] == [("confirmed", "")] * 2
    assert meeting.made == len(names) + 1
    written = (tmp_path / "tests" / "test_signs.py").read_text()
    assert "sign(" in written
    assert "half(" in written
    assert written.count("from signs import") == 1
