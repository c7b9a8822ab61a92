"""How far a run over many files is, live in a terminal: one line for all, and one for each file in work."""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, TaskID

from greenline.cli.console import shown
from greenline.cli.progress_line import steps_bar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typing_extensions import Self

    from greenline.domain.bulk.plan import WorkUnit


class BulkProgress:
    """Shows nothing where nobody looks: there the lines of what has ended tell enough.

    What is printed meanwhile has to go to the same console, which puts it above these lines.
    """

    def __init__(self, console: Console, units: int) -> None:
        self._bar = steps_bar(console)
        self._all = self._bar.add_task("", total=max(1, units), subject="all")
        self._lines: dict[Path, TaskID] = {}

    def of(self, unit: WorkUnit) -> _Line:
        """Return the line of a unit that begins, or of which another round or portion does."""
        if unit.path not in self._lines:
            self._lines[unit.path] = self._bar.add_task("", total=1.0, subject=escape(shown(unit.path)))
        return _Line(self._bar, self._lines[unit.path])

    def alone(self, subject: str) -> _Line:
        """Return a line for what is done before the units."""
        return _Line(self._bar, self._bar.add_task("", total=None, subject=escape(subject)))

    @contextlib.contextmanager
    def meanwhile(self, subject: str) -> Iterator[_Line]:
        """Have a line for as long as something goes on."""
        task = self._bar.add_task("", total=None, subject=escape(subject))
        try:
            yield _Line(self._bar, task)
        finally:
            self._bar.remove_task(task)

    def ended(self, unit: WorkUnit, words: str) -> None:
        """Take a unit's line away; ``words`` say how it stands with all."""
        if (line := self._lines.pop(unit.path, None)) is not None:
            self._bar.remove_task(line)
        self._bar.update(self._all, advance=1, description=escape(words))

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


class _Line:
    """Implements the port ``Progress``."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar = bar
        self._task = task

    def step(self, message: str, fraction: float | None = None) -> None:
        """Show what happens now, and how far it is."""
        with contextlib.suppress(KeyError):  # a step that comes after the end
            self._bar.update(self._task, description=escape(message))
            if fraction is not None:
                self._bar.update(self._task, total=1.0, completed=min(max(fraction, 0.0), 1.0))
