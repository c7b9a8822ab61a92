"""Twelve ways in which projects lay out their tests: new tests stand where a maintainer would put them.

Each file in ``layouts`` is one project: a sentence about it, three targets with the files that their tests belong in,
and its files, each below a line ``-- path --``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

LAYOUTS = sorted((Path(__file__).parent / "layouts").glob("*.txtar"))
_HEADER = re.compile(r"^-- (\S+) --\n", re.MULTILINE)


@dataclass(frozen=True)
class Layout:
    """One project of the corpus."""

    expected: dict[str, str]
    """By target, the file for its tests."""
    files: dict[str, str]

    @classmethod
    def read(cls, file: Path) -> Layout:
        """Read a file of the corpus."""
        about, *parts = _HEADER.split(file.read_text(encoding="utf-8"))
        lines = [line.split(" -> ") for line in about.splitlines() if " -> " in line]
        return cls(dict(map(tuple, lines)), dict(zip(parts[::2], parts[1::2], strict=True)))

    @property
    def projects(self) -> list[str]:
        """Where the projects' roots are."""
        return [
            path.rpartition("/")[0] for path in self.files if path.rpartition("/")[2] in {"pyproject.toml", "setup.py"}
        ]


def built(layout: Layout, folder: Path) -> Path:
    """Write the project, and give it an environment with itself installed. Returns the environment's Python."""
    for name, text in layout.files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / ".venv")], check=True, timeout=120)
    python = folder / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(asked, check=True, capture_output=True, text=True, timeout=60).stdout.strip())
    # pytest is the one that runs this test; nothing is fetched.
    (packages / "pytest.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    for project in layout.projects:
        if "hatchling" in layout.files.get(f"{project}/pyproject.toml".lstrip("/"), ""):
            install(folder / project, packages)
    return python


def install(project: Path, packages: Path) -> None:
    """Install a project so that it is worked on where it stands, as ``pip install --editable`` does."""
    build = "import sys; from hatchling.build import build_editable; print(build_editable(sys.argv[1]))"
    command = [sys.executable, "-c", build, str(packages)]
    ended = subprocess.run(command, cwd=project, check=True, capture_output=True, text=True, timeout=120)
    with zipfile.ZipFile(packages / ended.stdout.split()[-1]) as wheel:
        wheel.extractall(packages)


def own_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {".venv", "__pycache__", ".pytest_cache"} & set(path.parts)
    }


def generate(folder: Path, python: Path, targets: list[str]) -> list[dict[str, object]]:
    command = [sys.executable, "-m", "greenline", "generate", "--format", "json", "--interpreter", str(python)]
    ended = subprocess.run(
        [*command, *targets], cwd=folder, check=False, capture_output=True, timeout=300, env=environment()
    )
    assert ended.returncode in {0, 1}, ended.stderr.decode()
    found: list[dict[str, object]] = json.loads(ended.stdout)["targets"]
    return found


def environment() -> dict[str, str]:
    return {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def suite(folder: Path, python: Path) -> tuple[int, str]:
    """Run the project's own tests as a person does, and return the exit code and what pytest said."""
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ended = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=120, env=environment()
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize("file", LAYOUTS, ids=lambda file: file.stem.partition("-")[2])
def test_tests_land_where_a_maintainer_would_put_them(tmp_path: Path, file: Path) -> None:
    layout = Layout.read(file)
    folder = tmp_path.resolve() / "project"
    python = built(layout, folder)
    before = own_files(folder)
    ran = {project: passed(*suite(folder / project, python)) for project in layout.projects}

    results = generate(folder, python, list(layout.expected))

    assert {str(r["target"]): r["test_file"] for r in results} == layout.expected, results
    after = own_files(folder)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == set(layout.expected.values())
    again = {project: passed(*suite(folder / project, python)) for project in layout.projects}
    assert sum(again.values()) >= sum(ran.values()) + len(layout.expected)

    repeated = generate(folder, python, list(layout.expected))

    assert [r["status"] for r in repeated] == ["nothing_to_gain"] * len(layout.expected), repeated
    assert own_files(folder) == after


def passed(code: int, said: str) -> int:
    """Return how many tests passed; all must."""
    found = re.search(r"(\d+) passed", said)
    assert code == 0, said
    assert found, said
    return int(found[1])


def test_the_corpus_has_twelve_layouts_with_three_targets_each() -> None:
    layouts = [Layout.read(file) for file in LAYOUTS]
    assert len(layouts) == 12
    assert {len(layout.expected) for layout in layouts} == {3}
