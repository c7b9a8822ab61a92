"""A Dask scheduler and workers on this machine, as processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

LIMIT = 120.0
SERVER = Path(__file__).parents[2] / "server"


@dataclass
class DaskProcesses:
    """Ends them all at the end; ``folder`` keeps what they write. Workers have one thread each."""

    folder: Path
    workers: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.folder.mkdir()
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self._told))
        self._await(lambda: self._told.is_file() and self._address())
        for number in range(self.workers):
            self.start_worker(f"worker-{number}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self.running):
            self.kill(name)

    @property
    def address(self) -> str:
        """The scheduler's."""
        return self._address()

    def start_worker(self, name: str, **variables: str) -> None:
        """Start one; it finds the scheduler by itself."""
        options = ("--nthreads", "1", "--no-nanny", "--name", name, "--local-directory", str(self.folder / name))
        self._start("worker", self.address, *options, name=name, **variables)

    def kill(self, name: str) -> None:
        """End one as if its machine were gone."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def at_work(self, *, done: int) -> str:
        """Return the name of a worker that works on a unit when at least so many units are done; waits for that."""
        until = time.monotonic() + LIMIT
        with self.client() as client:
            while time.monotonic() < until:
                found = [key for key in client.who_has() if _is_unit(key)]
                busy = [worker for worker, keys in client.processing().items() if any(map(_is_unit, keys))]
                if busy and len(found) >= done:
                    names = {worker: about["name"] for worker, about in client.scheduler_info()["workers"].items()}
                    return str(names[busy[0]])
                time.sleep(0.02)
        raise AssertionError(self.said("scheduler"))

    def client(self) -> Any:
        """Return a connection of our own."""
        from distributed import Client

        return Client(self.address, timeout=LIMIT, set_as_default=False)

    def said(self, name: str) -> str:
        """Return what one has printed."""
        return (self.folder / f"{name}.txt").read_text()

    @property
    def _told(self) -> Path:
        return self.folder / "scheduler.json"

    def _address(self) -> str:
        try:
            told: dict[str, Any] = json.loads(self._told.read_text())
        except ValueError:  # it is being written
            return ""
        return str(told["address"])

    def _start(self, kind: str, *options: str, name: str = "scheduler", **variables: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options, "--no-dashboard"]
        cache = {"XDG_CACHE_HOME": str(self.folder / f"{name}-cache")}
        scratch = {"TMPDIR": str(self.folder / f"{name}-tmp")}
        Path(scratch["TMPDIR"]).mkdir(exist_ok=True)
        environment = {**os.environ, "PYTHONPATH": str(SERVER), **cache, **scratch, **variables}
        with (self.folder / f"{name}.txt").open("wb") as output:
            self.running[name] = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def _await(self, is_there: Any) -> None:
        until = time.monotonic() + LIMIT
        while not is_there():
            assert time.monotonic() < until, self.said("scheduler")
            time.sleep(0.05)


def _is_unit(key: Any) -> bool:
    return str(key).startswith("greenline-")
