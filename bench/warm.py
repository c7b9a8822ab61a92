"""Print what warm processes bring: from the request to the confirmed edit, in a server and by the command line.

    python bench/warm.py [--times N] [--interpreter PYTHON]

The subject is the example project. Fresh and warm take turns, so that both see the same load of the machine. The first
round in the server starts the warm processes; it is not in the medians, and its first request has a row of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.probes import Probes
from greenline.bootstrap import Lasting, build
from greenline.domain.code.model import Target
from greenline.settings import Settings

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "parcels"
TARGETS = [("address.py", "initials"), ("pricing.py", "delivery_price"), ("tracking.py", "parse_tracking")]
WAYS = {"fresh": False, "warm": True}
PARTS = {
    "Running the tests": "tests that are there",
    "Exploring": "exploring",
    "Running": "two trial runs",
    "confirm": "confirmation",
}
WHOLE, FIRST, COMMAND = "request to confirmed edit", "the server's first request", "command line, one function"
COMMAND_LINE = """
import sys
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.probes import Probes
from greenline.bootstrap import Lasting, build
from greenline.cli.app import greenline
from greenline.cli.wiring import Wiring
warm = sys.argv.pop(1) == "warm"
def services(settings):
    lasting = Lasting()
    return build(settings, DiskDocuments(), Lasting(probes=Probes(lasting.probes.bytecode, warm=warm)))
greenline(obj=Wiring(services))
"""

Times = dict[str, list[float]]


class Clock:
    """A Progress that takes the time of each part of a job."""

    def __init__(self, times: Times) -> None:
        self._times = times
        self._part = ""
        self._since = time.perf_counter()

    def step(self, message: str, fraction: float | None = None) -> None:  # noqa: ARG002 - a Progress has it
        """End the part that runs when this begins another."""
        for start, part in PARTS.items():
            if message.startswith(start) and not message.startswith("Running tests") and self._part != "confirmation":
                if part != self._part:
                    self.end()
                self._part = part
                return

    def end(self) -> None:
        """Note the time of the part that ends now."""
        now = time.perf_counter()
        if self._part:
            self._times[self._part].append(now - self._since)
        self._part, self._since = "", now


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Print what warm processes bring.")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--interpreter", type=Path, default=Path(sys.executable), help="the project's Python")
    arguments = parser.parse_args()
    interpreter = arguments.interpreter.absolute()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "parcels")
        shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        measured = asyncio.run(in_a_server(project, arguments.times, interpreter))
        for _ in range(arguments.times):
            for way in WAYS:
                measured[way][COMMAND].append(by_command(project, way, interpreter))
    print(f"{'median, milliseconds':32}{'fresh':>8}{'warm':>8}")
    for part in [*dict.fromkeys(PARTS.values()), WHOLE, FIRST, COMMAND]:
        fresh, warm = (1000 * statistics.median(measured[way][part] or [0.0]) for way in WAYS)
        print(f"{part:32}{fresh:8.0f}{warm:8.0f}")


async def in_a_server(project: Path, times: int, interpreter: Path) -> dict[str, Times]:
    """Generate for each target, again and again, in this process; nothing is written."""
    kept = Lasting()
    probes = {way: Probes(kept.probes.bytecode, warm=warm) for way, warm in WAYS.items()}
    measured: dict[str, Times] = {way: defaultdict(list) for way in WAYS}
    for number in range(times + 1):
        for target in (Target(project / "src" / "parcels" / file, function) for file, function in TARGETS):
            for way in WAYS:
                lasting = Lasting(parser=kept.parser, interpreters=kept.interpreters, probes=probes[way])
                times_of = measured[way] if number else defaultdict(list)
                seconds = await once(target, lasting, interpreter, times_of)
                measured[way][WHOLE if number else FIRST].append(seconds)
    for way in WAYS:
        del measured[way][FIRST][1:]
    return measured


async def once(target: Target, lasting: Lasting, interpreter: Path, times: Times) -> float:
    """Return the seconds from the request to the confirmed edit."""
    services = build(Settings(interpreter=str(interpreter)), DiskDocuments(), lasting)
    began = time.perf_counter()
    clock = Clock(times)
    generation = await services.generate.generate(target, clock)
    clock.step("confirm")
    confirmation = await services.confirm.confirm(generation, clock)
    clock.end()
    assert confirmation.ok, generation.results[0].reason or confirmation.message
    return time.perf_counter() - began


def by_command(project: Path, way: str, interpreter: Path) -> float:
    """Return the seconds of the whole command, in a copy of the project."""
    file, function = TARGETS[0]
    target = f"src/parcels/{file}::{function}"
    command = [sys.executable, "-c", COMMAND_LINE, way, "generate", "--interpreter", str(interpreter), target]
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "parcels")
        shutil.copytree(project, copy)
        subprocess.run(command, cwd=copy, check=True, capture_output=True)
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
