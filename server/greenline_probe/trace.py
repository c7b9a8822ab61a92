"""Records the lines and arcs that run in chosen files, as coverage.py defines them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from greenline_probe.trace_files import RecordedFiles
from greenline_probe.trace_frames import FrameRecorder, Recorded

if sys.version_info >= (3, 12):  # reads bytecode as it has been since then
    from greenline_probe import trace_events

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline_probe.calls import Calls

__all__ = ["Recorded", "Tracer"]


class Tracer:
    """Records while started; several starts add up until ``take``.

    ``files`` maps a file name, as code objects may have it, to the name to report. Below ``roots`` each ``.py`` file is
    recorded too, under its own path; installed packages (``site-packages``, the interpreter's own folder) are not.
    Threads that begin while it runs are recorded as well. ``calls`` looks at each call in a recorded file.

    The arcs are at least all those that leave a line with several ways out, as coverage.py's parser knows them; with
    ``frames``, which is slow, all that a trace function sees.
    """

    def __init__(
        self,
        files: Mapping[str, str],
        roots: Sequence[str] = (),
        calls: Calls | None = None,
        *,
        frames: bool = False,
    ) -> None:
        self._files = RecordedFiles(files, roots)
        self._recorder: Any = _recorder(self._files, calls, frames=frames)
        self._earlier: dict[str, Recorded] = {}
        self._new_arcs: dict[str, set[tuple[int, int]]] = {}
        self._waiting = False

    def start(self) -> None:
        """Record from the next call on, in this thread and in new ones."""
        self._recorder.start()

    def resume(self) -> None:
        """Record again where endless recursion or the code under test itself ended it."""
        self._recorder.resume()

    def start_with_first_file(self) -> None:
        """Start when the first of the files is executed as a module: all that runs before then runs at full speed.

        To be called once; a ``stop`` before then calls it off.
        """
        self._waiting = True

        def hook(event: str, args: tuple[Any, ...]) -> None:
            if event == "exec" and self._waiting and self.reported_name(getattr(args[0], "co_filename", "<")):
                self._waiting = False
                self.start()

        sys.addaudithook(hook)

    def stop(self) -> None:
        """Stop recording; what was recorded stays."""
        if self._waiting:
            self._waiting = False
        else:
            self._recorder.stop()

    def switch(self) -> dict[str, set[int]]:
        """Return the lines that ran since the last switch, by reported name; ``take`` has them as well."""
        lines = {}
        for name, (ran, arcs) in self._recorder.since().items():
            earlier = self._earlier.setdefault(name, (set(), set()))
            earlier[0].update(ran)
            new = arcs - earlier[1]
            if new:
                earlier[1].update(new)
                self._new_arcs.setdefault(name, set()).update(new)
            if ran:
                lines[name] = ran
        return lines

    def new_arcs(self) -> dict[str, set[tuple[int, int]]]:
        """Return the arcs that ran for the first time before the last ``switch``, and were not returned yet."""
        new, self._new_arcs = self._new_arcs, {}
        return new

    def take(self) -> dict[str, Recorded]:
        """Return what ran, by reported name, and start from nothing. Only files in which something ran are in it."""
        self.switch()
        taken, self._earlier, self._new_arcs = self._earlier, {}, {}
        self._recorder.forget()
        return taken

    def reported_name(self, filename: str) -> str | None:
        """Return the name that the file is reported by, None for one that is not recorded."""
        return self._files.name_of(filename)


def _recorder(files: RecordedFiles, calls: Calls | None, *, frames: bool) -> Any:
    if sys.version_info >= (3, 12) and not frames and trace_events.is_possible():
        return trace_events.EventRecorder(files.name_of, calls)
    return FrameRecorder(files.name_of, calls)
