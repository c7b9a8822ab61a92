"""Make README's pictures out of those that the plays in VS Code kept: smaller ones, and of one play's an animated one.

    python scripts/pictures.py KEPT IMAGES

``KEPT`` is what GREENLINE_SCREENSHOTS named for the plays; needs Pillow (requirements/pictures.txt).
"""  # noqa: INP001

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops

PICTURES = {
    "vscode-light-bulb": ("lightBulb", "actions"),
    "vscode-confirmed": ("lightBulb", "confirmed"),
    "vscode-problems": ("lightBulb", "problems"),
    "vscode-kinds": ("kinds", "kinds"),
    "vscode-edited": ("kinds", "edited"),
    "vscode-hover": ("kinds", "hover"),
    "vscode-gaps": ("gapsView", "several-selected"),
    "vscode-states-light": ("states", "states-vs"),
    "vscode-states-high-contrast": ("states", "states-hc-black"),
    "report-light": ("report", "light"),
    "report-dark": ("report", "dark"),
}
"""Name of the picture -> the play, and its step."""

ANIMATED = ("vscode-main-job", "mainJob")

COLORS = 256
SHORTEST, LAST = 80, 4000
"""Milliseconds of a frame at least, and of the last before all begins again; any other is shown as long as it was."""


def main(kept: Path, images: Path) -> int:
    """Write the pictures and print their sizes; return the exit code."""
    for name, (play, step) in PICTURES.items():
        (file,) = (kept / play).glob(f"[0-9][0-9]-{step}.png")
        _few_colors(Image.open(file)).save(images / f"{name}.png", optimize=True)
    name, play = ANIMATED
    _animate(kept / play / "frames", images / f"{name}.gif")
    total = 0
    for file in sorted(images.iterdir()):
        total += file.stat().st_size
        print(f"{file.stat().st_size / 1000:6.0f} kB  {file.name}")  # noqa: T201 - it is called for that
    print(f"{total / 1000:6.0f} kB  in all")  # noqa: T201
    return 0


def _few_colors(picture: Image.Image) -> Image.Image:
    """Return it in few colours: those of small marks among them, those of large areas exactly."""
    in_full, how = picture.convert("RGB"), Image.Quantize.MAXCOVERAGE
    return in_full.quantize(COLORS, method=how, kmeans=3, dither=Image.Dither.NONE)


def _animate(folder: Path, target: Path) -> None:
    """Join the frames: those that look alike once, all in the same colours, so that only what differs is stored."""
    seen = json.loads((folder / "frames.json").read_text(encoding="utf-8"))
    frames: list[Image.Image] = []
    times: list[float] = []
    for frame in seen:
        picture = Image.open(frame["file"]).convert("RGB")
        if frames and ImageChops.difference(frames[-1], picture).getbbox() is None:
            continue
        if frames and (frame["at"] - times[-1]) * 1000 < SHORTEST:
            frames[-1] = picture  # more than a viewer can show
            continue
        frames.append(picture)
        times.append(frame["at"])
    shown = [*(round((after - at) * 1000) for at, after in pairwise(times)), LAST]
    palette = _palette(frames)
    indexed = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    indexed[0].save(target, save_all=True, append_images=indexed[1:], duration=shown, loop=0, optimize=True, disposal=1)
    print(f"{len(frames)} frames, {sum(shown) / 1000:.1f} s of {times[-1] - times[0]:.1f} s")  # noqa: T201


def _palette(frames: list[Image.Image]) -> Image.Image:
    """Return the colours of some frames from all along the way, beside each other."""
    some = frames[:: max(1, len(frames) // 8)]
    width, height = some[0].size
    sheet = Image.new("RGB", (width, height * len(some)))
    for at, frame in enumerate(some):
        sheet.paste(frame, (0, at * height))
    return _few_colors(sheet)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), Path(sys.argv[2])))
