from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenline.jobs.registry import JobFailure, JobRegistry, RegistryClosed
from greenline.ports.progress import Silent

if TYPE_CHECKING:
    from greenline.jobs.registry import Job
    from greenline.ports.progress import Progress

LIMIT = 5.0


class Steps:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def step(self, message: str, fraction: float | None = None) -> None:
        self.seen.append(message)


async def forever(progress: Progress) -> None:
    await asyncio.Event().wait()


async def answer(progress: Progress) -> int:
    return 42


async def fail(progress: Progress) -> None:
    raise ValueError("broken")


def start(registry: JobRegistry, work: Any, key: str = "k", **more: Any) -> Job:
    return registry.start(key, "a job", work, lambda _: Silent(), **more)


async def end(job: Job) -> str:
    return await asyncio.wait_for(job.wait(), LIMIT)


async def test_work_that_returns_is_done() -> None:
    job = start(JobRegistry(), answer)
    assert job.live
    assert await end(job) == "done"
    assert job.result == 42
    assert not job.live


async def test_work_that_raises_has_failed_and_says_why(caplog: pytest.LogCaptureFixture) -> None:
    job = start(JobRegistry(), fail)
    assert await end(job) == "failed"
    assert isinstance(job.error, ValueError)
    assert "broken" in caplog.text


async def test_an_expected_failure_leaves_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    async def work(progress: Progress) -> None:
        raise JobFailure("not today")

    with caplog.at_level(logging.INFO):
        assert await end(start(JobRegistry(), work)) == "failed"
    assert "not today" in caplog.text
    assert "Traceback" not in caplog.text


async def test_work_that_exits_the_process_ends_only_its_job() -> None:
    async def work(progress: Progress) -> None:
        raise SystemExit(3)

    job = start(JobRegistry(), work)
    assert await end(job) == "failed"
    assert "exit code 3" in str(job.error)


async def test_cancelling_ends_the_work() -> None:
    registry = JobRegistry()
    started, cleaned = asyncio.Event(), asyncio.Event()

    async def work(progress: Progress) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    job = start(registry, work)
    await asyncio.wait_for(started.wait(), LIMIT)
    assert registry.cancel(job.id)
    assert await end(job) == "cancelled"
    assert cleaned.is_set()


async def test_a_job_that_is_cancelled_before_it_started_still_ends() -> None:
    ended: list[Job] = []
    registry = JobRegistry()
    job = start(registry, answer, on_end=ended.append)
    registry.cancel(job.id)
    assert await end(job) == "cancelled"
    assert ended == [job]


async def test_a_second_cancel_does_not_disturb_the_cleaning_up() -> None:
    registry = JobRegistry()
    started, cleaning, go_on, cleaned = (asyncio.Event() for _ in range(4))

    async def work(progress: Progress) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaning.set()
            await go_on.wait()
            cleaned.set()

    job = start(registry, work)
    await asyncio.wait_for(started.wait(), LIMIT)
    assert registry.cancel(job.id)
    await asyncio.wait_for(cleaning.wait(), LIMIT)
    assert not registry.cancel(job.id)
    go_on.set()
    assert await end(job) == "cancelled"
    assert cleaned.is_set()
    assert not registry.cancel(job.id)


async def test_an_unknown_job_cannot_be_cancelled() -> None:
    assert not JobRegistry().cancel("job-7")


async def test_keep_returns_the_live_job_and_starts_nothing() -> None:
    registry = JobRegistry()
    runs: list[int] = []
    gate = asyncio.Event()

    async def work(progress: Progress) -> None:
        runs.append(1)
        await gate.wait()

    first = start(registry, work)
    assert start(registry, work) is first
    gate.set()
    await end(first)
    assert runs == [1]
    assert start(registry, work) is not first


async def test_a_question_that_may_be_out_of_sight_is_asked_again_until_work_has_begun() -> None:
    begins, has_begun = asyncio.Event(), asyncio.Event()

    async def asks_and_works(progress: Progress) -> None:
        await begins.wait()
        progress.step("At work")
        has_begun.set()
        await asyncio.Event().wait()

    registry = JobRegistry()
    first = start(registry, forever, policy="ask again")
    second = start(registry, asks_and_works, policy="ask again")
    assert await end(first) == "superseded"
    begins.set()
    await asyncio.wait_for(has_begun.wait(), LIMIT)
    assert start(registry, answer, policy="ask again") is second
    await registry.close(LIMIT)


async def test_supersede_waits_for_the_older_job_to_let_go() -> None:
    registry = JobRegistry()
    order: list[str] = []
    started = asyncio.Event()

    async def older(progress: Progress) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            order.append("older let go")

    async def newer(progress: Progress) -> None:
        order.append("newer works")

    first = start(registry, older)
    await asyncio.wait_for(started.wait(), LIMIT)
    second = start(registry, newer, policy="supersede")
    assert await end(second) == "done"
    assert first.outcome == "superseded"
    assert order == ["older let go", "newer works"]


async def test_superseding_a_job_that_still_waits_waits_for_the_one_that_works() -> None:
    registry = JobRegistry()
    order: list[str] = []
    started, let_go = asyncio.Event(), asyncio.Event()

    async def oldest(progress: Progress) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            await let_go.wait()
            order.append("oldest let go")

    async def newest(progress: Progress) -> None:
        order.append("newest works")

    start(registry, oldest)
    await asyncio.wait_for(started.wait(), LIMIT)
    between = start(registry, forever, policy="supersede")
    last = start(registry, newest, policy="supersede")
    for _ in range(5):
        await asyncio.sleep(0)
    let_go.set()
    assert await end(last) == "done"
    assert (between.outcome, order) == ("superseded", ["oldest let go", "newest works"])


async def test_superseding_a_superseding_job_runs_only_the_newest() -> None:
    registry = JobRegistry()
    jobs = [start(registry, forever), start(registry, forever, policy="supersede")]
    jobs.append(start(registry, answer, policy="supersede"))
    assert [await end(job) for job in jobs] == ["superseded", "superseded", "done"]


async def test_work_that_finishes_in_spite_of_a_cancel_is_done() -> None:
    registry = JobRegistry()
    started = asyncio.Event()

    async def work(progress: Progress) -> str:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "finished"
        return "never"

    job = start(registry, work)
    await asyncio.wait_for(started.wait(), LIMIT)
    registry.cancel(job.id)
    assert await end(job) == "done"
    assert job.result == "finished"


async def test_a_failing_listener_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def listener(job: Job) -> None:
        raise RuntimeError("deaf")

    registry = JobRegistry()
    job = start(registry, answer, on_end=listener)
    assert await end(job) == "done"
    assert registry.live == ()
    assert "deaf" in caplog.text


async def test_a_failing_progress_does_not_break_the_work() -> None:
    class Broken:
        def step(self, message: str, fraction: float | None = None) -> None:
            raise RuntimeError("blind")

    async def work(progress: Progress) -> int:
        progress.step("one")
        progress.step("two")
        return 1

    job = JobRegistry().start("k", "a job", work, lambda _: Broken())
    assert await end(job) == "done"


async def test_steps_reach_the_sink_until_the_job_is_told_to_stop() -> None:
    steps = Steps()
    registry = JobRegistry()
    started = asyncio.Event()

    async def work(progress: Progress) -> None:
        progress.step("working")
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            progress.step("cleaning up")

    job = registry.start("k", "a job", work, lambda _: steps)
    await asyncio.wait_for(started.wait(), LIMIT)
    registry.cancel(job.id)
    await end(job)
    assert steps.seen == ["working"]


async def test_close_cancels_all_and_waits() -> None:
    registry = JobRegistry()
    jobs = [start(registry, forever, key=str(number)) for number in range(3)]
    assert await asyncio.wait_for(registry.close(), LIMIT) == ()
    assert [job.outcome for job in jobs] == ["cancelled"] * 3
    with pytest.raises(RegistryClosed):
        start(registry, answer)
    assert await registry.close() == ()


async def test_close_names_the_jobs_that_do_not_end() -> None:
    registry = JobRegistry()
    started, gate = asyncio.Event(), asyncio.Event()

    async def stubborn(progress: Progress) -> None:
        started.set()
        while not gate.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await gate.wait()

    job = start(registry, stubborn)
    await asyncio.wait_for(started.wait(), LIMIT)
    assert await registry.close(limit=0.01) == (job,)
    gate.set()
    assert await end(job) == "done"


MOVES = st.lists(
    st.tuples(st.sampled_from(["keep", "supersede", "cancel", "turn", "open"]), st.integers(0, 2), st.booleans()),
    max_size=30,
)


@given(MOVES)
@settings(max_examples=150, deadline=None)
def test_whatever_happens_each_job_ends_in_exactly_one_outcome(moves: list[tuple[str, int, bool]]) -> None:
    async def scenario() -> None:
        registry = JobRegistry()
        ended: list[str] = []
        jobs: dict[str, Job] = {}
        gates = [asyncio.Event() for _ in range(3)]

        def work_for(number: int, fails: bool) -> Any:
            async def work(progress: Progress) -> None:
                await gates[number].wait()
                if fails:
                    raise JobFailure("asked to")

            return work

        for move, number, flag in moves:
            if move in {"keep", "supersede"}:
                job = start(
                    registry, work_for(number, flag), str(number), on_end=lambda j: ended.append(j.id), policy=move
                )
                jobs[job.id] = job
            elif move == "cancel":
                for job in list(registry.live)[number : number + 1]:
                    registry.cancel(job.id)
            elif move == "open":
                gates[number].set()
            await asyncio.sleep(0)
            live_keys = [job.key for job in registry.live if job.stop is None]
            assert len(live_keys) == len(set(live_keys))
        assert await asyncio.wait_for(registry.close(), LIMIT) == ()
        assert sorted(ended) == sorted(jobs)
        assert all(job.outcome in {"done", "failed", "cancelled", "superseded"} for job in jobs.values())

    asyncio.run(scenario())
