"""What one confined run may read of a repository of several projects, and what is said of the rest."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from greenline.adapters.probes import Probes
from greenline.adapters.pytest_process import PytestProcess
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestReport, TestRun
from greenline_probe import landlock, system_calls

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="it is Linux that confines"),
    pytest.mark.skipif(not landlock.version() or not system_calls.is_possible(), reason="this kernel cannot confine"),
]
INTERPRETER = Interpreter(Path(sys.executable), sys.version_info[:3], "this one", pytest.__version__)
CODE = """\
from pathlib import Path

HERE = Path(__file__).parent


def schema(resolved):
    here = HERE.resolve() if resolved else HERE
    return (here / "../../../schemas/x.json").read_text()


def secret(resolved):
    here = HERE.resolve() if resolved else HERE
    return (here / "../../../.env").read_text()
"""
TESTS = """\
import pytest
from shop.schemas import schema, secret


@pytest.mark.parametrize("resolved", [False, True])
def test_schema(resolved):
    assert schema(resolved) == "{}"


@pytest.mark.parametrize("resolved", [False, True])
def test_secret(resolved):
    with pytest.raises(FileNotFoundError):
        secret(resolved)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return one of the projects in a repository."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    top = tmp_path / "monorepo"
    package = top / "packages" / "shop"
    texts = {
        top / ".git" / "HEAD": "", top / "schemas" / "x.json": "{}", top / ".env": "A=1",
        package / "pyproject.toml": "", package / "shop" / "__init__.py": "", package / "shop" / "schemas.py": CODE,
    }  # fmt: skip
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return package


async def report_of(package: Path) -> TestReport:
    tests = package / "test_schemas.py"
    run = TestRun(
        Project(package, package / "pyproject.toml", (package,), ()), INTERPRETER, overlay={tests: TESTS},
        selection=(str(tests),), confined=True,
    )  # fmt: skip
    return await PytestProcess(Probes(warm=False)).run(run, Silent())


async def test_what_pytest_has_of_the_repository_is_read_by_either_way(package: Path) -> None:
    (package.parents[1] / "pytest.ini").write_text("[pytest]\npythonpath = packages/shop\n")
    report = await report_of(package)
    assert [each.outcome for each in report.outcomes] == ["passed"] * 4, [each.message for each in report.outcomes]
    assert report.refusals == ()


async def test_where_pytest_has_the_project_alone_what_is_around_it_is_refused_in_words(package: Path) -> None:
    (package / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    report = await report_of(package)
    by_link = next(each for each in report.outcomes if each.node_id.endswith("test_schema[True]"))
    schema = package.parents[1] / "schemas" / "x.json"
    assert str(schema) in by_link.refused[0].replace("/packages/shop/shop/../../..", "")
    assert (
        "(tests from a model may read only the project's folder, but for what is hidden or never" in by_link.refused[0]
    )
