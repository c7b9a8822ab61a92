"""The job registry: one live job per key, and exactly one outcome for each job, whatever happens."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from greenline.ports.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Hashable

Outcome = Literal["done", "failed", "cancelled", "superseded"]
Policy = Literal["keep", "supersede", "ask again"]
Work = Callable[[Progress], Awaitable[Any]]

log = logging.getLogger(__name__)


class RegistryClosed(Exception):
    """The server is going down; no job starts any more."""


class JobFailure(Exception):
    """Work raises it when it could not do what was asked; the message is for the person. No traceback is logged."""


class JobAborted(Exception):
    """The work tried to end the whole process (SystemExit); that ends the job only."""


@dataclass(eq=False)
class Job:
    """One piece of work. ``outcome`` is None while it lives; ``result`` belongs to ``done``, ``error`` to ``failed``.

    ``told``, ``stop``, ``ended``, ``task`` and ``older`` are the registry's own.
    """

    id: str
    key: Hashable
    title: str
    outcome: Outcome | None = None
    result: Any = None
    error: BaseException | None = None
    told: bool = field(default=False, repr=False)
    """It has told a step."""
    stop: Outcome | None = field(default=None, repr=False)
    ended: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    task: asyncio.Task[Any] | None = field(default=None, repr=False)
    older: Job | None = field(default=None, repr=False)

    @property
    def live(self) -> bool:
        """Not ended yet."""
        return self.outcome is None

    async def wait(self) -> Outcome:
        """Wait for the end and return the outcome."""
        await self.ended.wait()
        assert self.outcome is not None
        return self.outcome


class JobRegistry:
    """Starts, finds and ends jobs. To be used on one event loop's thread only."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._live: dict[str, Job] = {}
        self._by_key: dict[Hashable, Job] = {}
        self._closed = False

    @property
    def live(self) -> tuple[Job, ...]:
        """The jobs that have not ended, oldest first."""
        return tuple(self._live.values())

    def start(
        self,
        key: Hashable,
        title: str,
        work: Work,
        progress: Callable[[Job], Progress],
        *,
        on_end: Callable[[Job], None] | None = None,
        policy: Policy = "keep",
    ) -> Job:
        """Start ``work``, or return the live job of the same key (``keep``), or take its place (``supersede``).

        ``ask again``: for work that begins with a question and tells no step before the answer. As long as the live
        job has told none, the new one takes its place, as its question may be out of sight; then it is kept.
        A superseding job waits until all older ones have let go of everything. ``on_end`` is called once, after the
        outcome is set; what it raises is logged and changes nothing. Raises RegistryClosed.
        """
        if self._closed:
            raise RegistryClosed("the server is shutting down")
        older = self._by_key.get(key)
        if older is not None:
            if policy == "keep" or (policy == "ask again" and older.told):
                return older
            self._request_stop(older, "superseded")
        job = Job(f"job-{next(self._ids)}", key, title, older=older)
        self._live[job.id] = self._by_key[key] = job
        job.task = asyncio.get_running_loop().create_task(_run(job, work, progress), name=f"{job.id} {title}")
        # A callback: a task that is cancelled before its first step never runs a line of its coroutine.
        job.task.add_done_callback(lambda task: self._end(job, task, on_end))
        return job

    def cancel(self, job_id: str) -> bool:
        """Ask a live job to stop. False: there is no such job, or it was asked before."""
        job = self._live.get(job_id)
        return job is not None and self._request_stop(job, "cancelled")

    async def close(self, limit: float | None = None) -> tuple[Job, ...]:
        """Cancel everything, refuse new jobs, wait up to ``limit`` seconds. Returns the jobs that still live then."""
        self._closed = True
        jobs = self.live
        for job in jobs:
            self._request_stop(job, "cancelled")
        if jobs:
            await asyncio.wait([asyncio.ensure_future(job.wait()) for job in jobs], timeout=limit)
        return self.live

    @staticmethod
    def _request_stop(job: Job, outcome: Outcome) -> bool:
        """Cancel the task once: a second cancellation would break into the first one's cleaning up."""
        if job.stop is not None or not job.live:
            return False
        job.stop = outcome
        assert job.task is not None
        job.task.cancel(outcome)
        return True

    def _end(self, job: Job, task: asyncio.Task[Any], on_end: Callable[[Job], None] | None) -> None:
        job.outcome, job.result, job.error = _judge(job.stop, task)
        self._live.pop(job.id, None)
        if self._by_key.get(job.key) is job:
            del self._by_key[job.key]
        if isinstance(job.error, JobFailure):
            log.info("%s (%s) %s: %s", job.id, job.title, job.outcome, job.error)
        elif job.error is not None:
            log.error("%s (%s) %s", job.id, job.title, job.outcome, exc_info=job.error)
        try:
            if on_end is not None:
                on_end(job)
        except Exception:
            log.exception("the end of %s (%s) could not be told", job.id, job.title)
        finally:
            job.ended.set()


def _judge(stop: Outcome | None, task: asyncio.Task[Any]) -> tuple[Outcome, Any, BaseException | None]:
    """Return outcome, result and error. Work that finished although asked to stop is done, unless it was superseded."""
    if task.cancelled():
        return stop or "cancelled", None, None
    error = task.exception()
    if error is not None:
        return stop or "failed", None, error
    if stop == "superseded":
        return "superseded", None, None
    return "done", task.result(), None


async def _run(job: Job, work: Work, progress: Callable[[Job], Progress]) -> Any:
    while job.older is not None:
        await job.older.wait()
        job.older = job.older.older  # one that was superseded while it waited itself has left somebody to wait for
    try:
        return await work(_Gate(job, progress))
    except SystemExit as exit_:
        raise JobAborted(f"the work asked to end the process (exit code {exit_.code})") from exit_


class _Gate:
    """Lets the steps of a live job through to its sink, and keeps a broken sink from breaking the work."""

    def __init__(self, job: Job, progress: Callable[[Job], Progress]) -> None:
        self._job = job
        self._make = progress
        self._sink: Progress | None = None
        self._broken = False

    def step(self, message: str, fraction: float | None = None) -> None:
        if self._broken or not self._job.live or self._job.stop is not None:
            return
        try:
            if self._sink is None:
                self._job.told = True
                self._sink = self._make(self._job)
            self._sink.step(message, fraction)
        except Exception:
            self._broken = True
            log.exception("the progress of %s cannot be shown", self._job.id)
