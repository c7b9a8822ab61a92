"""Units that go to other machines, and what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from greenline.domain.bulk.found import Found
from greenline.domain.bulk.found_records import found_record
from greenline.domain.bulk.plan import PlannedFunction, WorkUnit
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult, TestEdit
from greenline.ports.cluster import Carried, ClusterProblem, Record, UnitLost
from greenline.ports.progress import Silent
from greenline.services.find_on_cluster import FindOnCluster

ROOT = Path("/shop")
CARRIED = Carried("digest", b"", "shop", ".", "/shop", (), {}, {}, "auto")


def unit(name: str) -> WorkUnit:
    return WorkUnit(ROOT / f"{name}.py", (PlannedFunction("f", 1, 1, 0),))


def found(name: str, base: str | None = None, file: str = "") -> Found:
    edit = TestEdit(ROOT / (file or f"test_{name}.py"), base is None, base or "", f"{base or ''}# {name}\n")
    result = TargetResult(Target(ROOT / f"{name}.py", "f"), "confirmed", edit=edit, tests=(f"test_{name}",))
    return Found(ROOT / f"{name}.py", (result,), edit)


@dataclass
class FakeCluster:
    """Answers when it is told to; remembers what it was asked."""

    answers: dict[str, Found | Exception]
    asked: list[tuple[str, Mapping[str, str], int]] = field(default_factory=list)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: list[str] = field(default_factory=list)
    ended: int = 0

    async def begin(self, carried: Sequence[Carried]) -> int:
        assert carried == (CARRIED,)
        return 3

    async def find(self, digest: str, unit: Record, texts: Mapping[str, str], urgency: int) -> Record:
        name = unit["path"].removesuffix(".py")
        self.asked.append((name, dict(texts), urgency))
        try:
            if name == "held":
                await self.held.wait()
        except asyncio.CancelledError:
            self.cancelled.append(name)
            raise
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return found_record(answer, ROOT)

    async def end(self) -> None:
        self.ended += 1


def on(cluster: FakeCluster, *names: str, **files: str) -> FindOnCluster:
    async def here(unit: WorkUnit, _progress: Any) -> Found:
        return found(unit.path.stem, "found here")

    return FindOnCluster(
        cluster,
        {ROOT: CARRIED},
        [unit(name) for name in names],
        root_of=lambda _: ROOT,
        test_file=lambda one: ROOT / files.get(one.path.stem, f"test_{one.path.stem}.py"),
        here=here,
    )


async def test_all_go_out_at_once_the_first_is_the_most_urgent_and_each_is_given_back() -> None:
    cluster = FakeCluster({"held": found("held"), "b": found("b"), "c": found("c")})
    finds = on(cluster, "held", "b", "c")
    assert await finds.begin() == 3
    assert await finds(unit("b"), Silent()) == found("b")
    assert [(name, urgency) for name, _, urgency in cluster.asked] == [("held", 0), ("b", -1), ("c", -2)]
    cluster.held.set()
    assert await finds(unit("held"), Silent()) == found("held")
    assert await finds(unit("c"), Silent()) == found("c")
    await finds.end()
    assert cluster.ended == 1


async def test_tests_of_one_file_are_found_one_after_the_other_each_with_those_before_it() -> None:
    answers = {name: found(name, file="test_all.py") for name in ("held", "b", "c")}
    cluster = FakeCluster({**answers, "b": UnitLost("gone")})
    finds = on(cluster, "held", "b", "c", held="test_all.py", b="test_all.py", c="test_all.py")
    await finds.begin()
    await asyncio.sleep(0)
    assert [name for name, _, _ in cluster.asked] == ["held"]
    cluster.held.set()
    assert await finds(unit("c"), Silent()) == answers["c"]
    text = {"test_all.py": "# held\n"}
    assert cluster.asked == [("held", {}, 0), ("b", text, -1), ("c", text, -2)]
    await finds.end()


async def test_a_unit_that_workers_died_of_is_told_and_the_others_go_on() -> None:
    cluster = FakeCluster({"a": UnitLost("4 workers died"), "b": found("b")})
    finds = on(cluster, "a", "b")
    await finds.begin()
    lost = await finds(unit("a"), Silent())
    assert [(one.status, one.reason) for one in lost.results] == [("failed", "Not found out: 4 workers died.")]
    assert (await finds(unit("b"), Silent())).edit is not None
    await finds.end()


async def test_without_the_cluster_whoever_waits_is_told() -> None:
    finds = on(FakeCluster({"a": ClusterProblem("it is gone"), "b": ClusterProblem("it is gone")}), "a", "b")
    await finds.begin()
    with pytest.raises(ClusterProblem, match="it is gone"):
        await finds(unit("a"), Silent())
    await finds.end()  # what nobody waited for is no complaint of asyncio's


async def test_who_asks_again_has_it_found_here_for_the_files_as_they_are() -> None:
    finds = on(FakeCluster({"a": found("a")}), "a")
    await finds.begin()
    assert await finds(unit("a"), Silent()) == found("a")
    assert await finds(unit("a"), Silent()) == found("a", "found here")
    await finds.end()


async def test_the_end_calls_off_what_is_not_done() -> None:
    cluster = FakeCluster({"held": found("held")})
    finds = on(cluster, "held")
    await finds.begin()
    await asyncio.sleep(0)
    await finds.end()
    assert (cluster.cancelled, cluster.ended) == (["held"], 1)
