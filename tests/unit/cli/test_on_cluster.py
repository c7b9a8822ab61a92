"""What workers of a cluster send back is looked at before anything of it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from greenline.adapters.project_files import ProjectFiles
from greenline.bootstrap_cluster import settings_for_workers
from greenline.cli import on_cluster
from greenline.cli.on_cluster import OnCluster, Where
from greenline.domain.bulk.found import Found
from greenline.domain.bulk.plan import WorkUnit
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult, TestEdit
from greenline.ports.cluster import ClusterProblem
from greenline.ports.progress import Silent
from greenline.settings import Settings

TESTS = "def test_it():\n    assert True\n"


class FakeServices:
    projects = ProjectFiles()


async def given_back(found: Found, unit: WorkUnit) -> Found:
    where = Where("tcp://127.0.0.1:1", lambda _: None)
    cluster = OnCluster(where, FakeServices(), Settings(), [unit], lambda _: None)  # type: ignore[arg-type]

    async def finds(_unit: WorkUnit, _progress: Any) -> Found:
        return found

    cluster._finds = finds  # type: ignore[assignment]
    return await cluster(unit, Silent())


@pytest.fixture
def unit(tmp_path: Path) -> WorkUnit:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "pyproject.toml").write_text("[project]\nname = 'shop'\nversion = '1'\n")
    (tmp_path / "shop" / "link").symlink_to(tmp_path)
    return WorkUnit(tmp_path / "shop" / "prices.py", ())


def edited(unit: WorkUnit, path: Path, base: str = "", new: str = TESTS) -> Found:
    edit = TestEdit(path, not base, base, new)
    return Found(unit.path, (TargetResult(Target(unit.path, "f"), "confirmed", edit=edit),), edit)


async def test_tests_that_are_added_are_given_back_as_they_are(unit: WorkUnit) -> None:
    for base in ("", "import shop\n"):
        found = edited(unit, unit.path.with_name("test_prices.py"), base, f"{base}\n\n{TESTS}")
        assert await given_back(found, unit) == found
    nothing = Found(unit.path, (TargetResult(Target(unit.path, "f"), "not_testable"),))
    assert await given_back(nothing, unit) == nothing


@pytest.mark.parametrize(
    ("name", "base", "new", "said"),
    [
        ("../test_prices.py", "", TESTS, "which is not in the project"),
        ("/tmp/test_prices.py", "", TESTS, "which is not in the project"),
        ("link/test_prices.py", "", TESTS, "which is not in the project"),
        ("conftest.py", "", TESTS, "which pytest would not take for tests"),
        ("test_prices.py", "import shop\n", TESTS, "take away or change"),
    ],
)
async def test_what_would_do_more_than_add_tests_is_refused(
    unit: WorkUnit, name: str, base: str, new: str, said: str
) -> None:
    found = await given_back(edited(unit, unit.path.parent / name, base, new), unit)
    assert found.edit is None
    assert [result.status for result in found.results] == ["failed"]
    assert said in found.results[0].reason


async def test_what_is_told_of_another_file_is_refused(unit: WorkUnit) -> None:
    found = await given_back(Found(unit.path.with_name("other.py"), ()), unit)
    assert "tell of another file" in found.results[0].reason


async def test_where_the_coverage_data_tells_of_tests_that_are_gone_nothing_is_sent(unit: WorkUnit) -> None:
    from types import SimpleNamespace

    services: Any = SimpleNamespace(
        projects=FakeServices.projects, age=SimpleNamespace(gone=lambda project: (project.root / "test_old.py",))
    )
    where = Where("tcp://127.0.0.1:1", lambda _: None)
    cluster = OnCluster(where, services, Settings(), [unit], lambda _: None)
    with pytest.raises(ClusterProblem, match=r"tests that are gone: test_old\.py"):
        await cluster.begin(Silent())
    await cluster.end()


async def test_where_nothing_is_planned_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_cluster, "dask_cluster", None)
    cluster = OnCluster(Where("", lambda _: None), FakeServices(), Settings(), [], lambda _: None)  # type: ignore[arg-type]
    await cluster.begin(Silent())
    await cluster.end()


def test_how_models_are_asked_is_not_sent() -> None:
    settings = Settings(
        model_enabled=True,
        model_key_command="echo sk-1234",
        model_base_url="https://me:sk-1234@example.com",
        model_ignore="billing/*",
        isolation="sandbox",
    )
    sent = settings_for_workers(settings)
    assert "1234" not in str(sent)
    assert (sent["model_enabled"], sent["model_ignore"], sent["isolation"]) == (False, "billing/*", "sandbox")
    assert Settings(**sent).model_key_command == ""
