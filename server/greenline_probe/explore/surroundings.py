"""Around each call: its own current folder, the environment and the module as they were; what it leaves is told."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import signal
from collections.abc import Iterator
from typing import Any, Callable

from greenline_probe.explore import environment, idioms
from greenline_probe.explore.module_state import ModuleState

LEAVES_FILES = "leave files in the current folder"
ANSWERS_SIGNALS = "leave another answer to signals"
ELSEWHERE = "elsewhere"
_HOME = "home"
_CALL = "tmp"
"""How the names of the folders begin that calls get as ``tmp_path``."""
_OF_THE_LIMIT = {getattr(signal, name, None) for name in ("SIGALRM", "SIGPROF")}
_SIGNALS = sorted(signal.valid_signals() - _OF_THE_LIMIT)
"""The time limit sets the other two anew for each call."""


class Surroundings:
    """Keeps what one call does from the next; ``refuse`` is told what would stay with a person who runs its test.

    ``signals`` are looked at where the code may set what answers them: that takes as long as a short call.
    """

    def __init__(
        self, scratch: str, state: ModuleState, refuse: Callable[[str], None], *, signals: bool = False
    ) -> None:
        self._scratch = scratch
        self._home = os.path.join(scratch, _HOME)
        self._state = state
        self._refuse = refuse
        self._signals = _SIGNALS if signals else []
        self._here = ""
        self._folders = 0
        self._folder: str | None = None
        self.variables: dict[str, str] = {}
        """The environment before the call."""
        shutil.rmtree(self._home, ignore_errors=True)
        self._go_home()

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Leave everything as it was found, and tell of what a test could not put back."""
        self._here = os.getcwd()
        self.variables = variables = environment.variables()
        answers = self._answers()
        try:
            with idioms.around():
                yield
        finally:
            self._note_what_is_left()
            self._note_answers(answers)
            self._go_home()
            environment.put_back(variables)
            self._state.put_back()

    def prepared(self) -> list[str]:
        """Return the statement by which a test comes back to its folder, where the call went to another."""
        try:
            return [] if os.getcwd() == self._here else ['monkeypatch.chdir(".")']
        except OSError:
            return ['monkeypatch.chdir(".")']

    def folder(self) -> pathlib.Path:
        """Return a new folder for a call; the one of the call before goes."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        while True:  # another worker may have left some
            self._folders += 1
            path = os.path.join(self._scratch, f"{_CALL}{self._folders:06}")
            with contextlib.suppress(FileExistsError):
                os.mkdir(path)
                self._folder = path
                return pathlib.Path(path)

    def _note_what_is_left(self) -> None:
        strange = [name for name in _names(self._scratch) if name not in (_HOME, ELSEWHERE) and name[:3] != _CALL]
        if _names(self._home) or strange:
            self._refuse(LEAVES_FILES)
            shutil.rmtree(self._home, ignore_errors=True)
        for path in (os.path.join(self._scratch, name) for name in strange):
            with contextlib.suppress(OSError):
                (shutil.rmtree if os.path.isdir(path) and not os.path.islink(path) else os.unlink)(path)

    def _note_answers(self, before: dict[int, Any]) -> None:
        changed = {number: before[number] for number, answer in self._answers().items() if answer is not before[number]}
        if changed:
            self._refuse(ANSWERS_SIGNALS)
        for number, answer in changed.items():
            with contextlib.suppress(OSError, ValueError, TypeError):  # a handler that Python did not set is None
                signal.signal(number, answer)

    def _answers(self) -> dict[int, Any]:
        return {number: signal.getsignal(number) for number in self._signals}

    def _go_home(self) -> None:
        try:
            os.chdir(self._home)
        except OSError:
            os.makedirs(self._home, exist_ok=True)
            os.chdir(self._home)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
