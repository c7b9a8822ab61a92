"""What a worker of a cluster does with a project that it was sent; with real services see test_on_cluster.py."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from greenline import bootstrap_worker
from greenline.adapters.packed_files import pack
from greenline.bootstrap_worker import NobodyWaitsError, Place
from greenline.domain.bulk.found_records import found_of
from greenline.domain.bulk.plan import PlannedFunction, WorkUnit
from greenline.domain.bulk.records import unit_record
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult, TestEdit
from greenline.ports.cluster import Carried
from greenline.ports.project import Interpreter, InterpreterProblem
from greenline.services.target_results import Generation
from greenline.settings import Settings

THERE = Path("/home/ann/shop")
UNIT = unit_record(WorkUnit(THERE / "prices.py", (PlannedFunction("price", 1, 2, 0),)), THERE)


class FakeServices:
    """Finds what it is told to; knows what it saw."""

    def __init__(self) -> None:
        self.held = False
        self.ended: list[str] = []
        self.seen: list[dict[Path, str]] = []
        self.python: Any = Interpreter(Path("/usr/bin/python3"), (3, 11, 0), "test", "9.0")
        self.generate = self
        self.projects = self
        self.interpreters = self

    def over(self, texts: dict[Path, str]) -> Any:
        self.seen.append(texts)
        return SimpleNamespace(generate=SimpleNamespace(generate=self.find))

    def project_of(self, path: Path) -> Path:
        return path.parent

    async def interpreter_for(self, _project: Path, *, setting: str) -> Interpreter:
        if isinstance(self.python, Exception):
            raise self.python
        assert setting == ""  # what the person chose is not on this machine
        return self.python

    async def find(self, target: Target, _progress: Any, **_options: Any) -> Generation:
        try:
            if self.held:
                await asyncio.sleep(3600)
        except asyncio.CancelledError:
            self.ended.append(target.path.name)
            raise
        edit = TestEdit(target.path.with_name("test_prices.py"), True, "", target.path.read_text())
        result = TargetResult(target, "not_testable", f"{target.path} raises", edit=edit)
        return Generation((result,), edit)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    found = FakeServices()
    monkeypatch.setattr(Place, "_built", lambda _: found)
    return found


@pytest.fixture
def carried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Carried]:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "prices.py").write_text("text as it was sent\n")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    content = pack(shop, [shop / "prices.py"]).content
    yield Carried("digest", content, "shop", ".", str(THERE), (), {"interpreter": "/no/python"}, {}, "explore")
    asyncio.run(bootstrap_worker.leave(["digest"]))
    bootstrap_worker._left.clear()


def left(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "tmp").iterdir())


def test_what_is_found_is_told_with_the_places_of_who_sent_it(services: FakeServices, carried: Carried) -> None:
    with bootstrap_worker._place(carried) as place:
        found = found_of(place.find(UNIT, {"test_prices.py": "earlier"}, lambda: True), THERE)
    assert found.path == THERE / "prices.py"
    assert found.results[0].reason == "/home/ann/shop/prices.py raises"
    assert found.edit is not None
    assert (found.edit.path, found.edit.new_text) == (THERE / "test_prices.py", "text as it was sent\n")
    ((seen, text),) = services.seen[0].items()
    assert (seen.name, text) == ("test_prices.py", "earlier")


def test_a_project_is_unpacked_once_and_removed_when_it_is_left(
    services: FakeServices, carried: Carried, tmp_path: Path
) -> None:
    for _ in range(2):
        assert bootstrap_worker.look(carried) == ""
    assert len(left(tmp_path)) == 1
    asyncio.run(bootstrap_worker.leave(["digest", "another"]))
    assert left(tmp_path) == []
    with pytest.raises(NobodyWaitsError):  # a task that was about to begin
        bootstrap_worker.look(carried)
    assert left(tmp_path) == []


def test_what_nobody_waits_for_any_more_is_ended(
    services: FakeServices, carried: Carried, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap_worker, "_LOOK", 0.01)
    services.held = True
    with bootstrap_worker._place(carried) as place, pytest.raises(NobodyWaitsError):
        place.find(UNIT, {}, lambda: False)
    assert services.ended == ["prices.py"]
    services.held = False
    with bootstrap_worker._place(carried) as place:
        assert place.find(UNIT, {}, lambda: True)["results"]


@pytest.mark.parametrize(
    ("python", "said"),
    [
        (InterpreterProblem("no Python here"), "no Python here"),
        (
            Interpreter(Path("/usr/bin/python3"), (3, 11, 0), "test", None),
            "Python 3.11 at /usr/bin/python3 has no pytest",
        ),
    ],
)
def test_it_is_said_what_is_wrong_with_the_python(
    services: FakeServices, carried: Carried, python: Any, said: str
) -> None:
    services.python = python
    assert bootstrap_worker.look(carried).startswith(said)


def test_a_project_that_nobody_works_on_is_removed_in_the_end(
    services: FakeServices, carried: Carried, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap_worker, "_IDLE", 0.05)
    with bootstrap_worker._place(carried) as place:
        for _ in range(3):
            assert place.find(UNIT, {}, lambda: True)["results"]
    place._thread.join(60)
    assert left(tmp_path) == []
    assert "digest" not in bootstrap_worker._places


def test_what_was_sent_broken_leaves_nothing(carried: Carried, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be unpacked"):
        bootstrap_worker.look(replace(carried, files=b"broken"))
    assert left(tmp_path) == []


def test_the_real_services_know_what_was_reached(tmp_path: Path, carried: Carried) -> None:
    text = "def price(grams):\n    if grams:\n        return 1\n    return 2\n"
    shop = tmp_path / "shop"
    (shop / "prices.py").write_text(text)
    (shop / "pyproject.toml").write_text("[project]\nname = 'shop'\nversion = '1'\n")
    base = {"prices.py": [[1, 2, 3], [[2, 3]]]}
    content = pack(shop, sorted(shop.iterdir())).content
    with bootstrap_worker._place(replace(carried, files=content, base=base, settings=asdict(Settings()))) as place:
        picture = place._services.show.picture(place._root / "prices.py", text)
    assert picture.map is not None
    assert (picture.map.covered, picture.map.missing) == ({1, 2, 3}, {4})
    assert picture.map.missing_branches == {(2, 4)}
