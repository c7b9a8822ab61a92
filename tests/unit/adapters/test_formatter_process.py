"""Which formatter a project is configured for, and what is made of one that does not do its work."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from greenline.adapters.formatter_process import FormatterProcess, configured
from greenline.ports.project import Interpreter, Project

CODE = "def test_a():\n    assert 1\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, []),
        ({"pyproject.toml": "[project]\nname = 'a'\n"}, []),
        ({"pyproject.toml": "[tool.ruff]\nline-length = 100\n"}, ["ruff"]),
        ({"pyproject.toml": "[tool.black]\n"}, ["black"]),
        ({"pyproject.toml": "[tool.ruff.lint]\nselect = ['E']\n[tool.black]\n"}, ["black", "ruff"]),
        ({"pyproject.toml": "[tool.ruff.format]\nquote-style = 'single'\n[tool.black]\n"}, ["ruff", "black"]),
        ({"ruff.toml": "line-length = 100\n"}, ["ruff"]),
        ({".ruff.toml": "[format]\n", "pyproject.toml": "[tool.black]\n"}, ["ruff", "black"]),
        ({".pre-commit-config.yaml": "repos:\n  - hooks:\n      - id: ruff\n      - id: ruff-format\n"}, ["ruff"]),
        ({".pre-commit-config.yaml": "repos:\n- hooks:\n  - id: black\n", "ruff.toml": ""}, ["black", "ruff"]),
        ({".pre-commit-config.yaml": "repos:\n- hooks:\n  - id: ruff\n  - id: blacken-docs\n"}, []),
        ({"pyproject.toml": "[tool.black\n"}, []),
    ],
)
def test_the_formatter_that_is_configured(files: dict[str, str], expected: list[str], tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert configured([tmp_path]) == expected


class Place:
    """A project whose environment has the program that a test writes."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.tests = self.root / "tests" / "test_a.py"
        self.tests.parent.mkdir(parents=True)
        (self.root / "pyproject.toml").write_text("[tool.black]\n")
        self.bin = folder / "bin"
        self.bin.mkdir()

    def program(self, body: str, name: str = "black") -> None:
        file = self.bin / name
        file.write_text(f"#!{sys.executable}\nimport os, subprocess, sys, time\n{body}\n")
        file.chmod(0o755)

    async def lay_out(self, seconds: float = 30.0) -> tuple[str | None, str]:
        project = Project(self.root, self.root / "pyproject.toml", (self.root,), ())
        interpreter = Interpreter(self.bin / "python", (3, 11, 0), "a test", "8")
        answer = await FormatterProcess(seconds=seconds).lay_out(project, interpreter, self.tests, CODE)
        return answer.text, answer.note


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    return Place(tmp_path)


async def test_text_goes_in_and_comes_out(place: Place) -> None:
    place.program("print(sys.argv[1:], os.getcwd()); print(sys.stdin.read(), end='')")
    text, note = await place.lay_out()
    assert text == f"{['--quiet', '--stdin-filename', str(place.tests), '-']} {place.root}\n{CODE}"
    assert not note
    assert not place.tests.exists()


async def test_without_the_program_there_is_no_layout_and_nothing_to_say(place: Place) -> None:
    assert await place.lay_out() == (None, "")


async def test_a_program_of_the_path_will_do(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.program("print('x = 1')")
    monkeypatch.setenv("PATH", str(place.bin))
    place.bin.rename(place.bin.with_name("elsewhere"))
    monkeypatch.setenv("PATH", str(place.bin.with_name("elsewhere")))
    assert await place.lay_out() == ("x = 1\n", "")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("sys.exit('error: cannot format -')", "error: cannot format -"),
        ("sys.exit(3)", "exit code 3"),
        ("os.write(1, b'\\xff')", "its answer is no text"),
        ("os.write(1, b'x' * (3 << 20))", "its answer is too long"),
    ],
)
async def test_one_that_fails_is_left_out_with_a_note(place: Place, body: str, said: str) -> None:
    place.program(f"sys.stdin.read()\n{body}")
    assert await place.lay_out() == (None, f"black did not format the new tests: {said}")


async def test_of_one_that_writes_without_end_little_is_kept(place: Place) -> None:
    place.program("import os, sys\nsys.stdin.read()\nwhile True:\n    os.write(1, b'x' * (1 << 16))\n")
    text, note = await place.lay_out()
    assert (text, note) == (None, "black did not format the new tests: its answer is too long")


async def test_one_that_cannot_be_executed_is_left_out_with_a_note(place: Place) -> None:
    place.program("")
    (place.bin / "black").write_text("#!/nowhere/python\n")
    text, note = await place.lay_out()
    assert text is None
    assert "cannot be executed" in note


_HANGS = "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
_TELLS = "open('{}', 'w').write(f'{{os.getpid()}} {{child.pid}}\\n')\ntime.sleep(600)"


def _living(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
async def test_one_that_hangs_ends_with_its_children(place: Place, tmp_path: Path) -> None:
    told = tmp_path / "pids"
    os.mkfifo(told)
    place.program(_HANGS + _TELLS.format(told))
    running = asyncio.ensure_future(place.lay_out(seconds=600.0))
    pids = await asyncio.wait_for(asyncio.to_thread(told.read_text), 60)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(pids.split()) == 2
    assert not any(_living(int(pid)) for pid in pids.split())


async def test_one_that_takes_too_long_is_left_out_with_a_note(place: Place) -> None:
    place.program("time.sleep(600)")
    assert await place.lay_out(seconds=0.2) == (
        None,
        "black did not format the new tests: it did not end within 0.2 s",
    )
