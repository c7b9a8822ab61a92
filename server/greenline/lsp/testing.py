"""Running tests for the editor: one job each, whose result is diagnostics, the coverage picture, and one sentence."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from greenline.lsp.job_report import Finished, TestEnd, TestFailed, Unfinished
from greenline.lsp.session import Info, Warning_
from greenline.ports.progress import Counted, Share

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from greenline.domain.failures import Failure
    from greenline.lsp.services import Services
    from greenline.lsp.session import Session
    from greenline.ports.progress import Progress
    from greenline.services.run_suite import SuiteRun

    Run = Callable[[Services], Awaitable[SuiteRun]]

Wanted = TypeVar("Wanted")

_MOST_NAMED = 3
"""Tests that a message names."""


async def run_suites(session: Session, paths: Sequence[Path], progress: Progress) -> Finished:
    """Run every test of each project that one of these files or folders belongs to."""
    progress.step("Starting")
    services = await session.load_services()
    by_root = await asyncio.to_thread(lambda: {services.run_suite.root_of(path): path for path in paths})
    return await _one_by_one(session, by_root, progress, _suite, everything=True)


async def run_affected(session: Session, paths: Sequence[Path], progress: Progress) -> Finished:
    """Run the tests that changes of these files of one project affect."""
    return await _told(session, paths[0], progress, lambda services: services.run_affected.run(paths, progress))


async def run_tests_of(session: Session, path: Path, progress: Progress) -> Finished:
    """Run the tests of one file."""
    return await _told(session, path, progress, lambda services: services.run_affected.run_tests_of(path, progress))


async def run_selected(session: Session, tests: Sequence[str], progress: Progress) -> Finished:
    """Run chosen tests (node ids with an absolute path), those of each project by themselves, one after the other."""
    progress.step("Starting")
    services = await session.load_services()
    by_root = await asyncio.to_thread(_by_root, services, tests)
    return await _one_by_one(session, by_root, progress, _selected)


async def run_again(session: Session, path: Path, tests: Sequence[str], progress: Progress) -> SuiteRun:
    """Run chosen tests of the project that holds a file; whoever asks says how it ended."""
    services = await session.load_services()
    root = await asyncio.to_thread(services.run_suite.root_of, path)
    return await _ran(session, root, _selected(tests, progress))


async def run_in_background(session: Session, root: Path, paths: Sequence[Path], progress: Progress) -> Finished:
    """Run what a save asks for: failing tests are marked, the picture is drawn again; what fails anew is told."""

    async def run(services: Services) -> SuiteRun:
        if session.settings.run_on_save == "file":
            return _joined([await services.run_affected.run_tests_of(path, progress) for path in paths])
        return await services.run_affected.run(paths, progress)

    before = session.failing.tests(root)
    ended = await _ran(session, root, run)
    anew = sorted(session.failing.tests(root) - before)
    if anew:
        session.show(_failing_now(anew), Warning_)
    return Finished(ended.message, tests=tuple(_ends(session, root, ended)))


def _failing_now(tests: Sequence[str]) -> str:
    """Return what somebody has to know who looks at the code: the tests that fail stand elsewhere."""
    named = list(dict.fromkeys(test.rpartition("::")[2].partition("[")[0] for test in tests))
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    count = "1 test fails" if len(tests) == 1 else f"{len(tests)} tests fail"
    return f"{count} since this was saved: {', '.join(named[:_MOST_NAMED])}{more}."


async def _told(session: Session, path: Path, progress: Progress, run: Run) -> Finished:
    progress.step("Starting")
    services = await session.load_services()
    root = await asyncio.to_thread(services.run_suite.root_of, path)
    return _finished(session, {root: await _ran(session, root, run)})


async def _one_by_one(
    session: Session,
    by_root: Mapping[Path, Wanted],
    progress: Progress,
    run: Callable[[Wanted, Progress], Run],
    *,
    everything: bool = False,
) -> Finished:
    """Run what is wanted of each project, one project after the other."""
    ended: dict[Path, SuiteRun] = {}
    for number, (root, wanted) in enumerate(by_root.items(), 1):
        part = Share(Counted(progress, number, len(by_root)), (number - 1) / len(by_root), number / len(by_root))
        ended[root] = await _ran(session, root, run(wanted, part), everything=everything)
    return _finished(session, ended)


def _suite(path: Path, progress: Progress) -> Run:
    return lambda services: services.run_suite.run(path, progress)


def _by_root(services: Services, tests: Sequence[str]) -> dict[Path, list[str]]:
    """Return the tests by the root of the project that they run in."""
    files = {test: Path(test.partition("::")[0]) for test in tests}
    roots = {file: services.run_suite.root_of(file) for file in dict.fromkeys(files.values())}
    found: dict[Path, list[str]] = {}
    for test, file in files.items():
        found.setdefault(roots[file], []).append(test)
    return found


def _selected(tests: Sequence[str], progress: Progress) -> Run:
    return lambda services: services.run_affected.run_selected(tests, progress)


def _finished(session: Session, ended: Mapping[Path, SuiteRun]) -> Finished:
    """Tell how runs ended, by the root of their project. Raises Unfinished where none ran anything."""
    told = [
        run.message if len(ended) == 1 else f"{root.name}: {run.message.rstrip('.')}." for root, run in ended.items()
    ]
    message = " ".join(told)
    if not any(run.ok for run in ended.values()):
        raise Unfinished(message)
    session.show(message, Info)
    return Finished(message, tests=tuple(test for root, run in ended.items() for test in _ends(session, root, run)))


def _ends(session: Session, root: Path, ended: SuiteRun) -> Iterator[TestEnd]:
    """Tell of each test once; one with parameters failed where one of its rows did."""
    from greenline.services.test_places import without_parameters  # noqa: PLC0415 - it is loaded with the services

    rows: dict[str, list[Failure]] = {}
    for failure in ended.failures:
        rows.setdefault(without_parameters(failure.node_id), []).append(failure)
    good: dict[str, Literal["passed", "skipped"]] = {
        without_parameters(node_id): "skipped" for node_id in ended.skipped
    }
    good |= {without_parameters(node_id): "passed" for node_id in ended.passed}
    for node_id in sorted(good.keys() | rows.keys()):
        if failed := rows.get(node_id):
            failures = tuple(_failed(session, failure) for failure in failed)
            yield TestEnd(f"{root / node_id}", "failed", failed[-1].message, failures)
        else:
            yield TestEnd(f"{root / node_id}", good[node_id])


def _failed(session: Session, failure: Failure) -> TestFailed:
    """Tell why one test failed, and on which of its lines; of a row it is said which."""
    _, bracket, row = failure.node_id.partition("[")
    message = "\n".join([*([bracket + row] if bracket else []), failure.message, failure.next_step])
    place = failure.test
    return TestFailed(message, session.documents.uri_of(place.path) if place else None, place.line if place else None)


async def _ran(session: Session, root: Path, run: Run, *, everything: bool = False) -> SuiteRun:
    services = await session.load_services()
    texts = session.failing.texts()
    ended = await run(services)
    await session.failing.take(root, ended, texts, everything=everything and ended.ok and not ended.cut_short)
    session.refresh()
    return ended


def _joined(runs: Sequence[SuiteRun]) -> SuiteRun:
    """Return several runs as one; what a later one says of a test counts."""
    failures = {failure.node_id: failure for run in runs for failure in run.failures}
    for run in runs:
        good = run.passed | run.skipped
        failures = {node_id: f for node_id, f in failures.items() if f in run.failures or node_id not in good}
    from greenline.services.run_suite import SuiteRun  # noqa: PLC0415 - it is loaded with the services

    return SuiteRun(
        "; ".join(dict.fromkeys(run.message for run in runs)),
        ok=any(run.ok for run in runs),
        changed=frozenset().union(*(run.changed for run in runs)),
        failures=tuple(failures.values()),
        passed=frozenset().union(*(run.passed for run in runs)) - failures.keys(),
        skipped=frozenset().union(*(run.skipped for run in runs)) - failures.keys(),
        tests=sum(run.tests for run in runs),
        seconds=sum(run.seconds for run in runs),
        problem="; ".join(dict.fromkeys(run.problem for run in runs if run.problem)),
        none_found=all(run.none_found for run in runs),
        cut_short=any(run.cut_short for run in runs),
    )
