"""VS Code without a mouse, without colours, and read out: a real one, as in ``test_vscode``."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from editors.real_editors import REPOSITORY
from editors.test_vscode import extension, play, running, server, url, vscode  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

LEAST_ROWS = 5
"""Of the pixels of a line, in which two bars are not equally wide."""

SHOWN = {"unknown": 5, "partial": 6, "uncovered": 7, "covered": 10, "failing": 15}
"""A line of each state; none begins before the bar ends."""

THEMES = {
    "vs": "Light Modern",
    "vs-dark": "Dark Modern",
    "hc-black": "Dark High Contrast",
    "hc-light": "Light High Contrast",
}


def test_no_two_states_differ_in_colour_alone(
    vscode: Path,  # noqa: F811
    extension: Path,  # noqa: F811
    kinds: Path,
    tmp_path: Path,
    server: list[str],  # noqa: F811
) -> None:
    more = {"greenline.decorations.covered": True, "greenline.decorations.gutterIcons": True}
    with running(vscode, extension, kinds, server, **more, **{"workbench.colorTheme": THEMES["vs"]}) as url:  # noqa: F811
        told = play(
            vscode, kinds, tmp_path, play="states", url=url, file="orders.py", edited_line=5, shown=SHOWN,
            themes=[{"kind": kind, "name": name} for kind, name in THEMES.items()],
        )  # fmt: skip

    colors = []
    for kind, looks in told["looks"].items():
        assert len(looks["bars"]) == 5, kind  # uncovered, partial, covered, unknown, failing
        assert all(len(colors) == 1 for colors in looks["bars"].values()), looks["bars"]
        assert len(set(looks["icons"])) == 5, looks["icons"]
        for one, other in combinations(looks["shapes"].values(), 2):
            assert sum(a != b for a, b in zip(one, other, strict=True)) >= LEAST_ROWS, (kind, looks["shapes"])
        colors.append({color for (color,) in looks["bars"].values()})
    assert all(len(of_theme) == 5 for of_theme in colors)
    assert len(set().union(*colors)) == 5 * len(THEMES)  # each theme has colours of its own


def test_everything_is_reached_by_keyboard_and_said_in_words(
    vscode: Path,  # noqa: F811
    url: str,  # noqa: F811
    project: Path,
    tmp_path: Path,
) -> None:
    test_file = project / "tests" / "test_tracking.py"
    before = test_file.read_text(encoding="utf-8")
    source = (project / "src" / "parcels" / "tracking.py").read_text(encoding="utf-8").splitlines()

    first = next(at for at, text in enumerate(source, 1) if "def parse_header" in text)
    told = play(vscode, project, tmp_path, play="keyboardOnly", url=url, first_line=first)

    assert any(re.search(r"Greenline: 66 %.*lines.*branches covered.*gaps", words or "") for words in told["status"])
    assert "Generate test" in told["lenses"]
    assert any("parse_header: 60 %" in words for words in told["lenses"])
    assert re.search(r"\d+ tests .*passed", told["spoken"]), told["spoken"]
    assert "notification" in told["spoken"]
    assert all(re.search(r", \d+ % covered, not covered: ", words) for words in told["rows"]), told["rows"]
    after = test_file.read_text(encoding="utf-8")
    assert "def test_priority(" in after  # from the Gaps view
    assert after.count("parse_header(") == before.count("parse_header(")  # taken back, in the notification
    package = json.loads((REPOSITORY / "vscode-client" / "package.json").read_text(encoding="utf-8"))
    offered = "\n".join(told["commands"])
    for command in package["contributes"]["commands"]:
        if command["command"] != "greenline.generateTests":  # only where the gaps are selected
            assert f"Greenline: {command['title']}" in offered, offered
