"""Property tests through the real ``greenline generate``: by Hypothesis where the project has it, tables elsewhere."""

from __future__ import annotations

import ast
import itertools
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

SEEDS = 20
SOURCE = '''
    import datetime


    def encode_runs(text: str) -> list[tuple[str, int]]:
        """Count letters that follow each other."""
        runs: list[tuple[str, int]] = []
        for letter in text:
            if runs and runs[-1][0] == letter:
                runs[-1] = (letter, runs[-1][1] + 1)
            else:
                runs.append((letter, 1))
        return runs


    def decode_runs(runs: list[tuple[str, int]]) -> str:
        return "".join(letter * count for letter, count in runs)


    def format_share(share: int) -> str:
        if not 0 <= share <= 100:
            raise ValueError("no share of a whole")
        return f"{share} %"


    def parse_share(text: str) -> int:
        return int(text.removesuffix(" %"))


    def dump_day(day: datetime.date) -> str:
        return day.isoformat()


    def load_day(text: str) -> datetime.date:
        return datetime.date.fromisoformat(text)


    def escape_marks(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;") if len(text) < 90 else text


    def unescape_marks(text: str) -> str:
        return text.replace("&lt;", "<").replace("&amp;", "&")
'''
"""``escape_marks`` cannot be taken back where the text is long and has something to escape: a search that tries short
texts does not see it."""


def without_site_packages(folder: Path) -> Path:
    """Return a Python that has pytest and what that needs, and no Hypothesis."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=120)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True).stdout.strip())
    own = Path(pytest.__file__).parents[1]
    for name in ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "exceptiongroup", "tomli"):
        if (own / name).exists():
            (site / name).symlink_to(own / name)
    return python


def generated(root: Path, interpreter: Path | str) -> dict[str, dict[str, Any]]:
    """Generate for the whole file; return what became of each function."""
    root.mkdir()
    (root / "runs.py").write_text(textwrap.dedent(SOURCE), encoding="utf-8")
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    command = [sys.executable, "-m", "greenline", "generate", "--interpreter", str(interpreter), "--format", "json"]
    ended = subprocess.run([*command, "runs.py"], cwd=root, check=False, capture_output=True, timeout=600)
    assert ended.stderr == b"", ended.stderr.decode()
    return {target["target"].partition("::")[2]: target for target in json.loads(ended.stdout)["targets"]}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("properties") / "project"


@pytest.fixture(scope="module")
def targets(project: Path) -> dict[str, dict[str, Any]]:
    return generated(project, sys.executable)


def decorators(code: str, test: str) -> list[str]:
    (found,) = [n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.FunctionDef) and n.name == test]
    return [ast.unparse(decorator) for decorator in found.decorator_list]


@pytest.mark.parametrize(
    ("target", "test", "given", "settings"),
    [
        ("encode_runs", "test_decode_runs_reverses_encode_runs", "given(text=st.text())", []),
        (
            "format_share",
            "test_parse_share_reverses_format_share",
            "given(share=st.integers(0, 100))",
            [],
        ),
        ("dump_day", "test_load_day_reverses_dump_day", "given(day=st.dates())", []),
    ],
)
def test_a_property_is_tried_on_what_the_function_takes(
    targets: dict[str, dict[str, Any]], target: str, test: str, given: str, settings: list[str]
) -> None:
    told = targets[target]
    assert (told["status"], test in told["tests"], "property" in told["oracles"]) == ("confirmed", True, True)
    found = decorators(told["code"], test)
    assert found[0] == given
    assert [d for d in found if d.startswith("settings")] == settings


def test_examples_are_those_that_take_the_branches(targets: dict[str, dict[str, Any]]) -> None:
    found = decorators(targets["encode_runs"]["code"], "test_decode_runs_reverses_encode_runs")
    examples = [ast.literal_eval(d.removeprefix("example(text=")[:-1]) for d in found if d.startswith("example(")]
    assert any(one == other for text in examples for one, other in itertools.pairwise(text))


def test_what_holds_for_short_texts_only_is_not_written(targets: dict[str, dict[str, Any]], project: Path) -> None:
    assert targets["escape_marks"]["status"] == "confirmed"
    written = "\n".join(path.read_text(encoding="utf-8") for path in project.rglob("test_*.py"))
    assert "reverses_escape_marks" not in written
    assert "unescape_marks(escape_marks(" not in written


def test_the_tests_pass_from_any_seed(targets: dict[str, dict[str, Any]], project: Path, tmp_path: Path) -> None:
    assert targets
    # In CI Hypothesis knows no seed, and elsewhere a machine that is busy is a failure.
    (tmp_path / "any_seed.py").write_text(
        "from hypothesis import settings\n"
        "settings.register_profile('any', deadline=None, database=None, derandomize=False)\n"
    )
    environment = {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    options = ["-q", "-p", "no:cacheprovider", "-p", "any_seed", "--hypothesis-profile=any"]
    for seed in range(SEEDS):
        command = [sys.executable, "-m", "pytest", *options, f"--hypothesis-seed={seed}"]
        ended = subprocess.run(
            command, cwd=project, check=False, capture_output=True, text=True, timeout=300, env=environment
        )
        assert ended.returncode == 0, ended.stdout


def test_nothing_of_hypothesis_is_left_in_the_project(targets: dict[str, dict[str, Any]], project: Path) -> None:
    assert targets
    assert not list(project.rglob(".hypothesis"))


def test_without_hypothesis_a_property_is_a_table(tmp_path: Path) -> None:
    told = generated(tmp_path / "project", without_site_packages(tmp_path / "environment"))
    code = told["encode_runs"]["code"]
    (found,) = decorators(code, "test_decode_runs_reverses_encode_runs")
    assert found.startswith("pytest.mark.parametrize('text', [")
    assert "hypothesis" not in code
