"""What a worker of a cluster does: it unpacks a project once, and finds tests for units of it.

Whatever is called here from elsewhere is a function of plain values, so that any worker with this Greenline can do it.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
import time
from collections import deque
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.packed_files import unpack
from greenline.adapters.probes import Probes
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.adapters.scratch_overlay import empty_scratch
from greenline.bootstrap import build, lasting_for_terminal
from greenline.domain.bulk.found_records import found_record
from greenline.domain.bulk.records import Record, unit_of
from greenline.ports.progress import Silent
from greenline.ports.project import InterpreterProblem
from greenline.services.find_tests import find_tests
from greenline.services.known_base import keep_base
from greenline.settings import EngineChoice, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence

    from greenline.bootstrap import Services
    from greenline.ports.cluster import Carried

T = TypeVar("T")

_LOOK = 0.5
"""Seconds after which it is looked again whether anybody still waits."""
_TO_END = 30.0
"""Seconds for what is cancelled to end with all that it started."""
_IDLE = 600.0
"""Seconds after which a project that nobody works on is removed: who sent it may have been killed."""
_places: dict[str, Place] = {}
_left: deque[str] = deque(maxlen=1000)
"""Projects that are over: a task that was about to begin then finds that out, and does not unpack them again."""
_lock = threading.Lock()


class NobodyWaitsError(Exception):
    """The unit was called off while it was worked on."""


def look(carried: Carried) -> str:
    """Return what is in the way of working on a project here, in words; empty where nothing is."""
    with _place(carried) as place:
        return place.problem()


def find(carried: Carried, unit: Record, texts: Mapping[str, str]) -> Record:
    """Return what was found for a unit, as ``found_record``; in a thread of a Dask worker. Raises NobodyWaitsError.

    ``texts`` are seen instead of what was sent, by file.
    """
    from distributed import get_worker  # noqa: PLC0415 - only a worker has it

    worker = get_worker()
    key = worker.get_current_task()

    def is_wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state != "cancelled"

    with _place(carried) as place:
        return place.find(unit, texts, is_wanted)


async def leave(digests: Sequence[str]) -> None:
    """End all that runs for these projects, and remove them."""
    with _lock:
        _left.extend(digests)
        places = [_places.pop(digest) for digest in digests if digest in _places]
    for place in places:
        await asyncio.to_thread(place.close)


class Place:
    """One project, unpacked in a scratch folder, and the services for it with a loop of their own."""

    def __init__(self, carried: Carried) -> None:
        self.users, self.used_at = 0, time.monotonic()
        """How many work here, and when that was last so."""
        self._carried = carried
        self._folder = ExitStack()
        top = self._folder.enter_context(empty_scratch()).root / carried.name
        try:
            unpack(carried.files, top)
            self._root = top / carried.project
            self._services = self._built()
        except BaseException:
            self._folder.close()
            raise
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name=f"greenline {carried.name}", daemon=True)
        self._thread.start()

    def problem(self) -> str:
        """Say what is wrong with the Python for the project; empty where it has one, with pytest."""
        project = self._services.projects.project_of(self._root / "any.py")
        asking = self._services.interpreters.interpreter_for(project, setting=self._interpreter)
        try:
            interpreter = self._awaited(asking, lambda: True)
        except InterpreterProblem as problem:
            return str(problem)
        return interpreter.without_pytest if interpreter.pytest_version is None else ""

    def find(self, unit: Record, texts: Mapping[str, str], is_wanted: Callable[[], bool]) -> Record:
        """Find tests for a unit. Raises NobodyWaitsError, when all that runs for it has ended."""
        engine = cast("EngineChoice", self._carried.engine)
        services = self._services.over({self._root / file: text for file, text in texts.items()})
        work = find_tests(services.generate, unit_of(unit, self._root), engine, Silent())
        found = found_record(self._awaited(work, is_wanted), self._root)
        return cast("Record", _told(found, str(self._root), self._carried.root))

    def close(self) -> None:
        """End all that runs, and remove the folder."""
        with suppress(RuntimeError):  # it has ended by itself
            self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(_TO_END)

    @property
    def _interpreter(self) -> str:
        """The person's choice, where this machine has it."""
        wanted = str(self._carried.settings["interpreter"])
        return wanted if wanted and Path(wanted).exists() else ""

    def _built(self) -> Services:
        settings = replace(Settings(**self._carried.settings), interpreter=self._interpreter)
        lasting = lasting_for_terminal()
        imported = [self._root / folder for folder in self._carried.imported]
        lasting = replace(lasting, runs=RunStoreSqlite(None), probes=Probes(lasting.probes.bytecode, imported=imported))
        services = build(settings, DiskDocuments(), lasting)
        keep_base(services.show, self._root, self._carried.base)
        return services

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._wait_for_the_end())
            rest = asyncio.all_tasks(self._loop)
            for task in rest:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            self._loop.close()
            self._folder.close()

    async def _wait_for_the_end(self) -> None:
        while not self._ended.is_set() and not _is_left(self._carried.digest, self):
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._ended.wait(), _IDLE / 10)

    def _awaited(self, work: Coroutine[Any, Any, T], is_wanted: Callable[[], bool]) -> T:
        """Wait in this thread for what is done on the loop; called off, it ends before NobodyWaitsError is raised."""
        ended = threading.Event()
        begun: list[asyncio.Task[T]] = []

        def begin() -> None:
            task = self._loop.create_task(work)
            task.add_done_callback(lambda _: ended.set())
            begun.append(task)

        self._loop.call_soon_threadsafe(begin)
        while not ended.wait(_LOOK):
            if not begun and not self._thread.is_alive():  # it ended just before
                work.close()
                raise NobodyWaitsError
            if begun and not is_wanted():
                self._loop.call_soon_threadsafe(begun[0].cancel)
                ended.wait(_TO_END)
                raise NobodyWaitsError
        return begun[0].result()


@contextmanager
def _place(carried: Carried) -> Iterator[Place]:
    with _lock:
        if carried.digest in _left:
            raise NobodyWaitsError
        if carried.digest not in _places:
            place = _places[carried.digest] = Place(carried)
            atexit.register(partial(_close_quietly, carried.digest, place))
        place = _places[carried.digest]
        place.users += 1
    try:
        yield place
    finally:
        with _lock:
            place.users -= 1
            place.used_at = time.monotonic()


def _is_left(digest: str, place: Place) -> bool:
    """Tell whether nobody has worked in a place for long; then nobody will."""
    with _lock:
        if place.users or time.monotonic() - place.used_at < _IDLE:
            return False
        _places.pop(digest, None)
        return True


def _close_quietly(digest: str, place: Place) -> None:
    if _places.pop(digest, None) is not None:
        place.close()


def _told(value: Any, here: str, there: str) -> Any:
    """Return plain values with a folder of this machine called as it is called where they go."""
    if isinstance(value, str):
        return value.replace(here, there)
    if isinstance(value, list):
        return [_told(one, here, there) for one in value]
    if isinstance(value, dict):
        return {key: _told(one, here, there) for key, one in value.items()}
    return value
