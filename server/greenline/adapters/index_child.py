"""The process that makes one index: ``python -m greenline.adapters.index_child REPORT KIND KEY FOLDER``.

It prints ``at FRACTION`` while it reads and ``problem SENTENCE`` when the report is of no use, and ends when nobody
listens any more.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from greenline.adapters.report_index import write_index
from greenline.adapters.report_places import Report, stamp_of
from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from greenline.adapters.report_places import Kind

_MOST_MEMORY = 3 << 30
"""Bytes of address space; a report that needs more is refused, and takes nothing from the person's other programs."""
_STEP = 0.01


def main(arguments: list[str]) -> int:
    """Make the index. Returns the exit code."""
    name, kind, key, folder = arguments
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    _be_modest()
    report = Report(Path(name), cast("Kind", kind), stamp_of(Path(name)))
    told = 0.0

    def tell(read: int) -> None:
        nonlocal told
        fraction = min(1.0, read / max(1, report.stamp[1]))
        if fraction - told >= _STEP:
            told = fraction
            print(f"at {fraction:.2f}", flush=True)  # noqa: T201 - that is how it speaks

    try:
        write_index(report, key, Path(folder), tell)
    except CoverageProblem as problem:
        print("problem", " ".join(str(problem).split()), flush=True)  # noqa: T201 - as above
        return 1
    except MemoryError:
        print(  # noqa: T201 - as above
            f"problem The coverage report {name} needs more than {_MOST_MEMORY >> 30} GB of memory. Write it "
            "without contexts (`coverage json` without --show-contexts), or let Greenline read the data file itself.",
            flush=True,
        )
        return 1
    return 0


def _end_with_the_server() -> None:
    sys.stdin.read()
    os._exit(3)


def _be_modest() -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    os.nice(5)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
