"""The projects that a run over many files has for itself, for as long as it goes on."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from greenline.cli.bulk_work import JournalOfRun


class BulkTurns(ExitStack):
    """Whoever takes a project cleans up in it first, after a run that was killed."""

    def __init__(self, kept: JournalOfRun, say: Callable[[str], object]) -> None:
        """``say`` is told in words what was found and done."""
        super().__init__()
        self._kept = kept
        self._say = say
        self._roots: set[Path] = set()

    def take(self, files: Iterable[Path]) -> None:
        """Take the projects that the files are in. Raises click.ClickException where another run has one."""
        for root in sorted({self._kept.root_of(file) for file in files} - self._roots):
            turn = self._kept.journal.turn(root)
            if turn is None:
                raise click.ClickException(
                    f"Another `greenline generate` or `greenline merge` is at work on {root}. Wait for it, or end it."
                )
            self.enter_context(turn)
            self._roots.add(root)
            for words in self._kept.take_back(root):
                self._say(words)
