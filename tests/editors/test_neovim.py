"""Real Neovims against the real server: from the diagnostic over the code action to the green function."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from editors.real_editors import REPOSITORY, editors_folder, environment, not_set_up, server_command
from greenline.adapters.generated_tests_sqlite import GeneratedTestsSqlite
from greenline.domain.generation.kept_tests import GeneratedTest, key_of, named_tests

pytestmark = pytest.mark.e2e

SCENARIO_SECONDS = 180


@dataclass(frozen=True)
class Neovim:
    program: Path
    encoding: str
    """Of positions, as the two sides agree on it."""


@pytest.fixture(params=[("forky", "utf-8"), ("trixie", "utf-16")], ids=["0.12", "0.10"])
def neovim(request: pytest.FixtureRequest) -> Neovim:
    suite, encoding = request.param
    program = editors_folder() / f"nvim-{suite}" / "nvim"
    if not program.exists():
        not_set_up(f"Neovim of Debian {suite}", "setup_neovim.sh")
    return Neovim(program, encoding)


@pytest.mark.parametrize(
    ("module", "function"),
    [("tracking", "parse_header"), ("address", "tidy_postcode")],
    ids=["into a test file", "into a new test file"],
)
def test_generate_from_the_code_action(
    neovim: Neovim, project: Path, tmp_path: Path, module: str, function: str
) -> None:
    source = project / "src" / "parcels" / f"{module}.py"
    first, last = lines_of(source, function)
    test_file = project / "tests" / f"test_{module}.py"
    before = test_file.read_text(encoding="utf-8") if test_file.exists() else ""

    told = play(
        neovim,
        tmp_path,
        file=str(source),
        function_name=function,
        first_line=first,
        last_line=last,
        test_file=str(test_file),
    )

    assert told["step"] == "done", json.dumps(told, indent=1)
    assert told["before"], "diagnostics were there before"
    assert "GreenlineUncovered" in told["signs"].values()
    assert re.fullmatch(r"\d+ % · \d+ gaps?", told["statusline"])
    assert told["unsaved"] == []
    after = test_file.read_text(encoding="utf-8")
    assert after.count("def test_") > before.count("def test_")
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test_file)],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    shown = [message for message in told["messages"] if message.startswith("window/showMessage")]
    assert any("passed" in message and function in message for message in shown), shown


def test_a_suspected_bug_is_a_warning_on_its_line_until_dismissed(
    neovim: Neovim, project: Path, faulty: Path, tmp_path: Path
) -> None:
    first, last = lines_of(faulty, "port_of")

    told = play(
        neovim,
        tmp_path,
        file=str(faulty),
        function_name="port_of",
        first_line=first,
        last_line=last,
        test_file=str(project / "tests" / "test_ports.py"),
        bug="IndexError",
    )

    assert told["step"] == "done", json.dumps(told, indent=1)
    (bug,) = told["bugs"]
    assert bug.startswith(f"{last}: `port_of('")
    assert bug.endswith(
        "raises IndexError: list index out of range, which neither the code nor its documentation announces"
    )
    assert "Dismiss: IndexError is what should happen here" in told["titles"]


PRICED = "def price(n):\n    return 3 * n\n"
PRICE_TEST = "from prices import price\n\n\ndef test_price():\n    assert price(2) == 4\n"


@pytest.fixture
def outdated(tmp_path: Path) -> Path:
    """Return a test that Greenline generated before the code changed."""
    root = tmp_path / "prices"
    root.mkdir()
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n', encoding="utf-8")
    (root / "prices.py").write_text(PRICED, encoding="utf-8")
    (root / "test_prices.py").write_text(PRICE_TEST, encoding="utf-8")
    (node,) = named_tests(PRICE_TEST).values()
    index = GeneratedTestsSqlite(tmp_path / "cache" / "greenline" / "generated-tests.sqlite3")
    index.remember([GeneratedTest(key_of(node), "prices.py::price")])
    return root / "test_prices.py"


def test_expectations_are_updated_after_a_look_and_one_undo_takes_it_back(
    neovim: Neovim, outdated: Path, tmp_path: Path
) -> None:
    told = play(neovim, tmp_path, "neovim_updating.lua", test_file=str(outdated), answer=1)

    assert told["step"] == "done", json.dumps(told, indent=1)
    assert told["before"] + "\n" == PRICE_TEST
    assert told["after"] + "\n" == PRICE_TEST.replace("== 4", "== 6")
    assert told["undone"] == told["before"]
    assert told["messages"][-1] == "test_price is updated and passes: price(2): 4 -> 6"
    asks = neovim.encoding == "utf-8"  # from 0.12 on
    assert told["asked"] == (["Apply all changes?\nUpdate expectations: price(2): 4 -> 6"] if asks else [])


def test_what_the_person_refuses_is_not_done(neovim: Neovim, outdated: Path, tmp_path: Path) -> None:
    if neovim.encoding != "utf-8":
        pytest.skip("this Neovim asks nothing: the change is made, and told")
    told = play(neovim, tmp_path, "neovim_updating.lua", test_file=str(outdated), answer=2)

    assert told["step"] == "done", json.dumps(told, indent=1)
    assert told["after"] == told["before"]
    assert "is as it was" in told["messages"][-1]


def lines_of(source: Path, function: str) -> tuple[int, int]:
    nodes = ast.parse(source.read_text(encoding="utf-8")).body
    node = next(node for node in nodes if isinstance(node, ast.FunctionDef) and node.name == function)
    return node.lineno, node.end_lineno or node.lineno


def play(neovim: Neovim, folder: Path, lua: str = "neovim_scenario.lua", **scenario: Any) -> dict[str, Any]:
    """Run the scenario and return what it told."""
    output = folder / "told.json"
    given = folder / "scenario.json"
    given.write_text(
        json.dumps(
            {
                "config": str(REPOSITORY / "editors" / "neovim" / "lsp" / "greenline.lua"),
                "command": server_command(),
                "interpreter": sys.executable,
                "limit_ms": SCENARIO_SECONDS * 1000 // 3,
                "output": str(output),
                **scenario,
            }
        ),
        encoding="utf-8",
    )
    homes = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    run = subprocess.run(
        [
            neovim.program,
            "--headless",
            "--clean",
            "-n",
            "-c",
            f"luafile {Path(__file__).with_name(lua)}",
        ],
        env={**environment(), **homes, "GREENLINE_SCENARIO": str(given)},
        capture_output=True,
        text=True,
        timeout=SCENARIO_SECONDS,
        check=False,
    )
    assert output.exists(), run.stdout + run.stderr
    told: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    told["terminal"] = run.stdout + run.stderr
    return told
