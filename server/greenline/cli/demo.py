"""The demo: what happens in an editor between a red line and a green one, told in a terminal."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shlex
import shutil
import sys
import tempfile
import time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.rule import Rule

from greenline.cli.console import arrow, is_watched, mark
from greenline.cli.demo_client import SERVER_ERRORS, DemoEditor, Ended, Shown
from greenline.cli.results_view import print_code
from greenline.cli.source_view import print_legend, print_source
from greenline.domain.code.read_module import read_module
from greenline.ports.project import InterpreterProblem

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from greenline.ports.project import InterpreterFinder, Project

FILE = Path("src", "parcels", "pricing.py")
FUNCTION = "delivery_price"
OLDEST = (3, 10)
"""The Python that the example is written for."""
LIMIT = 300.0
"""Seconds for all of it, on the slowest machine."""


class DemoProblem(Exception):
    """The demo cannot go on; the message says why and what to do."""


async def python_for_the_demo(finder: InterpreterFinder, here: Project) -> Path:
    """Return Greenline's own Python if that has pytest, else that of the folder that it is started in.

    Raises DemoProblem.
    """
    own = await finder.interpreter_for(here, setting=sys.executable)
    if own.pytest_version:
        return own.path
    with contextlib.suppress(InterpreterProblem):
        other = await finder.interpreter_for(here)
        if other.pytest_version and other.version >= OLDEST:
            return other.path
    instead = f", such as {own.instead}" if own.instead else ""
    raise DemoProblem(
        "The demo runs tests, and neither Greenline's own Python nor that of this folder has pytest. "
        f"{own.to_install('pytest')}\nOr name a Python that has pytest{instead}: greenline demo --interpreter PATH"
    )


class Demo:
    """Tells one run from beginning to end."""

    def __init__(self, console: Console, python: Path) -> None:
        """Run the example with ``python``, which has pytest."""
        self._console, self._python = console, str(python)
        self._status: Status | None = None
        self._began = time.monotonic()
        self._steps: set[str] = set()

    async def run(self) -> bool:
        """Run it. Returns whether a test was confirmed. Raises DemoProblem."""
        folder = copy_example()
        editor = DemoEditor(folder, self._python, self._step)
        try:
            return await asyncio.wait_for(self._tell(folder, editor), LIMIT)
        except (asyncio.TimeoutError, *SERVER_ERRORS) as problem:
            reason = str(problem) or f"nothing happened for {LIMIT:.0f} s"
            raise DemoProblem(f"The language server did not finish: {reason}\n{editor.log()}".rstrip()) from problem

    async def _tell(self, folder: Path, editor: DemoEditor) -> bool:
        self._title("An example project, partly tested")
        self._say(f"copied to {folder}")
        measured = asyncio.create_task(self._measure(folder))
        async with editor:
            await measured
            file = folder / FILE
            await editor.open(file)
            before = await editor.shown(file)
            self._title(f"{FILE.as_posix()} as an editor shows it")
            lines = self._show(file, before)
            ended = await self._act(editor, file, before, lines)
            confirmed = ended.outcome == "done" and any(r["status"] == "confirmed" for r in ended.results)
            self._verdict(editor, ended, folder, confirmed=confirmed)
            if not confirmed:
                return False
            after = await editor.wait_for_change(file, before)
            self._title(f"{FILE.as_posix()}, the moment after")
            self._show(file, after)
            self._gain(ended)
        self._farewell(folder)
        return True

    async def _measure(self, folder: Path) -> None:
        """Run the example's own tests as a person would, so that there is coverage to show. Raises DemoProblem."""
        self._say("greenline test")
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "greenline", "test", "--interpreter", self._python),
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            output, _ = await child.communicate()
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        said = output.decode(errors="replace").strip()
        if child.returncode:
            raise DemoProblem(f"The example's own tests do not pass here:\n{said}")
        self._say(said.splitlines()[-1].strip("= "))

    async def _act(self, editor: DemoEditor, file: Path, before: Shown, lines: range) -> Ended:
        """Press the light bulb on the first gap of the function, and choose what it offers."""
        gap = next(first for _, first, _, _ in sorted(before.gaps, key=lambda gap: gap[1]) if first in lines)
        actions = await editor.actions(file, gap)
        self._title(f"The light bulb on line {gap}")
        for number, action in enumerate(actions):
            pointer = f"[bold cyan]{arrow(self._console)}[/]" if number == 0 else " "
            self._console.print(f"  {pointer} {escape(action.title)}", soft_wrap=True)
        if not actions:
            raise DemoProblem("The server offers nothing on this line; please report this.")
        with self._console.status("") if is_watched(self._console) else contextlib.nullcontext() as self._status:
            return await editor.choose(actions[0])

    def _show(self, file: Path, shown: Shown) -> range:
        source = file.read_text(encoding="utf-8")
        function = read_module(source)[0].function(FUNCTION)
        assert function is not None
        lines = range(function.first_line, function.end_line + 1)
        print_source(self._console, source, shown.gaps, shown.lenses, lines)
        print_legend(self._console)
        return lines

    def _verdict(self, editor: DemoEditor, ended: Ended, folder: Path, *, confirmed: bool) -> None:
        for path in dict.fromkeys(editor.written):
            self._title(f"Written to {path.relative_to(folder).as_posix()}")
        for result in ended.results:
            print_code(self._console, result["code"])
        self._console.print()
        state = "confirmed" if confirmed else "failed"
        self._console.print(f"  {mark(self._console, state)} {escape(ended.message)}", soft_wrap=True)

    def _gain(self, ended: Ended) -> None:
        for result in ended.results:
            coverage = result.get("coverage")
            if coverage:
                before, after = (_percent(coverage[when]) for when in ("before", "after"))
                name = escape(str(result["target"]).rpartition("::")[2])
                self._console.print(f"\n  [bold]{name}: {before} % {arrow(self._console)} [green]{after} %[/green][/]")

    def _farewell(self, folder: Path) -> None:
        self._title("Now you")
        file = folder / FILE
        console = self._console
        console.print("  The same in VS Code: install the Greenline extension (docs/vscode.md), then", soft_wrap=True)
        console.print(f"    [bold]code {_quoted(folder)}[/]", soft_wrap=True)
        console.print("  The same in Neovim: copy editors/neovim/lsp/greenline.lua, then", soft_wrap=True)
        console.print(f"    [bold]nvim {_quoted(file)}[/]  and [bold]gra[/] on a marked line", soft_wrap=True)
        seconds = time.monotonic() - self._began
        self._console.print(f"\n  [dim]{seconds:.1f} s in all; no key, no network.[/]", soft_wrap=True)

    def _title(self, text: str) -> None:
        self._console.print()
        if self._console.is_terminal:
            self._console.print(Rule(f"[bold]{escape(text)}[/]", align="left", style="dim"))
        else:
            self._console.print(f"== {text}", markup=False, soft_wrap=True)

    def _say(self, text: str) -> None:
        self._console.print(f"  [dim]{escape(text)}[/]", soft_wrap=True)

    def _step(self, message: str) -> None:
        """Show a step live, and keep one line for each kind of step."""
        if self._status:
            self._status.update(escape(message))
        kind = re.sub(r"\d+", "#", message)
        if kind not in self._steps:
            self._steps.add(kind)
            self._say(f"{time.monotonic() - self._began:4.1f} s  {message}")


def copy_example() -> Path:
    """Copy the example project to a temporary folder, which is returned. Raises DemoProblem."""
    folder = Path(tempfile.mkdtemp(prefix="greenline-demo-")).resolve() / "parcels"
    ignored = shutil.ignore_patterns("__pycache__", ".*", "*.pyc")
    installed = resources.files("greenline") / "demo_project"
    checkout = Path(__file__).resolve().parents[3] / "examples" / "parcels"
    if installed.is_dir():
        with resources.as_file(installed) as source:
            shutil.copytree(source, folder, ignore=ignored)
    elif checkout.is_dir():
        shutil.copytree(checkout, folder, ignore=ignored)
    else:
        raise DemoProblem("The example project is missing from this installation; install Greenline again.")
    return folder


def _percent(summary: dict[str, Any]) -> int:
    covered = summary["lines"][0] + summary["branches"][0]
    total = summary["lines"][1] + summary["branches"][1]
    return int(100 * covered / total) if total else 100


def _quoted(path: Path) -> str:
    return escape(shlex.quote(str(path)))
