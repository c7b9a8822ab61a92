"""VS Code itself, in a browser: the packaged extension, the real server, and a screenshot per step."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
import venv
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from editors.real_editors import EDITORS, HERE, REPOSITORY, environment, not_set_up, server_command

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.e2e

START_SECONDS = 60
STEP_SECONDS = 120
SCENARIO_SECONDS = 480

ONLY_ELSEWHERE = """\
from pathlib import Path

import pytest

KNOWN = {known}


@pytest.fixture(autouse=True)
def scanner(request):
    here = Path(__file__).resolve().parents[1]
    if request.node.originalname not in KNOWN and Path.cwd() == here:
        pytest.fail("the scanner is not connected")
"""
"""New tests pass in a copy of the project, and not in the project itself."""


@pytest.fixture
def vscode() -> Path:
    folder = EDITORS / "vscode"
    if not (folder / "complete").exists() or not (folder / "browser").exists():
        not_set_up("VS Code in a browser", "setup_vscode.sh")
    return folder


@pytest.fixture
def extension() -> Path:
    """The packaged extension, as a person would install it."""
    package = REPOSITORY / "vscode-client" / "greenline.vsix"
    if not package.exists():
        pytest.skip("the extension is not packaged: run `npm ci && npm run package` in vscode-client")
    return package


@pytest.fixture
def server() -> list[str]:
    """What ``greenline.server.command`` names; a test may name another."""
    return server_command()


@pytest.fixture
def url(vscode: Path, extension: Path, project: Path, server: list[str]) -> Iterator[str]:
    """A running VS Code with the project open."""
    with running(vscode, extension, project, server) as address:
        yield address


@contextmanager
def running(
    vscode: Path,
    extension: Path,
    project: Path,
    server: list[str],
    interpreter: str = sys.executable,
    *,
    machine: dict[str, Any] | None = None,
    **settings: Any,
) -> Iterator[str]:
    folder = project.parent
    user, extensions = folder / "user", folder / "extensions"
    here = {"greenline.server.command": server, "greenline.interpreter": interpreter, **(machine or {})}
    write_settings(user, settings, here)
    unpack(extension, extensions)
    program = vscode / "node_modules" / "code-server" / "out" / "node" / "entry.js"
    options = ["--auth", "none", "--config", str(folder / "config.yaml")]
    folders = ["--user-data-dir", str(user), "--extensions-dir", str(extensions)]
    quiet = ["--disable-telemetry", "--disable-update-check"]
    with (folder / "code-server.log").open("w", encoding="utf-8") as log, kept_port() as port:
        address = ["--bind-addr", f"127.0.0.1:{port}"]
        command = [vscode / "node", program, *options, *address, *folders, *quiet, project]
        child = subprocess.Popen(command, env=environment(), stdout=log, stderr=log, cwd=folder)
        try:
            wait_for_answer(f"http://127.0.0.1:{port}/healthz", child)
            yield f"http://127.0.0.1:{port}/?folder={project}"
        finally:
            child.terminate()
            child.wait(timeout=30)


def test_generate_from_the_light_bulb(vscode: Path, url: str, project: Path, tmp_path: Path) -> None:
    test_file = project / "tests" / "test_tracking.py"
    before = test_file.read_text(encoding="utf-8")

    told = play(vscode, project, tmp_path, play="lightBulb", url=url)

    assert any("parse_header" in problem for problem in told["problems"])
    assert any("Generate test" in lens for lens in told["lenses"])
    assert "Generate test for `parse_header`" in told["actions"]
    assert told["toastsAtStart"] == []
    assert len([toast for toast in told["toasts"] if "passed" in toast]) == 1
    assert told["unsaved"] == 0
    assert grown(before, test_file.read_text(encoding="utf-8"))


def test_generate_from_the_palette(vscode: Path, url: str, project: Path, tmp_path: Path) -> None:
    test_file = project / "tests" / "test_tracking.py"
    before = test_file.read_text(encoding="utf-8")

    told = play(vscode, project, tmp_path, play="palette", url=url)

    offered = "\n".join(told["commands"])
    for title in (
        "Generate Test for the Function at the Cursor",
        "Go to Next Gap",
        "Clear Coverage",
    ):
        assert f"Greenline: {title}" in offered, offered
    assert grown(before, test_file.read_text(encoding="utf-8"))


def test_a_suspected_bug_is_a_warning_until_the_light_bulb_dismisses_it(
    vscode: Path, url: str, faulty: Path, project: Path, tmp_path: Path
) -> None:
    told = play(
        vscode,
        project,
        tmp_path,
        play="suspectedBug",
        url=url,
        file="src/parcels/ports.py",
        line=faulty.read_text(encoding="utf-8").count("\n"),
        function_name="port_of",
        test_file="tests/test_ports.py",
        bug="IndexError",
    )

    (bug,) = [problem for problem in told["problems"] if "IndexError" in problem]
    assert "neither the code nor its documentation announces" in bug
    assert any("port_of" in lens and "small changes" in lens for lens in told["lensesAfter"])
    assert "Dismiss: IndexError is what should happen here" in told["actions"]
    assert [problem for problem in told["problemsAfter"] if "IndexError" in problem] == []


def test_every_kind_of_mark(vscode: Path, extension: Path, kinds: Path, tmp_path: Path, server: list[str]) -> None:
    seen = {f"greenline.severity.{kind}": "information" for kind in ("unknown", "unneededPragma")}
    more = {**seen, "greenline.decorations.covered": True}
    with running(vscode, extension, kinds, server, **more) as url:
        told = play(
            vscode, kinds, tmp_path, play="kinds", url=url, file="orders.py", line=7, edited_line=5, first_gap=7
        )

    problems = "\n".join(told["problems"])
    for words in (
        "Not covered: 2 lines in total",
        "Line 6 never jumps to 7: the condition is never true",
        "Line 9 never jumps to 11: the condition is always true",
        "receipt is never called",
        "Archive",
        "pragma",
        "test_refund",
    ):
        assert words in problems.replace("`", ""), problems
    assert any("test_refund" in text for text in told["hover"]), told["hover"]
    assert "coverage" in told["status"].lower()
    assert len(told["tabs"]) == 2, told["tabs"]
    assert any("1 line changed after the coverage was measured" in text for text in told["edited"]), told["edited"]


@pytest.mark.parametrize("server", [["greenline-is-not-here", "lsp"]])
def test_a_missing_server_is_told_with_a_button(
    vscode: Path, url: str, project: Path, tmp_path: Path, server: list[str]
) -> None:
    told = play(vscode, project, tmp_path, play="noServer", url=url)

    assert len(told["toasts"]) == 1
    assert "greenline-is-not-here" in told["toasts"][0]
    assert "greenline.server.command" in told["settings"]


def test_the_gaps_view_generates_for_many(vscode: Path, url: str, project: Path, tmp_path: Path) -> None:
    test_file = project / "tests" / "test_tracking.py"
    before = test_file.read_text(encoding="utf-8")

    told = play(vscode, project, tmp_path, play="gapsView", url=url)

    assert "tracking.py" in "".join(told["files"])
    assert any("% covered, not covered: " in words for words in told["spoken"]), told["spoken"]
    assert any(words.startswith("parse_header") for words in told["functions"])
    assert len([words for words in told["progress"] if "Generate tests" in words]) == 1
    assert any("passed for 2 functions" in words for words in told["toasts"])
    assert test_file.read_text(encoding="utf-8") == before  # "Undo" took all of it back


def test_the_gaps_view_keeps_its_rows_while_it_asks_for_new_ones(
    vscode: Path, extension: Path, project: Path, tmp_path: Path, server: list[str]
) -> None:
    asked = tmp_path / "asked"
    slow = [sys.executable, str(HERE / "slow_gaps.py"), "3", str(asked), *server]
    with running(vscode, extension, project, slow) as url:
        told = play(
            vscode, project, tmp_path, play="slowGaps", url=url, asked=str(asked), report=str(project / ".coverage")
        )

    assert any("passed for 1 function" in words for words in told["toasts"]), told["toasts"]
    assert "priority(" in (project / "tests" / "test_tracking.py").read_text(encoding="utf-8")


def test_the_first_run_of_a_project_without_coverage(
    vscode: Path, extension: Path, kinds: Path, tmp_path: Path, server: list[str]
) -> None:
    with running(vscode, extension, kinds, server) as url:
        told = play(vscode, kinds, tmp_path, play="firstRun", url=url, file="orders.py")

    assert any(name.startswith("orders.py") for name in told["files"])
    assert len(told["steps"]) == 4, told["steps"]
    assert "measure" in told["done"], told["done"]


def test_a_run_that_is_cancelled_changes_nothing(
    vscode: Path, extension: Path, project: Path, tmp_path: Path, server: list[str]
) -> None:
    wild = project / "src" / "parcels" / "wild.py"
    wild.write_text("def loops(number):\n    while True:\n        number += 1\n", encoding="utf-8")
    before = suite_of(project)
    with running(vscode, extension, project, server, **{"greenline.explore.seconds": 300}) as url:
        told = play(vscode, project, tmp_path, play="cancel", url=url)

    assert not any("passed" in words for words in told["toasts"])
    assert suite_of(project) == before


def test_a_preview_is_discarded_and_then_applied(
    vscode: Path, extension: Path, project: Path, tmp_path: Path, server: list[str]
) -> None:
    test_file = project / "tests" / "test_tracking.py"
    before = test_file.read_text(encoding="utf-8")
    with running(vscode, extension, project, server, **{"greenline.generate.preview": True}) as url:
        told = play(vscode, project, tmp_path, play="preview", url=url)

    assert any("the change was not accepted" in words for words in told["toasts"])
    assert any("passed in" in words for words in told["applied"])
    assert any(re.search(r"^\d+ passed; coverage of", words) for words in told["again"]), told["again"]
    assert told["unsaved"] == 0
    assert grown(before, test_file.read_text(encoding="utf-8"))


def test_what_is_not_confirmed_can_be_taken_back(vscode: Path, url: str, project: Path, tmp_path: Path) -> None:
    test_file = project / "tests" / "test_tracking.py"
    before = test_file.read_text(encoding="utf-8")
    (project / "tests" / "conftest.py").write_text(
        ONLY_ELSEWHERE.format(known=names_of_tests(before)), encoding="utf-8"
    )

    told = play(vscode, project, tmp_path, play="failingConfirmation", url=url, before=before, written=str(test_file))

    assert any("the scanner is not connected" in words for words in told["toasts"]), told["toasts"]
    assert test_file.read_text(encoding="utf-8") == before


def test_the_testing_view_has_native_coverage(vscode: Path, url: str, project: Path, tmp_path: Path) -> None:
    told = play(vscode, project, tmp_path, play="testingView", url=url)

    assert any("test_tracking.py" in name for name in told["tests"]), told["tests"]
    assert any("tracking.py" in name for name in told["covered"]), told["covered"]
    assert any("parse_header" in words and "60" in words for words in told["functions"]), told["functions"]
    assert told["gutter"] > 0
    assert not any("pricing.py" in name for name in told["coveredByOne"]), told["coveredByOne"]
    assert told["coveredAfter"] != told["covered"]


def test_runs_on_save_are_in_the_testing_view(
    vscode: Path, extension: Path, kinds: Path, tmp_path: Path, server: list[str]
) -> None:
    line = (kinds / "orders.py").read_text(encoding="utf-8").splitlines().index("    return -amount") + 1
    with running(vscode, extension, kinds, server, **{"greenline.run.onSave": "affected"}) as url:
        told = play(vscode, kinds, tmp_path, play="savedInStep", url=url, file="orders.py", line=line)

    assert any("test_refund" in words and "Failed" in words for words in told["failed"]), told["failed"]
    assert any("test_total" in words and "Passed" in words for words in told["failed"]), told["failed"]
    assert not any("Failed" in words for words in told["passed"]), told["passed"]
    assert told["results"] == 0, "nobody asked for the results"


def test_a_folder_in_restricted_mode_shows_and_runs_nothing(
    vscode: Path, extension: Path, project: Path, tmp_path: Path, server: list[str]
) -> None:
    trust = {"security.workspace.trust.enabled": True, "security.workspace.trust.startupPrompt": "never"}
    with running(vscode, extension, project, server, **trust) as url:
        told = play(vscode, project, tmp_path, play="restricted", url=url)

    assert not any("Generate" in lens or "Run tests" in lens for lens in told["lenses"])
    assert not any("Generate" in title or "Run " in title for title in told["commands"]), told["commands"]
    assert "Greenline: Show Coverage Report" in "\n".join(told["commands"])
    assert any("This workspace is not trusted" in words for words in told["welcome"]), told["welcome"]
    assert any(name.startswith("tracking.py") for name in told["files"])


@pytest.mark.parametrize("theme", ["Dark Modern", "Default High Contrast"])
def test_the_bars_differ_without_their_colours(  # noqa: PLR0917 - fixtures
    vscode: Path, extension: Path, project: Path, tmp_path: Path, server: list[str], theme: str
) -> None:
    with running(vscode, extension, project, server, **{"workbench.colorTheme": theme}) as url:
        told = play(vscode, project, tmp_path, play="theme", url=url, theme=theme.lower().replace(" ", "-"))

    assert {"solid", "dashed"} <= set(told["bars"])
    assert len(set(told["bars"].values())) == len(told["bars"])
    assert "66 %" in told["status"]


@pytest.mark.parametrize("theme", ["Light Modern", "Dark Modern", "Default High Contrast"])
def test_the_whole_project_is_a_page_in_the_editors_colours(  # noqa: PLR0917 - fixtures
    vscode: Path, extension: Path, project: Path, tmp_path: Path, server: list[str], theme: str
) -> None:
    with running(vscode, extension, project, server, **{"workbench.colorTheme": theme}) as url:
        told = play(vscode, project, tmp_path, play="projectPages", url=url, theme=theme.lower().replace(" ", "-"))

    assert told["title"] == f"Coverage of {project.name}"
    assert told["colours"]["colorScheme"] == ("light" if theme.startswith("Light") else "dark")
    assert told["colours"]["ground"] == rgb(told["ground"])
    assert "a header needs a colon" in told["source"]
    assert "% covered" in told["trend"]
    assert len([tab for tab in told["tabs"] if "Coverage report" in tab]) == 1, told["tabs"]


def test_weak_tests_are_named_on_a_page(
    vscode: Path, extension: Path, project: Path, tmp_path: Path, server: list[str]
) -> None:
    weak = "from parcels.address import initials\n\n\ndef test_initials_end():\n    initials('Ada Lovelace')\n"
    (project / "tests" / "test_weak.py").write_text(weak, encoding="utf-8")
    with running(vscode, extension, project, server) as url:
        told = play(vscode, project, tmp_path, play="audited", url=url)

    assert told["title"] == "Audit of tests"
    assert re.search(r"no-assertion\s+test_initials_end\s+tests/test_weak.py:4\b", told["weak"]), told["weak"]
    assert any("1 no-assertion" in words for words in told["toasts"]), told["toasts"]


def rgb(color: str) -> str:
    """Return a colour such as ``#1f1f1f`` as a browser computes it."""
    red, green, blue = (int(color.strip()[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


def test_a_project_whose_python_has_no_pytest(
    vscode: Path, extension: Path, project: Path, tmp_path: Path, server: list[str]
) -> None:
    venv.create(project / ".venv", with_pip=True)
    with running(vscode, extension, project, server, interpreter="") as url:
        told = play(vscode, project, tmp_path, play="noPytest", url=url)

    assert "has no pytest" in told["status"]
    assert "Install pytest" in told["links"]
    assert any("pip" in words for words in told["toasts"]), told["toasts"]
    assert told["offered"] == ["Install pytest"], "what the person came for stands out"


def test_a_first_run_where_no_test_can_run_leads_to_the_doctor(
    vscode: Path, extension: Path, kinds: Path, tmp_path: Path, server: list[str]
) -> None:
    venv.create(kinds / ".venv", with_pip=True)
    with running(vscode, extension, kinds, server, interpreter="") as url:
        told = play(vscode, kinds, tmp_path, play="noPytest", url=url, file="orders.py", first_run=True)

    assert "has no pytest" in told["status"]
    assert "Install pytest" in told["links"]


def test_several_folders_have_one_list(  # noqa: PLR0917 - fixtures
    vscode: Path, extension: Path, project: Path, kinds: Path, tmp_path: Path, server: list[str]
) -> None:
    with running(vscode, extension, project, server) as url:
        told = play(vscode, project, tmp_path, play="severalFolders", url=in_one_window(url, project, kinds))

    assert any(name.startswith("tracking.py") for name in told["files"])
    assert any(re.match(r"orders\.py.*· orders$", name) for name in told["filesAfter"]), told["filesAfter"]
    assert any(name.startswith("tracking.py") for name in told["filesAfter"]), told["filesAfter"]


def test_all_tests_of_several_folders_are_one_run(  # noqa: PLR0917 - fixtures
    vscode: Path, extension: Path, project: Path, kinds: Path, tmp_path: Path, server: list[str]
) -> None:
    with running(vscode, extension, project, server) as url:
        told = play(vscode, project, tmp_path, play="testingSeveralFolders", url=in_one_window(url, project, kinds))

    assert {"tracking.py", "orders.py"} <= {name.split()[0] for name in told["covered"]}, told["covered"]
    assert "-5 == 5" in told["atLine"]
    assert any("test_refund" in words for words in told["results"]), told["results"]
    output = told["output"].replace("\xa0", " ").replace("\n", "")  # a terminal, which wraps
    for words in ("FAILED orders/tests/test_orders.py::test_refund", "parcels: ", "orders: 2 passed, 1 failed"):
        assert words in output, output


def in_one_window(url: str, *folders: Path) -> str:
    """Return where a running VS Code shows several folders."""
    workspace = folders[0].parent / "all.code-workspace"
    workspace.write_text(json.dumps({"folders": [{"path": str(folder)} for folder in folders]}), encoding="utf-8")
    return f"{url.partition('?')[0]}?workspace={workspace}"


def names_of_tests(text: str) -> list[str]:
    return re.findall(r"def (test_\w+)", text)


def play(vscode: Path, project: Path, folder: Path, **scenario: Any) -> dict[str, Any]:
    """Run the scenario and return what it told. GREENLINE_SCREENSHOTS names a folder that keeps the pictures."""
    screenshots = Path(os.environ.get("GREENLINE_SCREENSHOTS") or folder) / str(scenario["play"])
    screenshots.mkdir(parents=True, exist_ok=True)
    source = (REPOSITORY / "examples" / "parcels" / "src" / "parcels" / "tracking.py").read_text("utf-8").splitlines()
    output, given = folder / "told.json", folder / "scenario.json"
    given.write_text(
        json.dumps(
            {
                "modules": str(vscode / "node_modules"),
                "browser": str(vscode / "browser"),
                "screenshots": str(screenshots),
                "limit_ms": STEP_SECONDS * 1000,
                "output": str(output),
                "file": "src/parcels/tracking.py",
                "line": next(at for at, text in enumerate(source, 1) if "a header needs a colon" in text),
                "function_name": "parse_header",
                "title": "Generate test for `parse_header`",
                "test_file": "tests/test_tracking.py",
                **scenario,
            }
        ),
        encoding="utf-8",
    )
    run = subprocess.run(
        [vscode / "node", HERE / "vscode_scenario.mjs", given],
        capture_output=True,
        text=True,
        timeout=SCENARIO_SECONDS,
        check=False,
    )
    assert output.exists(), run.stdout + run.stderr
    told: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    assert told["step"] == "done", json.dumps(told, indent=1)
    return told


def suite_of(project: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in project.rglob("test_*.py")}


def grown(before: str, after: str) -> bool:
    """Tests were added, and every line that was there is still there."""
    kept = after.splitlines()
    return after.count("def test_") > before.count("def test_") and all(line in kept for line in before.splitlines())


def write_settings(user: Path, more: dict[str, Any], machine: dict[str, Any]) -> None:
    """Write the person's settings, and those of the machine, where a browser's VS Code looks for paths and the like."""
    chosen = {
        "security.workspace.trust.enabled": False,
        "workbench.startupEditor": "none",
        "workbench.secondarySideBar.defaultVisibility": "hidden",
        "chat.commandCenter.enabled": False,
        **more,
    }
    for place, settings in (("User", chosen), ("Machine", machine)):
        (user / place).mkdir(parents=True)
        (user / place / "settings.json").write_text(json.dumps(settings), encoding="utf-8")


def unpack(package: Path, extensions: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        about = json.loads(archive.read("extension/package.json"))
        folder = extensions / f"{about['publisher']}.{about['name']}-{about['version']}"
        for name in archive.namelist():
            if name.startswith("extension/"):
                place = folder / name.removeprefix("extension/")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(archive.read(name))


@contextmanager
def kept_port() -> Iterator[int]:
    """Yield a port that one server can listen on, and that nobody else gets meanwhile."""
    with socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.bind(("127.0.0.1", 0))
        yield keeper.getsockname()[1]


def wait_for_answer(address: str, server: subprocess.Popen[bytes]) -> None:
    """Ask until the server answers; a server that has ended never will."""
    for _ in range(START_SECONDS * 5):
        assert server.poll() is None, "code-server ended; see code-server.log"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:  # of connecting, or a server that takes its time
            try:
                server.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
    pytest.fail(f"no answer from {address} within {START_SECONDS} s")
