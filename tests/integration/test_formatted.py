"""New tests in the layout of the project's formatter; without one, in a layout that ruff and black leave alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from greenline.adapters.formatter_process import FormatterProcess
from greenline.domain.code.read_module import read_module
from greenline.domain.generation.lessons import Lessons
from greenline.domain.generation.merge import merge_tests
from greenline.domain.generation.model import Candidate
from greenline.ports.formatter import LaidOut
from greenline.ports.project import Interpreter, Project
from greenline.services.merge_in_layout import MergeInLayout

if TYPE_CHECKING:
    from greenline.domain.generation.merge import Merged

ROOT = Path(__file__).parents[2]
_BIN = ROOT / ".venv" / "environments" / "subjects" / "venv" / "bin"
RUFF = [str(_BIN / "ruff"), "format", "--no-cache", "--check", "--diff"]
BLACK = [str(_BIN / "black"), "--check", "--diff", "--quiet"]


@pytest.fixture(scope="module", autouse=True)
def _set_up() -> None:
    if not _BIN.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the formatters are missing: make environments")
        pytest.skip("the formatters are missing: make environments")


def complaints(command: list[str], *files: Path, folder: Path) -> str:
    done = subprocess.run(
        [*command, *map(str, files)], capture_output=True, text=True, check=False, cwd=folder, timeout=120
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def in_layout(command: list[str], text: str, file: Path, folder: Path) -> str:
    """Return a file as its project has it."""
    file.write_text(text)
    options = [each for each in command if each not in {"--check", "--diff"}]
    subprocess.run([*options, str(file)], check=True, capture_output=True, cwd=folder, timeout=120)
    return file.read_text()


CANDIDATES = (
    Candidate(
        "test_parse_of_long_texts",
        dedent("""\
            def test_parse_of_long_texts():
                result = parse("one, two, three, four, five", separator=", ", strict=True)

                assert result == ["one", "two", "three", "four", "five"]
                assert result is not None
            """),
        ("from shop.parsing import parse",),
    ),
    Candidate(
        "test_parse_table",
        dedent("""\
            @pytest.mark.parametrize(
                ("text", "expected"),
                [
                    pytest.param("", [], id="empty"),
                    pytest.param("a,b", ["a", "b"], id="two"),
                ],
            )
            def test_parse_table(text, expected):
                assert parse(text) == expected
            """),
        ("import pytest", "from shop.parsing import parse"),
    ),
    Candidate(
        "test_parse_rejects_numbers",
        dedent("""\
            def test_parse_rejects_numbers():
                with pytest.raises(ValueError, match="^" + re.escape("no text, but a number")):
                    parse(3)
            """),
        ("import pytest", "import re", "from shop.parsing import parse"),
    ),
)
FUNCTIONS = '''\
"""Tests of parsing."""

from shop.parsing import parse


def test_parse():
    assert parse("a")


def test_other():
    assert 1
'''
CLASSES = '''\
"""Tests of parsing."""

from shop.parsing import parse


class TestParse:
    def test_one(self):
        assert parse("a")


class TestOther:
    def test_two(self):
        assert 1
'''
CASES = (
    CLASSES.replace("class TestParse:", "class TestParse(TestCase):")
    .replace("class TestOther:", "class TestOther(TestCase):")
    .replace('"""Tests of parsing."""\n\n', '"""Tests of parsing."""\n\nfrom unittest import TestCase\n\n')
)
BASES = {"functions": FUNCTIONS, "classes": CLASSES, "test cases": CASES, "nothing": None}
SETTINGS = {
    "ruff": "[tool.ruff]\nline-length = 60\n[tool.ruff.format]\nquote-style = 'single'\n",
    "ruff with tabs": "[tool.ruff.format]\nindent-style = 'tab'\n",
    "wide ruff": "[tool.ruff]\nline-length = 140\n",
    "black": "[tool.black]\nline-length = 60\n",
    "black as it is": "[tool.black]\n",
}


class Answer:
    """A formatter that says what a test wants."""

    def __init__(self, answer: LaidOut) -> None:
        self.answer = answer

    async def lay_out(self, project: Project, interpreter: Interpreter, path: Path, text: str) -> LaidOut:
        return self.answer


class Told:
    def __init__(self) -> None:
        self.said: list[str] = []

    def step(self, text: str, done: float | None = None) -> None:
        self.said.append(text)


async def merged(folder: Path, base: str | None, formatter: Any, told: Told | None = None) -> Merged:
    bench = SimpleNamespace(
        lessons=Lessons(),
        project=Project(folder, folder / "pyproject.toml", (folder,), ()),
        interpreter=Interpreter(_BIN / "python", (3, 11, 0), "a test", "8"),
        placement=SimpleNamespace(path=folder / "tests" / "test_parsing.py"),
        module_name="shop.parsing",
        test_text=base,
    )
    merging = MergeInLayout(formatter, cast("Any", bench), cast("Any", told or Told()))
    return await merging.merge({read_module("def parse(): ...\n")[0].functions[0]: CANDIDATES})


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("base", BASES)
async def test_what_is_added_is_as_the_formatter_writes_it(base: str, settings: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(SETTINGS[settings])
    (tmp_path / "tests").mkdir()
    file = tmp_path / "tests" / "test_parsing.py"
    command = BLACK if "black" in settings else RUFF
    text = BASES[base]
    if text is not None:
        text = in_layout(command, text, file, tmp_path)
    result = await merged(tmp_path, text, FormatterProcess())

    assert len(result.names) == len(CANDIDATES)
    file.write_text(result.new_text)
    assert not complaints(command, file, folder=tmp_path)
    if settings == "ruff":
        assert "'one, two, three, four, five'" in result.new_text


@pytest.mark.parametrize("base", BASES)
async def test_without_a_formatter_both_leave_it_alone(base: str, tmp_path: Path) -> None:
    result = await merged(tmp_path, BASES[base], FormatterProcess())
    file = tmp_path / "test_parsing.py"
    file.write_text(result.new_text)
    assert not complaints([*RUFF, "--isolated"], file, folder=tmp_path)
    assert not complaints(BLACK, file, folder=tmp_path)


def test_both_leave_the_samples_alone(tmp_path: Path) -> None:
    samples = []
    for sample in sorted((ROOT / "docs" / "samples").glob("*.py")):
        samples.append(tmp_path / sample.name)
        samples[-1].write_text(sample.read_text())
    assert samples
    assert not complaints([*RUFF, "--isolated"], *samples, folder=tmp_path)
    assert not complaints(BLACK, *samples, folder=tmp_path)


@pytest.mark.parametrize(
    "answer",
    [
        "def (",
        "",
        "def test_parse_of_long_texts():\n    assert 0\n",
        "\n".join(f"{each.code}\n".replace("==", "!=").replace("match", "mtch") for each in CANDIDATES),
    ],
)
async def test_a_formatter_that_changes_what_is_said_is_not_followed(answer: str, tmp_path: Path) -> None:
    plain = merge_tests(FUNCTIONS, CANDIDATES, target="parse", first_party=("shop",))
    result = await merged(tmp_path, FUNCTIONS, Answer(LaidOut(answer)))
    assert result.new_text == plain.new_text


async def test_a_formatter_that_fails_is_left_out_and_told_of_once(tmp_path: Path) -> None:
    told = Told()
    result = await merged(tmp_path, FUNCTIONS, Answer(LaidOut(note="black did not format: no")), told)
    assert result.new_text == merge_tests(FUNCTIONS, CANDIDATES, target="parse", first_party=("shop",)).new_text
    assert told.said == ["black did not format: no"]
