"""What the VS Code client draws is told apart without colours, and its colours are seen in each kind of theme."""

from __future__ import annotations

import json
import re
import runpy
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.lsp.names import RUNS_CODE

if TYPE_CHECKING:
    from collections.abc import Sequence

REPOSITORY = Path(__file__).resolve().parents[2]
CLIENT = REPOSITORY / "vscode-client"
NAMES = REPOSITORY / "server" / "greenline" / "lsp" / "names.py"
STATES = {"uncovered", "partial", "unknown", "covered", "failing"}
BACKGROUNDS = {"dark": "#1F1F1F", "light": "#FFFFFF", "highContrast": "#000000", "highContrastLight": "#FFFFFF"}
"""Of the themes that VS Code has."""
MOST_LINES = 950
"""Of code, without blank lines and comments."""
LONGEST_LINE = 170

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
    # WCAG 2.2, 1.4.11 asks for 3 where something is drawn, 1.4.3 for 4.5 where it is a text.
    least = 4.5 if theme.startswith("highContrast") else 3
    of_states = {state: colors[state][theme] for state in STATES}
    assert len(set(of_states.values())) == len(STATES)
    assert {state: color for state, color in of_states.items() if contrast(color, BACKGROUNDS[theme]) < least} == {}


@pytest.mark.parametrize("theme", BACKGROUNDS)
@pytest.mark.parametrize("sight", ["full", "no red", "no green", "no blue"])
def test_the_colours_are_told_apart(theme: str, sight: str) -> None:
    # About 2 is the least that anybody sees, side by side.
    seen = {state: as_seen(colors[state][theme], sight) for state in STATES}
    near = [pair for pair in combinations(sorted(STATES), 2) if distance(seen[pair[0]], seen[pair[1]]) < 12]
    assert near == []


def test_each_key_and_colour_of_the_client_is_of_something_there() -> None:
    contributes = package["contributes"]
    commands = {command["command"] for command in contributes["commands"]}
    assert {binding["command"] for binding in contributes["keybindings"]} <= commands
    assert all(command["category"] == "Greenline" for command in contributes["commands"])
    assert (CLIENT / package["icon"]).read_bytes().startswith(b"\x89PNG")
    assert set(colors) == STATES | {f"{state}Background" for state in STATES}


def test_each_command_stands_in_the_palette_where_it_makes_sense() -> None:
    hidden = {entry["command"]: entry["when"] for entry in package["contributes"]["menus"]["commandPalette"]}
    of_servers = {
        f"greenline.{name}" for name in re.findall(r'"greenline\.([\w.]+)"', NAMES.read_text(encoding="utf-8"))
    }
    for command in package["contributes"]["commands"]:
        name, title, enabled = command["command"], command["title"], command.get("enablement", "")
        assert title[0].isupper(), title
        assert "Greenline" not in title, "the category says it"
        assert ("greenline.running" in enabled) == (name in of_servers), name
        assert ("isWorkspaceTrusted" in enabled) == (name in RUNS_CODE), name
        if re.search(r"This Line|This File|Cursor|Gap$|Affected", title):
            assert "editorLangId == python" in hidden[name], name
    assert set(hidden) <= {command["command"] for command in package["contributes"]["commands"]}


def test_what_the_client_says_can_be_translated() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (CLIENT / "src").glob("*.ts"))
    said = set(re.findall(r'l10n\.t\(\s*"([^"]*)"', source))
    assert len(re.findall(r"l10n\.t\(", source)) == len(re.findall(r'l10n\.t\(\s*"', source))
    bundle = json.loads((CLIENT / package["l10n"] / "bundle.l10n.json").read_text(encoding="utf-8"))
    assert bundle == {words: words for words in said}
    as_it_is = r'(?:show(?:Information|Warning|Error)Message\(|\b(?:title|prompt|placeHolder): )("[^"]{2,}")'
    assert re.findall(as_it_is, source) == []


def test_the_client_stays_small() -> None:
    code = [line for path in (CLIENT / "src").glob("*.ts") for line in path.read_text(encoding="utf-8").splitlines()]
    code = [line for line in code if line.strip() and not line.lstrip().startswith(("//", "/*", "*"))]
    assert len(code) <= MOST_LINES, "the client draws what it is told: what thinks belongs into the server"
    assert max(map(len, code)) <= LONGEST_LINE


def contrast(one: str, other: str) -> float:
    """Return how far apart two colours are in lightness, from 1 to 21, as WCAG 2 counts it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(color: str) -> list[float]:
    values = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]


Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]

TO_CONES: Matrix = (
    (0.31399022, 0.63951294, 0.04649755),
    (0.15537241, 0.75789446, 0.08670142),
    (0.01775239, 0.10944209, 0.87256922),
)
FROM_CONES: Matrix = (
    (5.47221206, -4.6419601, 0.16963708),
    (-1.1252419, 2.29317094, -0.1678952),
    (0.02980165, -0.19318073, 1.16364789),
)
SIGHTS: dict[str, Matrix] = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0, 1.05118294, -0.05116099), (0, 1, 0), (0, 0, 1)),
    "no green": ((1, 0, 0), (0.9513092, 0, 0.04866992), (0, 0, 1)),
    "no blue": ((1, 0, 0), (0, 1, 0), (-0.86744736, 1.86727089, 0)),
}
"""What is left of the three kinds of cones where one is missing (Vienot, Brettel and Mollon, 1999)."""
TO_XYZ: Matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)


def as_seen(color: str, sight: str) -> tuple[float, float, float]:
    """Return the place of a colour in CIELAB, as somebody with that sight has it."""
    shown = times(FROM_CONES, times(SIGHTS[sight], times(TO_CONES, linear(color))))
    parts = [
        part / white for part, white in zip(times(TO_XYZ, [min(max(one, 0), 1) for one in shown]), WHITE, strict=True)
    ]
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in parts)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: Sequence[float], other: Sequence[float]) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5


def times(matrix: Matrix, values: Sequence[float]) -> list[float]:
    return [sum(factor * value for factor, value in zip(row, values, strict=True)) for row in matrix]
