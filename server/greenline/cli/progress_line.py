"""The steps of a job, live in a terminal; silent where nobody looks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.constrain import Constrain
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from greenline.cli.console import is_watched

if TYPE_CHECKING:
    from typing_extensions import Self

_ROOM = 4
"""Columns."""


class _Bars(Progress):
    """With room at the right: a terminal writes ``^C`` there, and one more line would put all that follows astray."""

    def get_renderable(self) -> _WithRoom:
        """Return what is drawn."""
        return _WithRoom(super().get_renderable())


@dataclass(frozen=True, slots=True)
class _WithRoom:
    inner: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Constrain(self.inner, options.max_width - _ROOM)


def steps_bar(console: Console) -> Progress:
    """Return bars with a subject, the step and the time so far; they go away in the end. Nothing where nobody looks."""
    return _Bars(
        SpinnerColumn("line"),
        TextColumn("{task.fields[subject]}"),
        BarColumn(bar_width=20),
        TextColumn("{task.description}", style="dim"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not is_watched(console),
    )


class ProgressLine:
    """Implements the port ``Progress`` as one line that goes away in the end."""

    def __init__(self, console: Console) -> None:
        self._bar = steps_bar(console)
        self._task = self._bar.add_task("", total=None, subject="")

    def begin(self, subject: str) -> None:
        """Start anew for another target."""
        self._bar.reset(self._task, total=None, subject=escape(subject), description="")

    def step(self, message: str, fraction: float | None = None) -> None:
        """Show what happens now and, where it is known, how far the job is (0 to 1)."""
        self._bar.update(self._task, description=escape(message))
        if fraction is not None:
            self._bar.update(self._task, total=1.0, completed=min(max(fraction, 0.0), 1.0))

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Take the line away while results are printed on the same screen."""
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.start()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
