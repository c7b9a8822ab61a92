"""Started as ``<the person's interpreter> .../greenline_probe/__main__.py [PARENT [TITLE]]``: requests in, replies out.

Requests are JSON lines on standard input; the code under test finds an empty one. Replies are JSON lines on what was
standard output; the code under test finds there what was standard error, so nothing that it prints can be taken for a
reply. PARENT is the process id whose end is this process's end too, or "tied" where it has another number or runs on
another machine: then the end of standard input is. TITLE is for the list of processes.
"""

from __future__ import annotations

import sys

_FOLDER = __file__.rpartition("/" if "/" in __file__ else "\\")[0]
if sys.path and sys.path[0] == _FOLDER:
    # Python put our folder there. Our modules must not shadow the standard library's, nor our neighbours in
    # another environment's site-packages be importable.
    del sys.path[0]

import contextlib  # noqa: E402
import importlib.util  # noqa: E402
import os  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

if TYPE_CHECKING:
    from greenline_probe.channel import Channel


def main() -> None:
    """Answer requests until there are no more."""
    _make_importable()
    from greenline_probe import channel, limits  # noqa: PLC0415 - importable from here on

    tied = sys.argv[1:2] == ["tied"]
    if len(sys.argv) > 1 and not tied:
        limits.die_with_parent(int(sys.argv[1]))
    del sys.argv[1:]
    _answer(channel.take_standard(), tied=tied, fresh=True)
    _leave()


def _answer(channel: Channel, *, tied: bool = False, fresh: bool = False) -> None:
    from greenline_probe import limits, wire  # noqa: PLC0415 - as above
    from greenline_probe.bytecode import keep_bytecode  # noqa: PLC0415 - as above

    for line in channel.requests():
        if tied:
            limits.die_with_input(channel.descriptor)
        request = wire.decode(line, *wire.REQUESTS)
        keep_bytecode(request.bytecode)  # of ours, too: whoever installed it has another Python
        if isinstance(request, wire.StayWarm):
            from greenline_probe import warm  # noqa: PLC0415 - only what this process is for

            in_child = warm.serve(request, channel)
            if in_child is not None:
                _answer(in_child)
            return
        if isinstance(request, wire.RunTests):
            from greenline_probe import pytest_run  # noqa: PLC0415 - as above

            if fresh and not tied and not request.limited:  # a warm process ends what its forks leave
                from greenline_probe import aftermath  # noqa: PLC0415 - as above

                aftermath.watch(request.scratch)
            pytest_run.run(request, channel.reply)
            return
        from greenline_probe import explore  # noqa: PLC0415 - as above

        keep_bytecode("")
        explore.serve(request, channel.reply)


def _make_importable() -> None:
    """Make ``greenline_probe`` importable without its parent folder, which belongs to another environment."""
    if "greenline_probe" in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(
        "greenline_probe", os.path.join(_FOLDER, "__init__.py"), submodule_search_locations=[_FOLDER]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["greenline_probe"] = module
    spec.loader.exec_module(module)


def _leave() -> None:
    """End without waiting for threads that the code under test left behind."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # replaced, closed or broken by the code under test
            stream.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
