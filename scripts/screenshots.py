"""Take the README's pictures: a real run of the demo, as a terminal shows it, and what people do in a real VS Code.

    python scripts/screenshots.py PILLOW

``PILLOW`` is a folder with Pillow in it; `make screenshots` makes it, builds the extension and sets VS Code up.
"""  # noqa: INP001

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.terminal_theme import MONOKAI
from terminal_pictures import LOCAL_FONT, take_commands

from greenline.cli.demo import Demo

REPOSITORY = Path(__file__).resolve().parent.parent
IMAGES = REPOSITORY / "docs" / "images"

PLAYS = (
    "test_vscode.py::test_generate_from_the_light_bulb",
    "test_vscode.py::test_every_kind_of_mark",
    "test_vscode.py::test_the_gaps_view_generates_for_many",
    "test_vscode_accessibility.py::test_no_two_states_differ_in_colour_alone",
    "test_vscode_main_job.py",
    "test_report_page.py",
)
"""The tests of which scripts/pictures.py takes pictures."""

CHAPTERS = {"as an editor shows it": "gaps", "The light bulb": "generate", "the moment after": "green", "Now you": ""}
"""Words of a title -> the picture that begins with it; what comes before the first and after the last is not kept."""


class Recorder(Console):
    """A terminal that nobody looks at, cut into pictures at the titles."""

    def __init__(self) -> None:
        # A dumb terminal: it gets no spinner, whose every frame would be recorded.
        super().__init__(
            file=io.StringIO(),
            record=True,
            force_terminal=True,
            color_system="truecolor",
            width=116,
            height=50,
            highlight=False,
            _environ={"TERM": "dumb"},
        )
        self.pictures: dict[str, str] = {}
        self._chapter = ""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print, and begin a new picture where a new chapter begins."""
        if objects and isinstance(objects[0], Rule):
            for words, name in CHAPTERS.items():
                if words in str(objects[0].title):
                    self._finish()
                    self._chapter = name
        # A terminal breaks long lines itself; a picture would cut them off.
        super().print(*objects, **{**options, "soft_wrap": False})

    def _finish(self) -> None:
        self.pictures[self._chapter] = self.export_svg(
            title="greenline demo", theme=MONOKAI, code_format=LOCAL_FONT, unique_id=f"greenline-{self._chapter}"
        )


def main(pillow: Path) -> int:
    """Run the demo, some commands and the plays, and write their pictures; return the exit code."""
    take_commands(IMAGES)
    return 0 if take_terminal() and take_editor(pillow) else 1


def take_terminal() -> bool:
    """Run the demo, and write what a terminal shows of it."""
    console = Recorder()
    if not asyncio.run(Demo(console, Path(sys.executable)).run()):
        return False
    for name in filter(None, CHAPTERS.values()):
        lines = (line.rstrip() for line in console.pictures[name].splitlines())
        (IMAGES / f"{name}.svg").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return True


def take_editor(pillow: Path) -> bool:
    """Play what people do in VS Code, and write pictures of some steps."""
    with tempfile.TemporaryDirectory(prefix="greenline-pictures-") as kept:
        told = {"GREENLINE_SCREENSHOTS": kept, "GREENLINE_EDITORS_REQUIRED": "1"}
        tests = [str(REPOSITORY / "tests" / "editors" / play) for play in PLAYS]
        pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
        if subprocess.run(pytest, cwd=REPOSITORY, env={**os.environ, **told}, check=False).returncode:
            return False
        pictures = [sys.executable, str(REPOSITORY / "scripts" / "pictures.py"), kept, str(IMAGES)]
        env = {**os.environ, "PYTHONPATH": str(pillow.resolve())}
        return subprocess.run(pictures, env=env, check=False).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
