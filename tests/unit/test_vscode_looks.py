"""What the VS Code client draws is told apart without colours, and its colours are seen in each kind of theme."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
CLIENT = REPOSITORY / "vscode-client"
STATES = {"uncovered", "partial", "unknown", "covered", "failing"}
BACKGROUNDS = {"dark": "#1F1F1F", "light": "#FFFFFF", "highContrast": "#000000", "highContrastLight": "#FFFFFF"}
"""Of the themes that VS Code has."""

package = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))
colors = {color["id"].removeprefix("greenline."): color["defaults"] for color in package["contributes"]["colors"]}


def test_the_icons_are_those_that_the_script_writes() -> None:
    wanted = runpy.run_path(str(REPOSITORY / "scripts" / "extension_icons.py"))["gutter_icons"]()
    there = {path.name: path.read_text(encoding="utf-8") for path in (CLIENT / "media").glob("*-*.svg")}
    assert there == wanted, "run scripts/extension_icons.py"
    assert {name.partition("-")[0] for name in there} == STATES


def test_no_two_icons_differ_in_colour_alone() -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (CLIENT / "media").glob("*-dark.svg")}
    shapes = {re.sub(r"#[0-9A-F]{6}", "", text) for text in texts.values()}
    assert len(shapes) == len(texts) == len(STATES)


@pytest.mark.parametrize("theme", BACKGROUNDS)
def test_the_colours_are_seen(theme: str) -> None:
    # WCAG 2.2, 1.4.11 asks for 3 where something is drawn; 7 is asked of texts at its highest level.
    least = 6.5 if theme.startswith("highContrast") else 4.5
    of_states = {state: colors[state][theme] for state in STATES}
    assert len(set(of_states.values())) == len(STATES)
    assert {state: color for state, color in of_states.items() if contrast(color, BACKGROUNDS[theme]) < least} == {}


def test_each_key_and_colour_of_the_client_is_of_something_there() -> None:
    contributes = package["contributes"]
    commands = {command["command"] for command in contributes["commands"]}
    assert {binding["command"] for binding in contributes["keybindings"]} <= commands
    assert all(command["category"] == "Greenline" for command in contributes["commands"])
    assert (CLIENT / package["icon"]).read_bytes().startswith(b"\x89PNG")
    assert set(colors) == STATES | {f"{state}Background" for state in STATES}


def contrast(one: str, other: str) -> float:
    """Return how far apart two colours are in lightness, from 1 to 21, as WCAG 2 counts it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    values = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
