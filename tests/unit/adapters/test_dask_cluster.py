"""What a person is told of a Dask cluster that is not as it should be; on real clusters see test_on_cluster.py."""

from __future__ import annotations

import asyncio
import builtins
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any

import pytest

from greenline import __version__
from greenline.adapters import dask_cluster
from greenline.adapters.dask_cluster import DaskCluster, WorkerSide, connected
from greenline.ports.cluster import Carried, ClusterProblem, Record, UnitLost

CARRIED = Carried("digest", b"", "shop", ".", "/shop", (), {}, {}, "auto")
ADDRESS = "tcp://127.0.0.1:1"
UNIT: Record = {"path": "a.py"}


def look(_carried: Carried) -> str:
    return ""


def find(_carried: Carried, _unit: Record, _texts: Mapping[str, str]) -> Record:
    return {}


async def leave(_digests: Sequence[str]) -> None: ...


SIDE = WorkerSide(look, find, leave)


@dataclass
class FakeClient:
    """Has what is used of a client of Dask's; a worker answers with what it is said to."""

    workers: dict[str, int]
    versions: dict[str, Any]
    looks: dict[str, Any] = field(default_factory=dict)
    found: Any = None
    status: str = "running"
    submitted: list[dict[str, Any]] = field(default_factory=list)
    ran: list[Any] = field(default_factory=list)
    cancelled: int = 0
    looked: int = 0
    late: dict[str, int] = field(default_factory=dict)
    """Workers that come when somebody waits."""

    @property
    def scheduler(self) -> FakeClient:
        return self

    async def identity(self, *, n_workers: int) -> Any:
        assert n_workers == -1
        self.looked += 1
        return {"workers": {address: {"nthreads": threads} for address, threads in self.workers.items()}}

    async def wait_for_workers(self, _number: int) -> None:
        self.workers |= self.late

    async def run(self, function: Any, *arguments: Any, **_options: Any) -> Any:
        self.ran.append((function, arguments))
        return self.versions

    async def scatter(self, data: list[Any], **options: Any) -> list[Any]:
        self.submitted.append({"scatter": data, **options})
        return data

    def submit(self, function: Any, *_arguments: Any, **options: Any) -> Any:
        self.submitted.append({"function": function, **options})
        answer = self.looks.get(options["workers"][0], "") if function is look else self.found
        future = asyncio.get_running_loop().create_future()
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        elif answer is not Ellipsis:
            future.set_result(answer)
        return future

    async def cancel(self, futures: list[Any]) -> None:
        self.cancelled += len(futures)

    async def close(self) -> None:
        self.status = "closed"


@dataclass
class Told:
    words: list[str] = field(default_factory=list)

    def __call__(self, words: str) -> None:
        self.words.append(words)


def over(client: FakeClient, monkeypatch: pytest.MonkeyPatch) -> tuple[DaskCluster, Told]:
    async def connect(address: str) -> FakeClient:
        assert address == ADDRESS
        return client

    monkeypatch.setattr(dask_cluster, "connected", connect)
    told = Told()
    return DaskCluster(ADDRESS, SIDE, told), told


async def test_without_the_libraries_it_is_said_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def none(name: str, *rest: Any, **others: Any) -> Any:
        if name.startswith("distributed"):
            raise ImportError(name)
        return real(name, *rest, **others)

    monkeypatch.setattr(builtins, "__import__", none)
    with pytest.raises(ClusterProblem, match=r'pip install "greenline\[distributed\]"'):
        await connected(ADDRESS)


@pytest.mark.parametrize("address", [ADDRESS, "no address", "nothing://127.0.0.1:1"])
async def test_where_no_scheduler_is_that_is_said(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(dask_cluster, "_SECONDS", 0.5)
    with pytest.raises(ClusterProblem, match=f"No Dask scheduler answers at {address} .*Is it running"):
        await connected(address)


async def test_workers_that_lack_this_greenline_get_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"tcp://a": __version__, "tcp://b": ModuleNotFoundError("greenline"), "tcp://c": "0.0.1"}
    client = FakeClient({"tcp://a": 2, "tcp://b": 4, "tcp://c": 1}, versions, found={"path": "a.py"})
    cluster, told = over(client, monkeypatch)
    assert await cluster.begin([CARRIED]) == 2
    assert told.words == [
        f"The worker tcp://b has no Greenline, and gets no work: here is {__version__}.",
        f"The worker tcp://c has Greenline 0.0.1, and gets no work: here is {__version__}.",
    ]
    assert client.submitted[0] == {"scatter": [CARRIED], "workers": ["tcp://a"], "broadcast": True}
    assert await cluster.find("digest", UNIT, {}, -1) == {"path": "a.py"}
    assert client.submitted[-1]["workers"] == ["tcp://a"]
    assert client.submitted[-1]["priority"] == -1


async def test_where_no_worker_has_it_nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster, _ = over(FakeClient({"tcp://b": 4}, {"tcp://b": ModuleNotFoundError("greenline")}), monkeypatch)
    with pytest.raises(ClusterProblem, match=f"No worker of {ADDRESS} has Greenline .*pip install greenline=="):
        await cluster.begin([CARRIED])


async def test_workers_without_a_python_for_the_project_get_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = {"tcp://a": "Python 3.11 at /usr/bin/python has no pytest.", "tcp://b": OSError("no space"), "tcp://c": ""}
    client = FakeClient(dict.fromkeys(looks, 1), dict.fromkeys(looks, __version__), looks)
    cluster, told = over(client, monkeypatch)
    assert await cluster.begin([CARRIED]) == 1
    assert told.words == [
        "The worker tcp://a gets no work: Python 3.11 at /usr/bin/python has no pytest.",
        "The worker tcp://b gets no work: a worker of the cluster failed at it: no space",
    ]
    client.looks["tcp://c"] = "none"
    cluster, _ = over(client, monkeypatch)
    with pytest.raises(ClusterProblem, match="can run the project's tests"):
        await cluster.begin([CARRIED])


async def test_the_first_worker_is_waited_for_and_any_may_do_it(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient({}, {"tcp://a": __version__}, late={"tcp://a": 3}, found={})
    cluster, told = over(client, monkeypatch)
    assert await cluster.begin([CARRIED]) == 3
    assert told.words == [
        f"The scheduler at {ADDRESS} has no workers; waiting for one. `dask worker {ADDRESS}` starts one."
    ]
    await cluster.find("digest", UNIT, {}, 0)
    assert client.submitted[-1]["workers"] is None


async def test_the_same_work_has_the_same_key_and_other_work_another(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient({"tcp://a": 1}, {"tcp://a": __version__}, found={})
    cluster, _ = over(client, monkeypatch)
    await cluster.begin([CARRIED])
    for unit, texts in ((UNIT, {}), (UNIT, {}), (UNIT, {"b.py": ""}), ({"path": "b.py"}, {})):
        await cluster.find("digest", unit, texts, 0)
    first, same, other, another = [one["key"] for one in client.submitted[-4:]]
    assert first == same
    assert len({first, other, another}) == 3


async def test_a_unit_that_kills_its_workers_is_lost_and_the_cluster_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    client = FakeClient({"tcp://a": 1}, {"tcp://a": __version__}, found=distributed.KilledWorker("key", None, 3))
    cluster, _ = over(client, monkeypatch)
    await cluster.begin([CARRIED])
    with pytest.raises(UnitLost, match="4 workers of the cluster died"):
        await cluster.find("digest", UNIT, {}, 0)
    client.found = ZeroDivisionError("oh\nno")
    with pytest.raises(UnitLost, match=r"failed at it: oh$"):
        await cluster.find("digest", UNIT, {}, 0)


async def test_a_scheduler_that_is_gone_ends_it_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient({"tcp://a": 1}, {"tcp://a": __version__}, found=CancelledError("scheduler-connection-lost"))
    cluster, _ = over(client, monkeypatch)
    await cluster.begin([CARRIED])
    with pytest.raises(ClusterProblem, match=r"is gone.*the same command goes on"):
        await cluster.find("digest", UNIT, {}, 0)


async def test_where_no_worker_is_left_that_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "_LOOK", 0.001)
    client = FakeClient({"tcp://a": 1}, {"tcp://a": __version__}, found=...)
    cluster, told = over(client, monkeypatch)
    await cluster.begin([CARRIED])
    finding = asyncio.ensure_future(cluster.find("digest", UNIT, {}, 0))
    client.workers.clear()
    while client.looked < 5:  # noqa: ASYNC110 - a fake has no event
        await asyncio.sleep(0.001)
    assert told.words == [f"No worker of {ADDRESS} is left that can go on; waiting for one."]
    client.status = "closed"
    with pytest.raises(ClusterProblem, match="is gone"):
        await finding


async def test_the_end_calls_off_and_cleans_up_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient({"tcp://a": 1}, {"tcp://a": __version__}, found={})
    cluster, _ = over(client, monkeypatch)
    await cluster.end()  # before it began
    await cluster.begin([CARRIED])
    await cluster.find("digest", UNIT, {}, 0)
    await cluster.end()
    assert (client.cancelled, client.ran[-1], client.status) == (1, (leave, (["digest"],)), "closed")
    await cluster.end()


async def test_the_end_waits_for_no_scheduler_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient({"tcp://a": 1}, {"tcp://a": __version__}, found={})
    cluster, _ = over(client, monkeypatch)
    await cluster.begin([CARRIED])
    client.status = "connecting"
    await cluster.end()
    assert leave not in [function for function, _ in client.ran]
