"""Take the README's pictures: a real run of the demo, as a terminal shows it."""  # noqa: INP001

from __future__ import annotations

import asyncio
import io
import re
import sys
from pathlib import Path
from typing import Any

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.rule import Rule
from rich.terminal_theme import MONOKAI

from greenline.cli.demo import Demo

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"

CHAPTERS = {"as an editor shows it": "gaps", "The light bulb": "generate", "the moment after": "green", "Now you": ""}
"""Words of a title -> the picture that begins with it; what comes before the first and after the last is not kept."""

_LOCAL_FONT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
"""rich's own picture fetches a font from the network; the reader's own fixed-width font will do."""


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
        super().print(*objects, **options)

    def _finish(self) -> None:
        self.pictures[self._chapter] = self.export_svg(
            title="greenline demo", theme=MONOKAI, code_format=_LOCAL_FONT, unique_id=f"greenline-{self._chapter}"
        )


def main() -> int:
    """Run the demo and write its pictures; return the exit code."""
    console = Recorder()
    if not asyncio.run(Demo(console, Path(sys.executable)).run()):
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name in filter(None, CHAPTERS.values()):
        lines = (line.rstrip() for line in console.pictures[name].splitlines())
        (IMAGES / f"{name}.svg").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
