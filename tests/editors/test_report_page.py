"""The HTML report in a real browser, opened from disk as somebody does who was sent it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from coverage import CoverageData

from editors.real_editors import EDITORS, HERE, environment, not_set_up

pytestmark = pytest.mark.e2e

LIMIT_SECONDS = 60
ODD = "odd <b>name x.py"
ODD_SOURCE = """\
def odd():
    return "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)>"
"""
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(22, 25, 29)"


@pytest.fixture
def browser() -> Path:
    """Chromium and what drives it, as they were set up for VS Code."""
    folder = EDITORS / "vscode"
    if not (folder / "complete").exists() or not (folder / "browser").exists():
        not_set_up("Chromium", "setup_vscode.sh")
    return folder


@pytest.fixture
def report(project: Path) -> Path:
    """The report of the sample project, with a file whose name and source want to be markup, and a history."""
    odd = project / "src" / "parcels" / ODD
    odd.write_text(ODD_SOURCE, encoding="utf-8")
    data = CoverageData(basename=str(project / ".coverage"))
    data.read()
    data.add_arcs({str(odd): {(-1, 1), (1, -1)}})
    data.write()
    history = project / ".greenline" / "trend.jsonl"
    history.parent.mkdir()
    points = [
        {"version": 1, "commit": f"{at:040}", "at": 1.76e9 + at * 86_400 * 5, "lines": [60 + 4 * at, 200],
         "branches": [10 + at, 60], "files": 7}
        for at in range(12)
    ]  # fmt: skip
    history.write_text("".join(json.dumps(point) + "\n" for point in points), encoding="utf-8")
    file = project / "coverage.html"
    written = greenline(project, "gaps", "src", "--format", "html", "--output", str(file))
    assert written.returncode == 0, written.stderr
    return file


def greenline(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "greenline", *arguments],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )


def play(browser: Path, report: Path, folder: Path, **others: Any) -> dict[str, Any]:
    screenshots = Path(os.environ.get("GREENLINE_SCREENSHOTS") or folder / "screenshots") / "report"
    screenshots.mkdir(parents=True, exist_ok=True)
    output = folder / "told.json"
    given = {
        "browser": str(browser / "browser"),
        "modules": str(browser / "node_modules"),
        "url": report.as_uri(),
        "screenshots": str(screenshots),
        "output": str(output),
        "limit_ms": LIMIT_SECONDS * 1000,
        **others,
    }
    (folder / "input.json").write_text(json.dumps(given), encoding="utf-8")
    played = subprocess.run(
        [browser / "node", HERE / "report_page.mjs", folder / "input.json"],
        capture_output=True,
        text=True,
        timeout=2 * LIMIT_SECONDS,
        check=False,
        env=environment(),
    )
    assert played.returncode == 0, played.stdout + played.stderr
    told = json.loads(output.read_text(encoding="utf-8"))
    assert isinstance(told, dict)
    return told


def test_the_report_works_from_a_file(browser: Path, report: Path, tmp_path: Path) -> None:
    told = play(browser, report, tmp_path, function="parse_header", narrowed="TRACKING", odd=ODD)

    assert told["complaints"] == []
    assert set(told["requests"]) == {report.as_uri()}
    assert len(told["byWorth"]) > 3
    numbers = [int(number) for number in told["statements"]]
    assert numbers == sorted(numbers, reverse=True)
    assert told["byName"] == sorted(told["byWorth"])
    assert told["narrowed"] == ["src/parcels/tracking.py"]
    assert told["stops"] == 1
    assert told["opened"] == [told["tile"].partition(":")[0]]
    assert told["reached"].startswith("f")
    assert "def parse_header" in told["here"]
    assert told["inView"]
    assert told["signs"] == "not covered"
    assert any(ODD_SOURCE.splitlines()[1] in row for row in told["odd"])
    assert (told["light"], told["dark"], told["darkStays"], told["darkSystem"], told["printed"]) == (
        LIGHT, DARK, DARK, DARK, LIGHT,
    )  # fmt: skip
    assert told["sideways"] <= 0
    assert told["pages"] >= 1
