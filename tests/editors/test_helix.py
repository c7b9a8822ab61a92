"""A real Helix in a terminal against the real server: diagnostics, and the code action that writes the test."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from e2e.discounts import HALF, write_project
from editors.real_editors import EDITORS, environment, install_as_documented, measure, not_set_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from model_server import ModelServer

pytestmark = pytest.mark.e2e

STEP_SECONDS = 90
AGAIN_SECONDS = 20
COLUMNS, ROWS = 160, 45
SPINNER = re.compile("[⣾⣽⣻⢿⡿⣟⣯⣷]")


class Terminal:
    """A tmux of its own with Helix in it."""

    def __init__(self, folder: Path, home: Path, variables: dict[str, str]) -> None:
        self._tmux = [str(folder / "tmux"), "-S", str(home / "tmux"), "-f", os.devnull]
        self._helix = str(folder / "hx")
        homes = {f"XDG_{kind}_HOME": str(home / f".{kind.lower()}") for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
        self._environment = {**environment(), **homes, **variables, "HOME": str(home), "LANG": "C.UTF-8"}

    def start(self, project: Path, file: Path) -> None:
        size = ["-x", str(COLUMNS), "-y", str(ROWS)]
        self._run("new-session", "-d", *size, "-c", str(project), self._helix, str(file))

    def configure(self, settings: str) -> None:
        """Have the server's settings, as TOML, in the file of languages."""
        languages = Path(self._environment["XDG_CONFIG_HOME"]) / "helix" / "languages.toml"
        text = languages.read_text(encoding="utf-8")
        languages.write_text(text.replace('args = ["lsp"]', f'args = ["lsp"]\nconfig = {settings}'), encoding="utf-8")

    def run(self, command: str, folder: Path) -> str:
        """Run a command in a shell beside the editor, and return what it prints."""
        ran = subprocess.run(
            shlex.split(command),
            cwd=folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def end(self) -> None:
        self._run("kill-server", check=False)

    def screen(self) -> str:
        return self._run("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def until(self, what: str, condition: Callable[[str], object]) -> str:
        """Look at the screen until the condition holds of it; each look starts a process, which is pause enough."""
        end = time.monotonic() + STEP_SECONDS
        while not condition(screen := self.screen()):
            assert time.monotonic() < end, f"waited in vain for {what}:\n{screen}"
        return screen

    def until_shown(self, words: str) -> str:
        return self.until(words, lambda screen: words in screen)

    def _run(self, *arguments: str, check: bool = True) -> str:
        ran = subprocess.run(
            [*self._tmux, *arguments], env=self._environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert ran.returncode == 0 or not check, ran.stderr
        return ran.stdout


@pytest.fixture
def terminal(tmp_path: Path, installed: dict[str, str]) -> Iterator[Terminal]:
    """Helix is set up as the documentation says."""
    folder = EDITORS / "helix"
    if not (folder / "hx").exists() or not (folder / "tmux").exists():
        not_set_up("Helix", "setup_helix.sh")
    home = tmp_path / "home"
    install_as_documented("README.md", "**Helix**", home)
    # Only Greenline is installed of the servers there.
    program = installed["PATH"].split(os.pathsep)[0]
    only = os.pathsep.join([program, "/usr/bin", "/bin"])
    terminal = Terminal(folder, home, {"PATH": only, "VIRTUAL_ENV": sys.prefix})
    yield terminal
    terminal.end()


@pytest.mark.parametrize("where", ["tracking.parse_header", "address.tidy_postcode"])
def test_generate_from_the_code_action(terminal: Terminal, project: Path, where: str) -> None:
    module, function = where.split(".")
    source = project / "src" / "parcels" / f"{module}.py"
    test_file = project / "tests" / f"test_{module}.py"
    before = test_file.read_text(encoding="utf-8") if test_file.exists() else ""
    line = _line_of(source, f"def {function}")

    terminal.start(project, source)
    terminal.until_shown("●")
    terminal.press(":", str(line), "Enter", "z", "t")  # which is the screen's first line then
    terminal.until("gaps of the function", lambda screen: _marked(screen, range(line, line + ROWS)))
    _choose(terminal, f"Generate test for `{function}`")
    terminal.until_shown(f"passed in tests/test_{module}.py")
    last = _line_of(source, "def ", after=line) - 1
    terminal.until("a function without marks", lambda screen: not _marked(screen, range(line, last + 1)))

    # Helix leaves what was edited to the person, who saves it with the rest.
    terminal.press(":wa", "Enter")
    _until_written(test_file, f"{function}(", terminal)
    after = test_file.read_text(encoding="utf-8")
    assert [text for text in before.splitlines() if text not in after and "import" not in text] == []


def test_the_commands_that_need_no_argument(terminal: Terminal, project: Path) -> None:
    wild = project / "src" / "parcels" / "wild.py"
    wild.write_text("def loops(number):\n    while True:\n        number += 1\n", encoding="utf-8")
    terminal.start(project, project / "src" / "parcels" / "tracking.py")
    terminal.until_shown("●")
    terminal.press(":lsp-workspace-command greenline.runTestsWithCoverage", "Enter")
    terminal.until_shown("10 passed")
    terminal.press(":lsp-workspace-command greenline.showReportStatus", "Enter")
    terminal.until_shown("The log has all of it")
    terminal.press(f":open {wild}", "Enter")
    terminal.until_shown("def loops")
    _choose(terminal, "Generate test for `loops`")
    terminal.until("the spinner", SPINNER.search)
    terminal.press(":lsp-workspace-command greenline.cancelJob", "Enter")
    terminal.until("no spinner", lambda screen: not SPINNER.search(screen))
    assert not list(project.rglob("test_wild.py"))


def test_a_model_is_agreed_to_in_a_terminal(terminal: Terminal, tmp_path: Path, model_server: ModelServer) -> None:
    model_server.answers([HALF])
    source = write_project(tmp_path / "project")
    tests = source.parent / "tests" / "test_discounts.py"
    tests.write_text("from discounts import SUMMER\n\n\ndef test_summer():\n    assert SUMMER\n", encoding="utf-8")
    measure(source.parent)
    terminal.configure(f'{{ model = {{ enabled = true, baseUrl = "{model_server.url}", name = "model-a" }} }}')
    terminal.start(source.parent, source)
    terminal.until_shown("●")
    terminal.press(":lsp-workspace-command greenline.model.allow", "Enter")
    screen = terminal.until_shown("shows what is sent, and asks: this editor cannot.")
    (command,) = re.findall(r"`(greenline model allow [^`]*)`", screen)
    assert model_server.requests == []
    agreed = terminal.run(f"{command} --yes", source.parent)
    assert f"may be sent to {model_server.url}" in agreed
    terminal.press(":8", "Enter")
    _choose(terminal, "Generate test for `discount`")
    terminal.until_shown("a model wrote")
    terminal.press(":wa", "Enter")
    _until_written(tests, f"def {HALF['name']}(", terminal)
    terminal.press(":lsp-workspace-command greenline.model.cost", "Enter")
    terminal.until_shown("Models cost today: 1 request, ")
    terminal.press(":lsp-workspace-command greenline.model.forbid", "Enter")
    terminal.until_shown("From now on nothing of project is sent.")


def _choose(terminal: Terminal, title: str) -> None:
    """Open the code actions and take one; its place is read off the screen."""
    # Helix may ask before it has told of a file that was just opened; who sees nothing asks again.
    asked = time.monotonic()
    terminal.press("Space", "a")

    def shown(screen: str) -> bool:
        nonlocal asked
        if title not in screen and time.monotonic() > asked + AGAIN_SECONDS:
            asked = time.monotonic()
            terminal.press("Escape", "Space", "a")
        return title in screen

    screen = terminal.until(title, shown)
    menu = re.findall(
        r"(?:Generate tests? for|Run the tests|Go to the test|Measure how)[^│┃]*?(?=  |$)", screen, re.MULTILINE
    )
    terminal.press(*["C-n"] * next(number for number, text in enumerate(menu) if text.startswith(title)), "Enter")


def _marked(screen: str, lines: range) -> list[int]:
    """Return which of the lines have a diagnostic beside them."""
    marked = [int(number) for number in re.findall(r"^● +(\d+)\b", screen, re.MULTILINE)]
    return [line for line in marked if line in lines]


def _line_of(source: Path, text: str, after: int = 0) -> int:
    lines = source.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if number > after and line.startswith(text))


def _until_written(file: Path, text: str, terminal: Terminal) -> None:
    terminal.until(f"{text} in {file.name}", lambda _: file.exists() and text in file.read_text(encoding="utf-8"))
