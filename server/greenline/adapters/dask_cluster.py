"""Units of work on a Dask cluster: handed in once, done again where a worker dies, called off at the end."""

from __future__ import annotations

import asyncio
import json
import pkgutil
import warnings
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from greenline import __version__
from greenline.ports.cluster import ClusterProblem, UnitLost

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from greenline.ports.cluster import Carried, Record

Client = Any
"""Of ``distributed``, as ``Future`` is: its types describe how it blocks, and not how it is awaited."""
Future = Any

_SECONDS = 10.0
"""To reach the scheduler, and to say goodbye to it."""
_LOOK = 5.0
"""Seconds without a result after which it is looked whether there are workers at all."""
_TRIES = 2
"""Times that a unit is tried again at which a worker failed, and did not die: its disk may have been full."""
_INSTALL = (
    "Working on a Dask cluster takes libraries that are not installed. Install them: "
    'pip install "greenline[distributed]"'
)
_GOES_ON = "What was done is kept: the same command goes on with the rest, with or without --executor dask."


@dataclass(frozen=True, slots=True)
class WorkerSide:
    """What a worker is asked to do: functions that it can import."""

    look: Callable[[Carried], str]
    find: Callable[[Carried, Record, Mapping[str, str]], Record]
    leave: Callable[[Sequence[str]], Awaitable[None]]


class DaskCluster:
    """Implements ``Cluster``. ``tell`` is told what a person should know of it."""

    def __init__(self, address: str, side: WorkerSide, tell: Callable[[str], None]) -> None:
        self._address = address
        self._side = side
        self._tell = tell
        self._client: Client | None = None
        self._workers: list[str] | None = None
        """Those that can do it, where there are others."""
        self._sent: dict[str, Future] = {}
        self._units: list[Future] = []
        self._is_told = False
        """That no worker is left."""

    async def begin(self, carried: Sequence[Carried]) -> int:
        """Send what is carried. Returns how many units are worked on at once. Raises ClusterProblem."""
        self._client = client = await connected(self._address)
        try:
            slots = await self._slots(client)
            fit = self._of_this_version(await _versions(client))
            for one in carried:
                (self._sent[one.digest],) = await client.scatter([one], workers=fit, broadcast=True)
            able = await self._with_python(client, fit)
        except OSError as error:
            raise self._lost() from error
        self._workers = sorted(able) if slots.keys() - able else None
        return sum(slots.get(worker, 0) for worker in able)

    async def find(self, digest: str, unit: Record, texts: Mapping[str, str], urgency: int) -> Record:
        """Return what was found for a unit. Raises ClusterProblem and UnitLost."""
        client = self._client
        assert client is not None
        future = client.submit(
            self._side.find,
            self._sent[digest],
            unit,
            dict(texts),
            key=_key(digest, unit, texts),
            priority=urgency,
            retries=_TRIES,
            workers=self._workers,
            pure=False,
        )
        self._units.append(future)
        waiting = asyncio.ensure_future(_result(future))
        try:
            while not (await asyncio.wait([waiting], timeout=_LOOK))[0]:
                await self._look_after(client)
        finally:
            waiting.cancel()
        try:
            found: Record = waiting.result()
        except CancelledError:
            raise self._lost() from None
        return found

    async def end(self) -> None:
        """Call off what is not done, and have the workers remove what they were sent. Raises nothing."""
        client, self._client = self._client, None
        if client is None:
            return
        if client.status == "running":
            with suppress(Exception):
                await client.cancel(self._units)
                leaving = client.run(self._side.leave, list(self._sent), workers=self._workers, on_error="ignore")
                await asyncio.wait_for(leaving, _SECONDS)
        await _let_go(client)

    async def _slots(self, client: Client) -> dict[str, int]:
        """Return how many units each worker does at once; waits for the first worker."""
        while not (slots := await _workers(client)):
            self._tell(
                f"The scheduler at {self._address} has no workers; waiting for one. "
                f"`dask worker {self._address}` starts one."
            )
            await client.wait_for_workers(1)
        return slots

    def _of_this_version(self, versions: Mapping[str, str]) -> list[str]:
        """Return the workers that have this Greenline. Raises ClusterProblem where none has."""
        for worker, version in versions.items():
            if version != __version__:
                has = f"Greenline {version}" if version else "no Greenline"
                self._tell(f"The worker {worker} has {has}, and gets no work: here is {__version__}.")
        fit = [worker for worker, version in versions.items() if version == __version__]
        if not fit:
            raise ClusterProblem(
                f"No worker of {self._address} has Greenline {__version__}. Install it where the workers run: "
                f"pip install greenline=={__version__}"
            )
        return fit

    async def _with_python(self, client: Client, workers: list[str]) -> set[str]:
        """Return the workers that have a Python for all projects. Raises ClusterProblem where none has."""
        asked = {
            (worker, digest): client.submit(self._side.look, sent, workers=[worker], pure=False, retries=_TRIES)
            for worker in workers
            for digest, sent in self._sent.items()
        }
        answers = await asyncio.gather(*map(_result, asked.values()), return_exceptions=True)
        troubles = {worker: str(said) for (worker, _), said in zip(asked, answers, strict=True) if said}
        for worker, trouble in troubles.items():
            self._tell(f"The worker {worker} gets no work: {trouble}")
        able = set(workers) - troubles.keys()
        if not able:
            raise ClusterProblem(f"No worker of {self._address} can run the project's tests.")
        return able

    async def _look_after(self, client: Client) -> None:
        """Say so where no worker is left. Raises ClusterProblem where the scheduler is gone."""
        if client.status == "closed":
            raise self._lost()
        if client.status != "running":  # it is tried to reach the scheduler again
            return
        with suppress(OSError):
            there = await _workers(client)
            is_none_left = not there.keys() & set(self._workers or there)
            if is_none_left and not self._is_told:
                self._tell(f"No worker of {self._address} is left that can go on; waiting for one.")
            self._is_told = is_none_left

    def _lost(self) -> ClusterProblem:
        return ClusterProblem(f"The scheduler at {self._address} is gone, or has lost what it was sent. {_GOES_ON}")


async def connected(address: str) -> Client:
    """Return a connection. Raises ClusterProblem: no library, no scheduler there."""
    try:
        from distributed import Client as DaskClient  # noqa: PLC0415 - takes a second, and only few have it
        from distributed.versions import VersionMismatchWarning  # noqa: PLC0415 - as above
    except ImportError as error:
        raise ClusterProblem(_INSTALL) from error
    client: Client = None
    try:
        with warnings.catch_warnings():
            # What counts is checked: that workers have this Greenline, and answer.
            warnings.simplefilter("ignore", VersionMismatchWarning)
            client = DaskClient(  # type: ignore[no-untyped-call]
                address, asynchronous=True, timeout=_SECONDS, set_as_default=False, name="greenline"
            )
            return await client
    except asyncio.CancelledError:
        await _let_go(client)
        raise
    except (OSError, ValueError, asyncio.TimeoutError) as error:
        await _let_go(client)
        raise ClusterProblem(
            f"No Dask scheduler answers at {address} ({_first_line(error)}). Is it running, and is this its address? "
            "`dask scheduler` prints it when it starts, such as tcp://10.0.0.5:8786."
        ) from error


async def _let_go(client: Client) -> None:
    with suppress(Exception):
        await asyncio.wait_for(client.close(), _SECONDS)


async def _workers(client: Client) -> dict[str, int]:
    told: Mapping[str, Any] = await client.scheduler.identity(n_workers=-1)
    return {worker: about["nthreads"] for worker, about in told["workers"].items()}


async def _versions(client: Client) -> dict[str, str]:
    """Return which Greenline each worker has, empty for none: asked by a function that any Python has."""
    told = await client.run(pkgutil.resolve_name, "greenline:__version__", on_error="return")
    return {worker: said if isinstance(said, str) else "" for worker, said in sorted(told.items())}


async def _result(future: Future) -> Any:
    """Return what a worker returned. Raises UnitLost, and CancelledError where the cluster has forgotten about it."""
    from distributed import KilledWorker  # noqa: PLC0415 - there is a client already

    try:
        return await future
    except KilledWorker as killed:
        times = killed.allowed_failures + 1
        raise UnitLost(f"{times} workers of the cluster died one after the other while they worked on it") from None
    except CancelledError:
        raise
    except Exception as error:
        raise UnitLost(f"a worker of the cluster failed at it: {_first_line(error)}") from error


def _key(digest: str, unit: Record, texts: Mapping[str, str]) -> str:
    """Return what the same work on the same files has in common, and nothing else."""
    said = json.dumps([digest, unit, dict(texts)], sort_keys=True)
    return f"greenline-{sha256(said.encode('utf-8')).hexdigest()[:32]}"


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
