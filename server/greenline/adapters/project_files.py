"""Find a file's project by the files that mark its root, and read where pytest looks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.config_files import read_ini, read_toml
from greenline.adapters.pytest_settings import PYTEST_FILES, PytestSettings, read_settings, variables_of_plugin
from greenline.ports.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterable

MARKERS = (
    "pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "pytest.ini", "pytest.toml", "Pipfile", ".coveragerc", ".git",
)  # fmt: skip
_PYTHON_FILES = ("test_*.py", "*_test.py")


class ProjectFiles:
    """Finds projects on the disk. ``home`` is never a project because of a stray file in it."""

    def __init__(self, home: Path | None = None) -> None:
        self._home = home if home is not None else _home()
        self._pytest: dict[Path, tuple[tuple[int, int], PytestSettings | None]] = {}

    def project_of(self, path: Path) -> Project:
        """Return the nearest project; outside any, the file's folder with ``marker`` None. Raises nothing.

        Code installed in an environment (``site-packages``) is outside, wherever the environment lies.
        """
        path = Path(path).absolute()
        marker = self._marker(path)
        if marker is None:
            folder = path.parent
            return Project(folder, None, _unique([_above_packages(path), folder]), _test_roots(folder, ()))
        root = marker.parent
        base, pytest = self._pytest_settings(root)
        named = [base / folder for folder in pytest.pythonpath]
        return Project(
            root=root,
            marker=marker,
            source_roots=_source_roots(path, root, [folder for folder in named if folder.is_dir()]),
            test_roots=_test_roots(root, pytest.testpaths, base),
            python_files=pytest.python_files or _PYTHON_FILES,
            python_functions=pytest.python_functions or ("test",),
            python_classes=pytest.python_classes or ("Test",),
            import_mode=pytest.import_mode or "prepend",
            variables=(*variables_of_plugin(root), *pytest.variables),
        )

    def _marker(self, path: Path) -> Path | None:
        for folder in path.parents:
            if folder.name in {"site-packages", "dist-packages"} or _exists(folder / "pyvenv.cfg"):
                return None
            found = next((folder / name for name in MARKERS if _exists(folder / name)), None)
            if found is not None:
                if folder not in (self._home, Path(folder.anchor)):
                    return found
                return next((folder / name for name in MARKERS[:3] if _describes_package(folder / name)), None)
        return None

    def _pytest_settings(self, root: Path) -> tuple[Path, PytestSettings]:
        """Return the settings that count for pytest in ``root``, and the folder that their paths count from.

        They may stand above the project: those of several projects of one repository.
        """
        for folder in (root, *root.parents):
            for name in PYTEST_FILES:
                found = self._read_pytest(folder / name)
                if found is not None:
                    return folder, found
        return root, PytestSettings()

    def _read_pytest(self, file: Path) -> PytestSettings | None:
        try:
            stat = file.stat()
        except OSError:
            self._pytest.pop(file, None)
            return None
        stamp = (stat.st_mtime_ns, stat.st_size)
        kept = self._pytest.get(file)
        if kept is None or kept[0] != stamp:
            kept = (stamp, read_settings(file))
            self._pytest[file] = kept
        return kept[1]


def _source_roots(path: Path, root: Path, named: list[Path]) -> tuple[Path, ...]:
    declared = [*named, root / "src"] if (root / "src").is_dir() else named
    above = _above_packages(path)
    # A folder without __init__.py inside a declared root is a namespace package, not a root of its own.
    inside = [folder for folder in declared if above.is_relative_to(folder)]
    nearest = [*sorted(inside, key=lambda folder: -len(folder.parts)), above]
    return _unique([*nearest, *([root / "src"] if (root / "src").is_dir() else []), root, *named])


def _above_packages(path: Path) -> Path:
    folder = path.parent
    while _exists(folder / "__init__.py") and folder.parent != folder:
        folder = folder.parent
    return folder


def _test_roots(root: Path, testpaths: Iterable[str], base: Path | None = None) -> tuple[Path, ...]:
    found = [folder for name in testpaths for folder in _matching(base or root, name) if folder.is_dir()]
    if base not in {None, root}:  # of a repository's projects, each has its own tests
        found = [folder for folder in found if folder.is_relative_to(root)]
    return _unique(found or [root / name for name in ("tests", "test") if (root / name).is_dir()])


def _matching(root: Path, pattern: str) -> list[Path]:
    if not any(sign in pattern for sign in "*?["):
        return [(root / pattern).resolve() if ".." in pattern else root / pattern]
    try:
        return sorted(root.glob(pattern))
    except (NotImplementedError, ValueError, OSError):  # an absolute or malformed pattern
        return []


def _unique(folders: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(folders))


def _describes_package(file: Path) -> bool:
    """Tell whether this is a file that people do not leave in their home folder by accident."""
    if not _exists(file):
        return False
    if file.name == "pyproject.toml":
        tables = read_toml(file)
        return "project" in tables or "build-system" in tables
    return file.name == "setup.py" or read_ini(file).has_section("metadata")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:
        return None
