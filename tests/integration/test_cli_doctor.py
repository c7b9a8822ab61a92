"""``greenline doctor`` on real projects, one thing broken in each."""

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "parcels"
PRICING = "src/parcels/pricing.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(EXAMPLE, tmp_path / "parcels", ignore=shutil.ignore_patterns(".*", "__pycache__"))
    ).resolve()


@pytest.fixture
def measured(project: Path) -> Path:
    command = [sys.executable, "-m", "coverage", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    subprocess.run(command, cwd=project, check=True, capture_output=True, timeout=120)
    return project


def doctor(project: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "greenline", "doctor", "--interpreter", sys.executable, *arguments]
    ended = subprocess.run(
        command, check=False, cwd=project, capture_output=True, text=True, encoding="utf-8", timeout=60
    )
    assert not ended.stderr
    return ended.returncode, ended.stdout


def test_a_project_that_is_well(measured: Path) -> None:
    code, said = doctor(measured, PRICING)

    assert code == 0
    assert "because of pyproject.toml" in said
    assert "it knows 7 of 7 source files" in said
    assert "gaps to show" in said
    assert said.endswith("Everything is in place.\n")


def test_no_coverage_data(project: Path) -> None:
    code, said = doctor(project, PRICING)

    assert code == 0
    assert f"none yet; a report of coverage.py is expected at {project / '.coverage'}" in said
    assert "No coverage data yet" in said


def test_corrupt_data(measured: Path) -> None:
    (measured / ".coverage").write_bytes(b"not a database at all")

    code, said = doctor(measured, PRICING)

    assert code == 1
    assert "cannot be read" in said
    assert "run the tests with coverage again" in said


def test_data_of_another_coverage_version(measured: Path) -> None:
    with sqlite3.connect(measured / ".coverage") as database:
        database.execute("update coverage_schema set version = 99")
    database.close()

    code, said = doctor(measured, PRICING)

    assert code == 1
    assert "Update coverage in the project and run the tests with it again" in said


def test_a_syntax_error(measured: Path) -> None:
    (measured / PRICING).write_text("def price(:\n")

    code, said = doctor(measured, PRICING)

    assert code == 1
    assert "syntax error at line 1" in said


def test_outside_any_project(tmp_path: Path) -> None:
    (tmp_path / "lone.py").write_text("x = 1\n")

    code, said = doctor(tmp_path, "lone.py")

    assert code == 0
    assert "is in no project" in said
    assert "pyproject.toml" in said


def test_an_interpreter_without_pytest(measured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", measured / "bare"], check=True, timeout=120)
    python = measured / "bare" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    monkeypatch.setenv("PATH", str(measured))  # no uv
    code, said = doctor(measured, "--interpreter", str(python))

    assert code == 1
    assert f"{python} has no pytest. It has no pip either: {python} -m ensurepip && " in said
    assert f"--interpreter: taken: {python}, Python " in said
    assert "greenline.interpreter" not in said
