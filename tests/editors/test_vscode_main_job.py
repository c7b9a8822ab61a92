"""The main job in a real VS Code: a click on the lens, progress, the test appears, the lines turn green."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from editors.test_vscode import extension, grown, play, running, server, vscode  # noqa: F401 - fixtures

pytestmark = pytest.mark.e2e

SETTINGS = {
    "greenline.decorations.covered": True,
    "workbench.colorTheme": "Light Modern",
    "workbench.activityBar.location": "hidden",
    "workbench.editor.revealIfOpen": True,
    "breadcrumbs.enabled": False,
    "editor.minimap.enabled": False,
    "editor.stickyScroll.enabled": False,
    "editor.fontSize": 13,
    "window.menuBarVisibility": "hidden",
    "window.commandCenter": False,
}


def test_a_click_on_the_lens_turns_the_lines_green(
    vscode: Path,  # noqa: F811
    extension: Path,  # noqa: F811
    project: Path,
    tmp_path: Path,
    server: list[str],  # noqa: F811
) -> None:
    test_file = project / "tests" / "test_tracking.py"
    before = test_file.read_text(encoding="utf-8")
    source = (project / "src" / "parcels" / "tracking.py").read_text(encoding="utf-8").splitlines()
    kept = os.environ.get("GREENLINE_SCREENSHOTS")
    with running(vscode, extension, project, server, **SETTINGS) as url:
        told = play(
            vscode,
            project,
            tmp_path,
            play="mainJob",
            url=url,
            first_line=next(at for at, text in enumerate(source, 1) if "def parse_header" in text),
            test_line=before.count("\n"),
            words="a header needs a colon",
            frames=str(Path(kept) / "mainJob" / "frames") if kept else "",
        )

    assert (told["before"], told["after"]) == ("solid5px", "solid2px")
    assert any("Generate test for parse_header" in words for words in told["progress"]), told["progress"]
    assert any("60 % -> 100 %" in words for words in told["toasts"]), told["toasts"]
    assert "a header needs a colon" in told["tests"].replace("\xa0", " ")
    assert grown(before, test_file.read_text(encoding="utf-8"))
