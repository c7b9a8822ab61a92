"""Real Neovims against the real server: from the diagnostic over the code action to the green function."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from editors.neovims import Neovim, play, run
from editors.real_editors import REPOSITORY, documented, environment, install_as_documented
from greenline.adapters.generated_tests_sqlite import GeneratedTestsSqlite
from greenline.domain.generation.kept_tests import GeneratedTest, key_of, named_tests

pytestmark = pytest.mark.e2e


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
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test_file)],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert any("passed" in message and function in message for message in told["messages"]), told["messages"]
    kinds = [step["kind"] for step in told["progress"] if step["title"] == f"Generate test for {function}"]
    assert kinds[0] == "begin", told["progress"]


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


@pytest.mark.parametrize("is_new", [False, True])
def test_new_tests_that_are_refused_are_not_there(
    neovim: Neovim, project: Path, tmp_path: Path, *, is_new: bool
) -> None:
    before = {path: path.read_text(encoding="utf-8") for path in (project / "tests").iterdir() if path.is_file()}
    module, function = ("address", "tidy_postcode") if is_new else ("tracking", "parse_header")
    file = project / "src" / "parcels" / f"{module}.py"

    told = play(neovim, tmp_path, "neovim_preview.lua", file=str(file), function_name=function)

    assert told["step"] == "done", json.dumps(told, indent=1)
    assert len(told["asked"]) == 1
    assert f"test_{module}.py is as it was" in told["messages"][-1]
    after = {path: path.read_text(encoding="utf-8") for path in (project / "tests").iterdir() if path.is_file()}
    assert after == before


WILD = "def loops(number):\n    while True:\n        number += 1\n"
BY_HAND = "In Neovim 0.10, it is started by hand:"


@pytest.mark.parametrize("by", ["copying", "the runtimepath"])
def test_installed_by(neovim: Neovim, kinds: Path, tmp_path: Path, installed: dict[str, str], by: str) -> None:
    """All of the plugin, by its commands."""
    configuration = tmp_path / "config" / "nvim"
    plugin = REPOSITORY / "editors" / "neovim"
    if by == "copying":
        shutil.copytree(plugin, configuration)
        init = "vim.lsp.enable('greenline')" if neovim.enables else "require('greenline').setup()"
    else:
        configuration.mkdir(parents=True)
        (tmp_path / "src").mkdir()
        (tmp_path / "src" / "greenline").symlink_to(REPOSITORY)
        lines = documented("docs/neovim.md", "Or put it on the runtimepath")
        init = lines.replace("setup()", "setup({ signs = { covered = '│' } })")
    (configuration / "init.lua").write_text(init, encoding="utf-8")
    (kinds / "wild.py").write_text(WILD, encoding="utf-8")
    tests = kinds / "tests" / "test_orders.py"
    before = tests.read_text(encoding="utf-8")

    told = play(
        neovim,
        tmp_path,
        "neovim_plugin.lua",
        clean=False,
        variables={**installed, "HOME": str(tmp_path)},
        file=str(kinds / "orders.py"),
        endless=str(kinds / "wild.py"),
        generate="^def receipt",
    )

    assert told["step"] == "done", json.dumps(told, indent=1)
    assert told["completed"] == ["generate", "generate_file"]
    assert [Path(path).name for path in told["reports"]] == ["pyproject.toml"]
    assert told["help"]["name"].endswith("greenline.txt")
    _is_healthy(told["health"]["text"], neovim, kinds)
    assert "# Greenline: orders.py" in told["status"]["text"]
    assert re.fullmatch(r"\d+ % · \d+ gaps( · Run tests.*)?", told["statusline"])
    assert ("GreenlineCovered" in told["signs"].values()) is (by == "the runtimepath")
    shapes = 5 if by == "the runtimepath" else 4
    assert len(set(told["shapes"])) == len(told["shapes"]) == shapes, "nobody has to tell colours apart"
    first, second, third = told["gaps"]
    assert first < second
    assert third == first
    assert told["hidden"] == {"signs": [], "diagnostics": 0}
    titles = {step["title"] for step in told["progress"] if step["kind"] == "begin"}
    assert titles >= {"Run tests with coverage", "Generate test for line 1", "Coverage report"}
    page = Path(unquote(urlsplit(told["opened"]).path))
    assert "<h1>Coverage of orders</h1>" in page.read_text(encoding="utf-8")
    assert any(f"The page is in {page}." in message for message in told["messages"])
    assert any(re.search(r"Run tests with coverage \d+ %", step["statusline"]) for step in told["progress"])
    assert not list(kinds.rglob("test_wild.py"))
    assert "There is no `:Greenline nothing`. There are: affected, " in told["unknown_command"]
    after = tests.read_text(encoding="utf-8")
    assert [line for line in before.splitlines() if line not in after and "import" not in line] == []
    assert "receipt(" in after


def _is_healthy(page: str, neovim: Neovim, project: Path) -> None:
    """Look for what a person looks for there."""
    assert f"Neovim {neovim.version}." in page
    assert re.search(r"OK greenline \d+\.\d+\.\d+ \(.*/bin/greenline\)", page)
    assert f"attached to 1 buffer, in {project}" in page
    assert re.search(r"interpreter: Python 3\.\d+\.\d+ at ", page)
    assert re.search(r"OK pytest: \d", page)
    assert re.search(r"WARNING coverage data: none yet", page)
    assert "Run the tests: " in page
    assert "Run the tests with coverage: `:Greenline run`" in page


def test_where_the_server_is_not_installed_health_says_what_to_do(neovim: Neovim, tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "editors" / "neovim", tmp_path / "config" / "nvim")
    page = tmp_path / "page.txt"
    run(neovim, tmp_path, ["-c", "checkhealth greenline", "-c", f"write {page}", "-c", "qall!"], {"PATH": "/nowhere"})
    text = page.read_text(encoding="utf-8")
    assert "ERROR `greenline` is not found" in text
    assert "uv tool install ." in text
    assert "WARNING no server is attached" in text


def test_one_copied_file_is_enough(neovim: Neovim, project: Path, tmp_path: Path, installed: dict[str, str]) -> None:
    install_as_documented("README.md", "**Neovim** 0.11 or newer", tmp_path)
    if not neovim.enables:
        by_hand = documented("docs/neovim.md", BY_HAND)
        (tmp_path / ".config" / "nvim" / "init.lua").write_text(by_hand, encoding="utf-8")
    test_file = project / "tests" / "test_address.py"

    told = play(
        neovim,
        tmp_path,
        "neovim_one_file.lua",
        clean=False,
        variables={**installed, **at_home(tmp_path)},
        file=str(project / "src" / "parcels" / "address.py"),
        test_file=str(test_file),
        title="Generate test for `tidy_postcode`",
    )

    assert told["step"] == "done", json.dumps(told, indent=1)
    assert "tidy_postcode(" in test_file.read_text(encoding="utf-8")


def test_installed_as_a_package(neovim: Neovim, kinds: Path, tmp_path: Path, installed: dict[str, str]) -> None:
    install_as_documented("docs/neovim.md", "Neovim's own packages do:", tmp_path)

    told = play(
        neovim,
        tmp_path,
        "neovim_package.lua",
        clean=False,
        variables={**installed, **at_home(tmp_path)},
        file=str(kinds / "orders.py"),
    )

    assert told["step"] == "done", json.dumps(told, indent=1)
    assert told["commands"] == ["generate", "generate_file"]
    assert "greenline-keys" in told["help"]


def at_home(home: Path) -> dict[str, str]:
    """Return the variables with which Neovim reads what stands in this home."""
    folders = {"CONFIG": ".config", "DATA": ".local/share"}
    return {"HOME": str(home), **{f"XDG_{kind}_HOME": str(home / folder) for kind, folder in folders.items()}}


def test_the_tags_of_the_help_are_those_of_its_text(neovim: Neovim, tmp_path: Path) -> None:
    doc = REPOSITORY / "editors" / "neovim" / "doc"
    shutil.copytree(doc, tmp_path / "doc")
    (tmp_path / "doc" / "tags").unlink()
    run(neovim, tmp_path, ["--clean", "-c", f"helptags {tmp_path / 'doc'}", "-c", "qall!"])
    made = (tmp_path / "doc" / "tags").read_text(encoding="utf-8")
    assert made == (doc / "tags").read_text(encoding="utf-8"), "run `nvim -c 'helptags editors/neovim/doc' -c qa`"


def lines_of(source: Path, function: str) -> tuple[int, int]:
    nodes = ast.parse(source.read_text(encoding="utf-8")).body
    node = next(node for node in nodes if isinstance(node, ast.FunctionDef) and node.name == function)
    return node.lineno, node.end_lineno or node.lineno
