"""The Python that is selected in the editor runs the project, until another one is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from e2e.client import editing

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform == "win32", reason="paths of environments as they are on POSIX systems"),
]


@pytest.fixture
def root(project: Callable[..., Path]) -> Path:
    """A project whose own environment has nothing."""
    folder = project()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True, timeout=120)
    return folder


async def test_it_comes_before_the_projects_environment_and_can_change(root: Path) -> None:
    async with editing(root, settings={"interpreter": ""}, selected=Path(sys.executable)) as editor:
        uri = editor.open(root / "shop.py")
        first = await editor.end_of(await editor.generate(uri, "label"))
        editor.selected = root / ".venv" / "bin" / "python"
        editor.client.protocol.notify("greenline/interpreterChanged", {})
        second = await editor.end_of(await editor.generate(uri, "total"))

    assert first.outcome == "done", first.message
    assert second.outcome == "failed"
    assert f"at {editor.selected} has no pytest" in second.message
