"""Of a project that is not trusted no Python is started, wherever one is found."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters import interpreter_question
from greenline.adapters.interpreter_discovery import InterpreterDiscovery
from greenline.ports.project import InterpreterProblem, Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("setting", ["", sys.executable])
async def test_none_is_asked_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("", encoding="utf-8")
    asked: list[Any] = []

    async def ask(*arguments: Any) -> Any:
        asked.append(arguments)
        raise InterpreterProblem("it was started")

    monkeypatch.setattr(interpreter_question, "ask", ask)
    finder = InterpreterDiscovery(may_run=lambda: False)
    project = Project(tmp_path, tmp_path / "pyproject.toml", (tmp_path,), ())

    with pytest.raises(InterpreterProblem, match="not trusted"):
        await finder.interpreter_for(project, setting=setting)
    assert await finder.looked_at(project, setting=setting)
    assert asked == []
