"""Packages of the project that its pytest cannot import: neither test nor code is to blame, and it is said what is."""

from __future__ import annotations

import asyncio
import re
from itertools import islice
from typing import TYPE_CHECKING

from greenline.ports.progress import Silent
from greenline.ports.tests import TestRun

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from greenline.ports.project import Interpreter, Project
    from greenline.ports.tests import TestReport, TestRunner

# As an exception's own text has it, or as pytest shows one; not what a test prints of another process.
_NO_MODULE = re.compile(r"^(?:E\s+)?(?:ModuleNotFoundError|ImportError): No module named '(\w+)'", re.MULTILINE)
_IMPORTING = frozenset({"ModuleNotFoundError", "ImportError"})
_INSTALLED_FROM = ("pyproject.toml", "setup.py", "setup.cfg")
_MOST_ASKED = 20
_MOST_PLACES = 3
_MOST_LOOKED_AT = 500
_IMPORTS = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)
_ASKS = """\
import importlib.util
for name in {names!r}:
    if importlib.util.find_spec(name) is None:
        raise ModuleNotFoundError(f"No module named {{name!r}}")
"""


def not_importable(
    project: Project, said: str, *, error: str = "ModuleNotFoundError", ran: Iterable[Path] = ()
) -> tuple[str, str] | None:
    """Return what is wrong and what to do, where words of an exception name a package of the project that is there.

    None for all others: a module in the project's own folder is importable wherever pytest runs by its name, and one of
    which a file ``ran`` was imported. ``error`` is the exception's class.
    """
    if error not in _IMPORTING:
        return None
    for name in _NO_MODULE.findall(said):
        if _has(project.root, name):
            continue
        folder = next((folder for folder in _elsewhere(project) if _has(folder, name)), None)
        if folder is not None and not any(_is_of(path, folder, name) for path in ran):
            return _in_words(project, name, folder.relative_to(project.root).as_posix())
    return None


def of_the_files(project: Project, reports: Iterable[TestReport]) -> str:
    """Say that for this reason a file of tests could not be run; empty where that is not so."""
    for report in reports:
        errors = [o.message for o in report.outcomes if o.outcome == "error" and "::" not in o.node_id]
        found = next((why for said in (report.problem, *errors) if (why := not_importable(project, said))), None)
        if found and not any(o.outcome == "passed" for o in report.outcomes):
            return " ".join(found)
    return ""


async def ask(runner: TestRunner, project: Project, interpreter: Interpreter) -> tuple[str, str] | None:
    """Have the project's pytest look for its packages, without importing one; what is wrong, and what to do.

    It is asked beside a test that imports them, where there is one: a conftest.py there may have set the path.
    """
    for folder, names in (await asyncio.to_thread(_where_to_ask, project)).items():
        test = folder / "test_greenline_asks_whether_it_is_importable.py"
        run = TestRun(project, interpreter, {test: _ASKS.format(names=names)}, (str(test),))
        report = await runner.run(run, Silent())
        said = [report.problem, *(outcome.message for outcome in report.outcomes)]
        found = next((why for one in said if (why := not_importable(project, one))), None)
        if found:
            return found
    return None


def _where_to_ask(project: Project) -> dict[Path, list[str]]:
    """Return folder -> names of packages; a test that sets the path itself is left out, with what it imports."""
    names = sorted({name for folder in _elsewhere(project) for name in _names_in(folder)})[:_MOST_ASKED]
    top = next(iter(project.test_roots), project.root)
    found = dict.fromkeys(names, top)
    unseen = set(names)
    for path in _tests(project):
        if not unseen or len(set(found.values())) > _MOST_PLACES:
            break
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        for name in unseen & set(_IMPORTS.findall(text)):
            unseen.discard(name)
            if "sys.path" in text:
                del found[name]
            else:
                found[name] = path.parent
    places: dict[Path, list[str]] = {}
    for name, folder in found.items():
        places.setdefault(folder, []).append(name)
    return places


def _tests(project: Project) -> list[Path]:
    found = (path for root in project.test_roots if root.is_dir() for path in root.rglob("test_*.py"))
    return sorted(path for path in islice(found, _MOST_LOOKED_AT) if path.is_file())


def _in_words(project: Project, name: str, folder: str) -> tuple[str, str]:
    install = "Install it with `pip install -e .`, or set" if _can_be_installed(project) else "Set"
    what = f"pytest cannot import `{name}` in this project: it is in {folder}/, which is not installed"
    return (
        f"{what} and not on pytest's path.",
        f'{install} pythonpath = ["{folder}"] under [tool.pytest.ini_options].',
    )


def _can_be_installed(project: Project) -> bool:
    return any((project.root / name).is_file() for name in _INSTALLED_FROM)


def _elsewhere(project: Project) -> list[Path]:
    """Return the folders with sources that are not the project's own folder, and in it."""
    return [f for f in project.source_roots if f != project.root and f.is_relative_to(project.root) and f.is_dir()]


def _is_of(path: Path, folder: Path, name: str) -> bool:
    return path == folder / f"{name}.py" or path.is_relative_to(folder / name)


def _has(folder: Path, name: str) -> bool:
    return (folder / f"{name}.py").is_file() or (folder / name).is_dir()


def _names_in(folder: Path) -> list[str]:
    return [
        entry.name.removesuffix(".py")
        for entry in folder.iterdir()
        if entry.name.removesuffix(".py").isidentifier()
        and (entry.suffix == ".py" or (entry / "__init__.py").is_file())
    ]
