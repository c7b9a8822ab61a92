"""Write the icons of the VS Code extension: one for each state of a line, in its colour, and the extension's own.

The colours are those of ``contributes.colors`` in package.json: no SVG can ask for the theme. The extension's own icon
is vscode-client/media/icon.svg; VS Code takes no SVG there, so a picture of it is taken where a Chromium is named:
``python scripts/extension_icons.py /usr/bin/chromium``.
"""  # noqa: INP001

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CLIENT = Path(__file__).resolve().parent.parent / "vscode-client"
MEDIA = CLIENT / "media"

SHAPES = {
    "uncovered": '<path d="M4 4l8 8M12 4l-8 8"/>',
    "partial": '<circle cx="8" cy="8" r="5"/><path d="M8 3a5 5 0 0 0 0 10z" fill="{color}"/>',
    "unknown": '<path d="M5.2 5.6a2.8 2.8 0 1 1 4.3 2.3C8.5 8.5 8 9 8 10.1M8 12.9v.2"/>',
    "covered": '<path d="M3.5 8.5l3 3 6-7"/>',
    "failing": '<path d="M8 2.6l6 10.8H2zM8 6.6v3.2M8 11.5v.2"/>',
}
"""A cross, half a disc, a question mark, a check mark, a warning sign: each is known without its colour."""

_PICTURE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="{color}" \
stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round">{shape}</svg>
"""
_FINE = {"partial": "1.5", "failing": "1.4"}


def main(browser: str | None) -> int:
    """Write the files; return the exit code."""
    for name, text in gutter_icons().items():
        (MEDIA / name).write_text(text, encoding="utf-8")
    if browser:
        size = ["--window-size=128,128", "--hide-scrollbars", "--default-background-color=00000000"]
        picture = [f"--screenshot={MEDIA / 'icon.png'}", (MEDIA / "icon.svg").as_uri()]
        subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", *size, *picture], check=True)
    return 0


def gutter_icons() -> dict[str, str]:
    """Return the text of each file in ``media`` that has the icon of a state."""
    package = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))
    colors = {color["id"]: color["defaults"] for color in package["contributes"]["colors"]}
    return {
        f"{state}-{theme}.svg": _PICTURE.format(
            color=colors[f"greenline.{state}"][theme],
            width=_FINE.get(state, "2"),
            shape=shape.format(color=colors[f"greenline.{state}"][theme]),
        )
        for state, shape in SHAPES.items()
        for theme in ("light", "dark")
    }


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else None))
