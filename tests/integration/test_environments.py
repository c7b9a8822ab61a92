"""Generate and confirm in environments as people have them: it works, or what is said tells precisely why not.

What is confirmed is then run once more by plain ``python -m pytest`` of that environment.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.environments_of_tools import _short_hash
from greenline.adapters.interpreter_discovery import InterpreterDiscovery
from greenline.adapters.project_files import ProjectFiles
from greenline.bootstrap import build
from greenline.cli.write_and_confirm import Run
from greenline.domain.code.model import Target
from greenline.ports.progress import Silent
from greenline.settings import Settings
from integration import environment_kinds
from integration.environment_kinds import install, make

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from greenline.domain.generation.model import TargetResult

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="environments as they are on POSIX systems"),
    pytest.mark.skipif(
        bool(environment_kinds.missing()) and os.environ.get("CI") != "true", reason=environment_kinds.missing()
    ),
]

GRADE = """
def grade(points: int) -> str:
    if points < 0:
        raise ValueError("points cannot be negative")
    if points >= 90:
        return "excellent"
    return "good" if points >= 50 else "poor"
"""
FETCH = """
import asyncio


async def doubled(amount: int) -> int:
    await asyncio.sleep(0)
    if amount > 100:
        raise OverflowError("too much")
    return amount * 2
"""
PYPROJECT = """
[project]
name = "shop"
version = "1.0"
"""
VARIABLES = (
    "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "PYENV_VERSION", "UV_PROJECT_ENVIRONMENT", "WORKON_HOME",
    "HATCH_DATA_DIR", "POETRY_CACHE_DIR", "POETRY_VIRTUALENVS_PATH", "PYTEST_ADDOPTS", "XDG_DATA_HOME",
    "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "PYTHONPATH",
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture
def root(home: Path) -> Path:
    folder = home / "work" / "shop"
    folder.mkdir(parents=True)
    return folder


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(textwrap.dedent(text))


def generate(file: Path, name: str = "grade", **settings: Any) -> TargetResult:
    """Do what `greenline generate` does for one function: generate, write, confirm."""

    async def work() -> list[TargetResult]:
        run = Run(build(Settings(explore_seconds=3.0, **settings), DiskDocuments()))
        await run.work([Target(file, qualname=name)], Silent(), lambda _target, _results: None)
        return run.results

    (result,) = asyncio.run(work())
    return result


def plain_pytest(python: Path, root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest as the person would."""
    command = [str(python), "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=root, check=False, capture_output=True, text=True, timeout=120)


def confirmed(python: Path, root: Path, result: TargetResult) -> None:
    """Check that tests were written that pass in this environment, also without us."""
    assert (result.status, result.reason) == ("confirmed", "")
    assert result.edit is not None
    assert result.coverage is not None
    assert result.coverage.after.lines.covered == result.coverage.after.lines.total
    ended = plain_pytest(python, root, str(result.edit.path))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " passed" in ended.stdout


# Where tools put environments


def in_dot_venv(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return make(root / ".venv", "pytest", tool="venv")


def of_uvs_workspace(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(root.parent, {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["shop"]\n'})
    return make(root.parent / ".venv", "pytest")


def of_poetry(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(root, {"poetry.lock": ""})
    mark = _short_hash(str(root))
    return make(home / ".cache" / "pypoetry" / "virtualenvs" / f"shop-{mark}-py3.{sys.version_info[1]}", "pytest")


def of_pdm(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    python = make(home / "pdm-venvs" / "shop-x-3", "pytest")
    write(root, {".pdm-python": str(python)})
    return python


def of_hatch(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    storage = home / ".local" / "share" / "hatch" / "env" / "virtual" / "shop" / _short_hash(str(root))
    write(root, {"hatch.toml": "[envs.default]\n"})
    make(storage / "shop")
    return make(storage / f"hatch-test.py3.{sys.version_info[1]}", "pytest")


def of_pipenv(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(root, {"Pipfile": "[packages]\n"})
    monkeypatch.setenv("WORKON_HOME", str(home / "envs"))
    return make(home / "envs" / f"shop-{_short_hash(str(root / 'Pipfile'))}", "pytest")


def of_conda(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    prefix = home / "miniforge3" / "envs" / "shop"
    write(root, {"environment.yml": "name: shop\ndependencies: [python, pytest]\n"})
    python = make(prefix, "pytest")  # all of conda's but the Python of its own, which cannot be copied everywhere
    (prefix / "conda-meta").mkdir()
    return python


def of_the_repository(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (root.parent / ".git").mkdir()
    return make(root.parent / "venv", "pytest")


def switched_on(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    python = make(home / "envs" / "shop", "pytest")
    monkeypatch.setenv("VIRTUAL_ENV", str(home / "envs" / "shop"))
    return python


@pytest.mark.parametrize(
    ("place", "found_by"),
    [
        (in_dot_venv, ".venv in the project"),
        (of_uvs_workspace, "uv"),
        (of_poetry, "Poetry"),
        (of_pdm, "PDM"),
        (of_hatch, "Hatch"),
        (of_pipenv, "Pipenv"),
        (of_conda, "conda"),
        (of_the_repository, ".venv in a folder above"),
        (switched_on, "VIRTUAL_ENV"),
    ],
)
def test_an_environment_of(
    root: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: Callable[[Path, Path, pytest.MonkeyPatch], Path],
    found_by: str,
) -> None:
    write(root, {"pyproject.toml": PYPROJECT, "shop.py": GRADE})
    python = place(root, home, monkeypatch)
    project = ProjectFiles().project_of(root / "shop.py")
    found = asyncio.run(InterpreterDiscovery().interpreter_for(project))
    assert (found.path, found.found_by) == (python, found_by)

    confirmed(python, root, generate(root / "shop.py"))


# Projects and their settings, each in an environment of its own


@dataclass(frozen=True)
class Kind:
    """A project: its files, what its environment has, what is tested, and where the tests should go."""

    files: dict[str, str]
    packages: tuple[str, ...] = ()
    source: str = "shop.py"
    name: str = "grade"
    tests: str = ""
    locked: str = "environments.txt"


def with_ini(text: str) -> str:
    return f"{PYPROJECT}\n[tool.pytest.ini_options]\n{text}\n"


KINDS = {
    "src layout": Kind(
        {"pyproject.toml": with_ini('pythonpath = ["src"]'), "src/shop/__init__.py": "", "src/shop/prices.py": GRADE},
        source="src/shop/prices.py",
    ),
    "flat layout": Kind(
        {"pyproject.toml": PYPROJECT, "shop/__init__.py": "", "shop/prices.py": GRADE, "tests/__init__.py": ""},
        source="shop/prices.py",
        tests="tests/test_prices.py",
    ),
    "namespace package": Kind(
        {"pyproject.toml": with_ini('pythonpath = ["src"]'), "src/acme/shop/prices.py": GRADE, "tests/conftest.py": ""},
        source="src/acme/shop/prices.py",
    ),
    "importlib mode": Kind(
        {
            "pyproject.toml": with_ini('addopts = "--import-mode=importlib"\npythonpath = ["."]'),
            "shop/__init__.py": "",
            "shop/prices.py": GRADE,
            "tests/a/test_prices.py": "def test_a(): pass\n",
        },
        source="shop/prices.py",
    ),
    "django": Kind(
        {
            "pyproject.toml": with_ini('DJANGO_SETTINGS_MODULE = "site_settings"\npythonpath = ["."]'),
            "site_settings.py": """
                SECRET_KEY = "x"
                INSTALLED_APPS = ["shop"]
                DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
                FREE_FROM = 50
            """,
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models


                class Order(models.Model):
                    total = models.IntegerField(default=0)
            """,
            "shop/prices.py": """
                from django.conf import settings

                from shop.models import Order


                def delivery(total: int) -> int:
                    order = Order(total=total)
                    if order.total >= settings.FREE_FROM:
                        return 0
                    return 5
            """,
        },
        packages=("django", "pytest-django"),
        source="shop/prices.py",
        name="delivery",
    ),
    "asyncio strict": Kind(
        {"pyproject.toml": with_ini('asyncio_mode = "strict"'), "shop.py": FETCH},
        packages=("pytest-asyncio",),
        name="doubled",
    ),
    "asyncio auto": Kind(
        {"pyproject.toml": with_ini('asyncio_mode = "auto"'), "shop.py": FETCH},
        packages=("pytest-asyncio",),
        name="doubled",
    ),
    "xdist": Kind(
        {"pyproject.toml": with_ini('addopts = "-n auto --dist=loadfile"'), "shop.py": GRADE},
        packages=("pytest-xdist",),
    ),
    "randomly": Kind({"pyproject.toml": PYPROJECT, "shop.py": GRADE}, packages=("pytest-randomly",)),
    "env": Kind(
        {
            "pyproject.toml": with_ini('env = ["SHOP_LIMIT=50"]'),
            "shop.py": """
                import os

                LIMIT = int(os.environ["SHOP_LIMIT"])


                def grade(points: int) -> str:
                    return "good" if points >= LIMIT else "poor"
            """,
        },
        packages=("pytest-env",),
    ),
    "timeout": Kind(
        {"pyproject.toml": with_ini('timeout = 20\ntimeout_method = "thread"'), "shop.py": GRADE},
        packages=("pytest-timeout",),
    ),
    "coverage in addopts": Kind(
        {"pyproject.toml": with_ini('addopts = "--cov=shop --cov-fail-under=100 --cov-branch"'), "shop.py": GRADE},
        packages=("pytest-cov",),
    ),
    "pytest 7": Kind(
        {"pyproject.toml": with_ini('addopts = "-ra"'), "shop.py": GRADE}, locked="environments-pytest7.txt"
    ),
    "pytest 9 with its own tables": Kind(
        {
            "pyproject.toml": f'{PYPROJECT}\n[tool.pytest]\npythonpath = ["lib"]\ntestpaths = ["checks"]\n',
            "lib/shop.py": GRADE,
            "checks/conftest.py": "",
        },
        source="lib/shop.py",
        tests="checks/test_shop.py",
        locked="environments-pytest9.txt",
    ),
    "pytest.toml": Kind(
        {
            "pyproject.toml": PYPROJECT,
            "pytest.toml": '[pytest]\ntestpaths = ["checks"]\n',
            "shop.py": GRADE,
            "checks/conftest.py": "",
        },
        tests="checks/test_shop.py",
        locked="environments-pytest9.txt",
    ),
    "strict": Kind(
        {
            "pyproject.toml": with_ini(
                'addopts = "--strict-markers --strict-config -x -q --durations=3 --junitxml=out.xml"\n'
                'filterwarnings = ["error"]'
            ),
            "shop.py": GRADE,
        },
    ),
    "an option that its conftest needs": Kind(
        {
            "pyproject.toml": with_ini('addopts = "--shop=main"\ntestpaths = ["tests"]'),
            "shop.py": GRADE,
            "tests/conftest.py": """
                def pytest_addoption(parser):
                    parser.addoption("--shop", required=True)
            """,
        },
    ),
    "other names of tests": Kind(
        {
            "pyproject.toml": with_ini('python_files = ["check_*.py"]\npython_functions = ["check_*"]'),
            "shop.py": GRADE,
            "checks/check_nothing.py": "def check_nothing():\n    pass\n",
        },
    ),
    "tox.ini": Kind(
        {
            "tox.ini": "[tox]\nenvlist = py\n[pytest]\ntestpaths = unit\npythonpath = lib\n",
            "lib/shop.py": GRADE,
            "unit/conftest.py": "",
        },
        source="lib/shop.py",
        tests="unit/test_shop.py",
    ),
    "setup.cfg": Kind(
        {
            "setup.cfg": "[metadata]\nname = shop\n[tool:pytest]\naddopts = -ra\ntestpaths = unit\n",
            "shop.py": GRADE,
            "unit/conftest.py": "",
        },
        tests="unit/test_shop.py",
    ),
    "unittest only": Kind(
        {
            "pyproject.toml": PYPROJECT,
            "shop.py": GRADE,
            "tests/__init__.py": "",
            "tests/test_shop.py": """
                import unittest

                from shop import grade


                class GradeTest(unittest.TestCase):
                    def test_excellent(self):
                        self.assertEqual(grade(95), "excellent")
            """,
        },
        tests="tests/test_shop.py",
    ),
    "plugins switched off": Kind(
        {"pyproject.toml": with_ini('addopts = "-p no:randomly -p no:cacheprovider"'), "shop.py": GRADE},
        packages=("pytest-randomly",),
    ),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_project_with(root: Path, kind: Kind) -> None:
    write(root, kind.files)
    python = make(root / ".venv", "pytest", *kind.packages, locked=kind.locked)

    result = generate(root / kind.source, kind.name)

    confirmed(python, root, result)
    if kind.tests:
        assert result.edit is not None
        assert result.edit.path == root / kind.tests


def test_an_editable_install(root: Path) -> None:
    built = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    write(root, {"pyproject.toml": PYPROJECT + built, "src/shop/__init__.py": GRADE, "tests/conftest.py": ""})
    python = make(root / ".venv", "pytest", "hatchling", "editables")
    install(python, "--editable", str(root))

    confirmed(python, root, generate(root / "src" / "shop" / "__init__.py"))


# Where it cannot work, what is said tells why, and what to do


@dataclass(frozen=True)
class Obstacle:
    """A project in an environment where nothing can be confirmed."""

    files: dict[str, str]
    said: str
    """A pattern."""
    packages: tuple[str, ...] = ("pytest",)


OBSTACLES = {
    "an option that nobody gives": Obstacle(
        {
            "pyproject.toml": with_ini('testpaths = ["tests"]'),
            "tests/conftest.py": 'def pytest_addoption(parser):\n    parser.addoption("--shop", required=True)\n',
        },
        r"the following arguments are required: --shop",
    ),
    "a newer pytest that it wants": Obstacle(
        {"pyproject.toml": with_ini('minversion = "99.1"')}, r"requires pytest-99\.1, actual pytest-8"
    ),
    "a plugin that is missing": Obstacle(
        {"pyproject.toml": with_ini('required_plugins = "pytest-shopping"')},
        r"[Mm]issing required plugins: pytest-shopping",
    ),
    "an option of a plugin that is missing": Obstacle(
        {"pyproject.toml": with_ini('addopts = "--shop-mode=x"')}, r"unrecognized arguments: --shop-mode=x"
    ),
    "a conftest that fails": Obstacle(
        {"pyproject.toml": PYPROJECT, "tests/conftest.py": "import shop_testing\n"}, r"No module named 'shop_testing'"
    ),
    "settings that cannot be read": Obstacle({"pyproject.toml": "[project\n"}, r"pyproject\.toml.*\bline 1\b"),
}


@pytest.mark.parametrize("obstacle", OBSTACLES.values(), ids=OBSTACLES)
def test_it_says_why_nothing_can_be_confirmed_with(root: Path, obstacle: Obstacle) -> None:
    write(root, {"shop.py": GRADE, **obstacle.files})
    make(root / ".venv", *obstacle.packages)
    before = sorted(root.rglob("*.py"))

    result = generate(root / "shop.py")

    assert result.status == "failed"
    assert re.search(obstacle.said, result.reason), result.reason
    assert "/home/work/shop/" not in result.reason or str(root) in result.reason
    assert [path for path in sorted(root.rglob("*.py")) if path not in before] == []


def test_a_broken_environment_says_so(root: Path) -> None:
    write(root, {"pyproject.toml": PYPROJECT, "shop.py": GRADE})
    python = make(root / ".venv", "pytest")
    other = make(root / "venv", "pytest")
    python.unlink()
    python.symlink_to(root / "gone")

    result = generate(root / "shop.py")

    assert result.status == "failed"
    assert "is a broken link: the Python behind it is gone" in result.reason
    assert f"There is also {other} (venv in the project), which has pytest 8" in result.reason


def at_import_a_variable_of_conftest(value: str) -> dict[str, str]:
    return {
        "pyproject.toml": PYPROJECT,
        "shop.py": f'import os\n\nLIMIT = int(os.environ["SHOP_LIMIT"])\n{GRADE}',
        "tests/conftest.py": f'import os\n\nos.environ["SHOP_LIMIT"] = {value}\n',
    }


def test_a_constant_that_only_the_conftest_sets_reaches_exploring(root: Path) -> None:
    write(root, at_import_a_variable_of_conftest('"50"'))
    python = make(root / ".venv", "pytest")

    confirmed(python, root, generate(root / "shop.py"))


def test_a_variable_that_only_the_conftest_computes_is_named(root: Path) -> None:
    write(root, at_import_a_variable_of_conftest("str(25 + 25)"))
    make(root / ".venv", "pytest")

    result = generate(root / "shop.py")

    assert result.status in {"failed", "not_testable"}
    assert "line 3 of shop.py raises KeyError: 'SHOP_LIMIT'" in result.reason
    assert "Set that environment variable where Greenline starts" in result.reason


@pytest.mark.parametrize("style", ["", "import unittest\n\n\nclass GradeTest(unittest.TestCase):\n    pass\n"])
def test_without_pytest_what_was_found_is_shown_and_nothing_is_written(root: Path, style: str) -> None:
    write(root, {"pyproject.toml": PYPROJECT, "shop.py": GRADE, "tests/test_shop.py": style})
    python = make(root / ".venv")

    result = generate(root / "shop.py")

    assert result.status == "failed"
    assert f"at {python} has no pytest." in result.reason
    assert "found, and cannot be confirmed without it" in result.reason
    assert 'grade(90) == "excellent"' in result.code or '"excellent"' in result.code
    assert (root / "tests" / "test_shop.py").read_text() == style


def test_pytest_is_installed_into_an_environment_without_pip_and_tests_are_confirmed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, {"pyproject.toml": PYPROJECT, "shop.py": GRADE})
    python = make(root / ".venv")
    for name, value in environment_kinds.offline().items():
        monkeypatch.setenv(name, value)
    services = build(Settings(), DiskDocuments())

    installed = asyncio.run(services.install.install(root, Silent()))

    assert installed.ok, installed.message
    assert re.fullmatch(rf"pytest \d[\d.]* was installed, for {re.escape(str(python))}\.", installed.message)
    confirmed(python, root, generate(root / "shop.py"))
