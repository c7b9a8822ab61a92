"""Take pictures of commands as a terminal shows them, on a dark and on a light background.

    python scripts/terminal_pictures.py [FOLDER]

The commands run in a copy of ``examples/parcels``; the pictures go to ``docs/images``, or into FOLDER.
"""  # noqa: INP001

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, MONOKAI, TerminalTheme
from rich.text import Text

REPOSITORY = Path(__file__).resolve().parent.parent
WIDTH = 110
THEMES = {"dark": MONOKAI, "light": DEFAULT_TERMINAL_THEME}
COMMANDS = {
    "": "test",
    "terminal-gaps": "gaps",
    "terminal-generate": "generate src --top 3 --until 95",
    "terminal-check": "check --fail-under 99 --branches 95",
}
"""The picture that is kept, if any -> what is typed after ``greenline``, in this order."""

LOCAL_FONT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
"""rich's own picture fetches a font from the network; the reader's own fixed-width font will do."""


def take_commands(folder: Path) -> None:
    """Run the commands and write the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="greenline-pictures-") as place:
        project = Path(place) / "parcels"
        shutil.copytree(REPOSITORY / "examples" / "parcels", project)
        _commit(project)
        homes = {f"XDG_{kind}_HOME": str(Path(place) / kind.lower()) for kind in ("CACHE", "DATA")}
        for name, words in COMMANDS.items():
            said = _said(words, project, homes)
            for theme, colours in THEMES.items() if name else ():
                picture = drawn(f"greenline {words}", said, colours, f"{name}-{theme}")
                (folder / f"{name}-{theme}.svg").write_text(picture, encoding="utf-8")


def drawn(title: str, said: str, theme: TerminalTheme, name: str) -> str:
    """Return a picture of what a command printed, with the codes that terminals take for colours."""
    console = Console(file=io.StringIO(), record=True, force_terminal=True, color_system="truecolor", width=WIDTH)
    console.print(Text.from_ansi(said.rstrip()))
    svg = console.export_svg(title=title, theme=theme, code_format=LOCAL_FONT, unique_id=name)
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines())


def _commit(project: Path) -> None:
    of_nobody = ["-c", "user.name=A person", "-c", "user.email=person@example.org"]
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for words in (["init", "-q"], ["add", "."], [*of_nobody, "commit", "-q", "-m", "The example"]):
        subprocess.run(["git", *words], cwd=project, env=env, check=True)


def _said(words: str, project: Path, homes: dict[str, str]) -> str:
    """Return what the command prints in a terminal."""
    seen = {"FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "greenline", *words.split()]
    env = {**os.environ, **seen, **homes}
    env.pop("NO_COLOR", None)
    ended = subprocess.run(command, cwd=project, env=env, check=False, capture_output=True, text=True)
    if ended.returncode not in {0, 1} or ended.stderr:
        raise SystemExit(f"greenline {words} ended with {ended.returncode}: {ended.stdout}{ended.stderr}")
    return ended.stdout


if __name__ == "__main__":
    take_commands(Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "docs" / "images")
