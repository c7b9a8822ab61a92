"""The packaged extension where Greenline is not installed: it has all that it needs, and no more."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from e2e.client import editing
from editors.real_editors import EDITORS, REPOSITORY, environment, not_set_up
from editors.test_vscode import grown, kept_port, play, wait_for_answer, write_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.e2e

MOST_BYTES = 6_000_000
PACKAGE = REPOSITORY / "vscode-client" / "greenline.vsix"
LIBS = "extension/bundled/libs"
PARTS_OF_PYTEST = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")


@pytest.fixture(scope="module")
def package() -> zipfile.ZipFile:
    if not PACKAGE.exists():
        not_packaged()
    archive = zipfile.ZipFile(PACKAGE)
    if f"{LIBS}/__main__.py" not in archive.namelist():
        not_packaged()
    return archive


def not_packaged() -> None:
    message = "the extension is not packaged with its server: run `make vsix`"
    if os.environ.get("GREENLINE_EDITORS_REQUIRED"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture
def libs(package: zipfile.ZipFile, tmp_path: Path) -> Iterator[Path]:
    """The server as it is installed, in a folder where nothing can be written; nothing is, even by root."""
    package.extractall(tmp_path / "installed")
    for path in (tmp_path / "installed").rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = set((tmp_path / "installed").rglob("*"))
    yield tmp_path / "installed" / LIBS
    assert set((tmp_path / "installed").rglob("*")) - before == set()
    for path in (tmp_path / "installed").rglob("*"):
        path.chmod(0o755)


@pytest.fixture(params=[f"python3.{minor}" for minor in range(10, 16)])
def python(request: pytest.FixtureRequest) -> str:
    """Each Python on PATH that can run the server."""
    found = shutil.which(str(request.param))
    if not found or subprocess.run([found, "-c", "pass"], check=False, capture_output=True, timeout=60).returncode:
        pytest.skip(f"there is no {request.param} that runs")  # what is found may be a version manager's shim
    return found


@pytest.fixture
def bare(project: Path) -> Path:
    """The project, with a Python of its own that has pytest, and other libraries by the names of the server's."""
    site = give_pytest(project)
    for name in ("attr", "cattrs", "lsprotocol", "pygls", "platformdirs"):
        (site / name).mkdir()
        (site / name / "__init__.py").write_text("__version__ = 'the project has its own'\n", encoding="utf-8")
    return project


def give_pytest(project: Path) -> Path:
    """Give a project a Python of its own that has pytest and nothing else; return where its libraries are."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / ".venv"], check=True, timeout=120)
    (site,) = (project / ".venv").glob("lib/python*/site-packages")
    for name in PARTS_OF_PYTEST:
        files = importlib.metadata.files(name) or []
        for file in (file for file in files if file.suffix != ".pyc" and not file.parts[0].startswith("..")):
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), site / file)
    return site


@pytest.fixture
def vscode() -> Path:
    folder = EDITORS / "vscode"
    if not (folder / "complete").exists() or not (folder / "browser").exists():
        not_set_up("VS Code in a browser", "setup_vscode.sh")
    return folder


@pytest.fixture
def without_greenline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with a Python and without Greenline; returns the Python."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python3").symlink_to(Path(sys.executable).resolve())
    monkeypatch.setenv("PATH", os.pathsep.join([str(programs), "/usr/bin", "/bin"]))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    assert shutil.which("greenline") is None
    return programs / "python3"


def test_the_package_has_what_it_needs_and_no_more(package: zipfile.ZipFile) -> None:
    names = [name for name in package.namelist() if not name.endswith("/")]
    assert PACKAGE.stat().st_size < MOST_BYTES
    for needed in ("package.json", "dist/extension.js", "bundled/libs/greenline_probe/__main__.py"):
        assert f"extension/{needed}" in names
    server = {path.relative_to(REPOSITORY / "server").as_posix() for path in (REPOSITORY / "server").rglob("*.py")}
    of_terminals = {name for name in server if name.startswith(("greenline/cli/", "greenline/__main__"))}
    assert {name.removeprefix(f"{LIBS}/") for name in names} >= server - of_terminals
    assert not any(f"{LIBS}/{name}" in names for name in of_terminals)

    code_or_words = re.compile(
        r"\.(py|js|css|json|md|txt|xml|vsixmanifest|png|svg)$|/(METADATA|LICEN[CS]E|NOTICE|AUTHORS)[^/]*$"
    )
    assert [name for name in names if not code_or_words.search(name)] == []
    unwanted = re.compile(r"/__pycache__/|/tests?/|/test_\w+\.py$|/conftest\.py$|/node_modules/|/src/")
    ours = {f"{LIBS}/{name}" for name in server}
    assert [name for name in names if unwanted.search(name) and name not in ours] == []


def test_each_library_has_its_licence_in_the_package(package: zipfile.ZipFile) -> None:
    names = package.namelist()
    locked = re.findall(
        r"^([a-z-]+)==(\S+)", (REPOSITORY / "requirements" / "bundled.txt").read_text("utf-8"), re.MULTILINE
    )
    assert len(locked) > 5
    for name, version in locked:
        about = f"{LIBS}/{name.replace('-', '_')}-{version}.dist-info/"
        assert any(entry.startswith(about) and "LICEN" in entry for entry in names), about


def test_the_bundled_libraries_are_the_servers_dependencies() -> None:
    asked = (REPOSITORY / "requirements" / "bundled.in").read_text(encoding="utf-8").splitlines()
    declared = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8").partition("\ndependencies = [")[2]
    needed = {line.strip(' ",').partition(";")[0] for line in declared.partition("]")[0].splitlines() if line}
    of_terminals = {line for line in needed if line.startswith(("click", "pyyaml", "rich"))}
    assert {line for line in asked if not line.startswith("#")} == needed - of_terminals


async def test_any_python_runs_the_bundled_server(python: str, libs: Path, project: Path, tmp_path: Path) -> None:
    async with editing(project, command=[python, *bundled(libs, tmp_path)]) as editor:
        uri = editor.open(project / "src" / "parcels" / "tracking.py")
        assert any("parse_header" in found.message for found in await editor.diagnostics(uri))


async def test_the_servers_libraries_and_the_projects_do_not_meet(libs: Path, bare: Path, tmp_path: Path) -> None:
    module = bare / "src" / "parcels" / "versions.py"
    names = ("attr", "lsprotocol", "greenline", "coverage", "defusedxml")
    module.write_text(
        "import importlib\n\n\ndef version(name: str) -> str:\n"
        f"    if name not in {names}:\n        raise ValueError(name)\n"
        "    try:\n        return importlib.import_module(name).__version__\n"
        "    except ImportError:\n        return 'the project has none'\n",
        encoding="utf-8",
    )
    python = bare / ".venv" / "bin" / "python"
    command = [str(python), *bundled(libs, tmp_path)]
    async with editing(bare, command=command, settings={"interpreter": ""}) as editor:
        uri = editor.open(module)
        ended = await editor.end_of(await editor.generate(uri, "version"))

    assert ended.outcome == "done", ended.message
    written = (bare / "tests" / "test_versions.py").read_text(encoding="utf-8")
    for name in names:
        told = "the project has its own" if name in {"attr", "lsprotocol"} else "the project has none"
        assert re.search(rf"['\"]{name}['\"].*{told}|{told}.*['\"]{name}['\"]", written), written
    assert list((tmp_path / "bytecode").rglob("server*.pyc"))


async def test_the_bundled_server_draws_pages(
    libs: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    async with editing(project, command=[sys.executable, *bundled(libs, tmp_path)]) as editor:
        uri = (project / "src" / "parcels" / "tracking.py").as_uri()
        answer = await editor.run("greenline.showCoverageReport", {"uri": uri})
        ended = await editor.end_of(answer["job"])

    assert ended.outcome == "done", ended.message
    (page,) = (tmp_path / "cache").rglob("coverage-parcels-*.html")
    assert ended.page.uri == page.as_uri()
    assert "<h1>Coverage of parcels</h1>" in page.read_text(encoding="utf-8")


def bundled(libs: Path, folder: Path) -> list[str]:
    """What the extension gives a Python that it found."""
    return ["-I", "-S", "-X", f"pycache_prefix={folder / 'bytecode'}", str(libs)]


def test_a_clean_vscode_on_a_machine_without_greenline(
    package: zipfile.ZipFile, vscode: Path, bare: Path, tmp_path: Path, without_greenline: Path
) -> None:
    test_file = bare / "tests" / "test_tracking.py"
    before = test_file.read_text(encoding="utf-8")

    with installed(vscode, bare) as url:
        told = play(vscode, bare, tmp_path, play="lightBulb", url=url)

    assert any("parse_header" in problem for problem in told["problems"])
    assert len([toast for toast in told["toasts"] if "passed" in toast]) == 1
    assert grown(before, test_file.read_text(encoding="utf-8"))
    (extension,) = (tmp_path / "extensions").glob("greenline.greenline-*")
    assert list(extension.rglob("__pycache__")) == []
    assert list((tmp_path / "user" / "User" / "globalStorage").rglob("bytecode/**/greenline/lsp/server.*.pyc"))


WAITS = """\
import time
from pathlib import Path


def pytest_runtest_setup():
    while Path(__file__).with_name("wait").exists():
        time.sleep(0.05)
"""


def test_a_run_of_a_server_that_is_killed_ends_in_the_testing_view(
    package: zipfile.ZipFile, vscode: Path, bare: Path, tmp_path: Path, without_greenline: Path
) -> None:
    (bare / "tests" / "conftest.py").write_text(WAITS, encoding="utf-8")
    with installed(vscode, bare) as url:
        told = play(
            vscode,
            bare,
            tmp_path,
            play="killedInARun",
            url=url,
            server=str(tmp_path / "extensions"),
            wait=str(bare / "tests" / "wait"),
        )

    assert told["running"] == 0
    assert "Greenline's server ended." in told["output"].replace("\xa0", " ")


def test_a_killed_server_is_back_and_given_up_when_it_dies_again_and_again(
    package: zipfile.ZipFile, vscode: Path, bare: Path, tmp_path: Path, without_greenline: Path
) -> None:
    with installed(vscode, bare) as url:
        told = play(
            vscode,
            bare,
            tmp_path,
            play="killed",
            url=url,
            server=str(tmp_path / "extensions"),
        )

    assert told["pidsAfterSettings"] == told["pids"][:1], "no setting restarted it"
    assert len(set(told["pids"])) == len(told["pids"]) == 6
    assert told["statusWithout"] == told["statusBefore"], "what is known is still shown"
    assert told["toastsBefore"] == []
    assert told["statusAfter"] == told["statusBefore"]
    (toast,) = told["toasts"]
    assert "again and again" in toast
    assert "Show Log" in toast


def test_where_no_python_is_found_a_button_leads_to_one(
    package: zipfile.ZipFile, vscode: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")  # too old, or not really there
    (programs / "python3").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))

    with installed(vscode, project) as url:
        told = play(vscode, project, tmp_path, play="noPython", url=url)

    (toast,) = told["toasts"]
    assert "Python 3.10 or newer" in toast
    assert "Get Python" in toast
    assert "Choose a Command" in toast


@contextmanager
def installed(vscode: Path, project: Path, machine: dict[str, Any] | None = None, **settings: Any) -> Iterator[str]:
    """A VS Code that has nothing but the package, installed as a person installs it."""
    folder = project.parent
    write_settings(folder / "user", settings, machine or {})
    program = [vscode / "node", vscode / "node_modules" / "code-server" / "out" / "node" / "entry.js"]
    folders = [
        "--user-data-dir",
        folder / "user",
        "--extensions-dir",
        folder / "extensions",
        "--config",
        folder / "config.yaml",
    ]
    install = [*program, *folders, "--install-extension", PACKAGE]
    as_given = environment() | {"VSCODE_CLI": "1"}  # it asks no shell for a PATH
    done = subprocess.run(install, env=as_given, capture_output=True, text=True, timeout=120, check=False)
    assert "successfully installed" in done.stdout, done.stdout + done.stderr
    with (folder / "code-server.log").open("w", encoding="utf-8") as log, kept_port() as port:
        bound = ["--auth", "none", "--bind-addr", f"127.0.0.1:{port}"]
        options = [*bound, "--disable-telemetry", "--disable-update-check"]
        child = subprocess.Popen(
            [*program, *folders, *options, project], env=as_given, stdout=log, stderr=log, cwd=folder
        )
        try:
            wait_for_answer(f"http://127.0.0.1:{port}/healthz", child)
            yield f"http://127.0.0.1:{port}/?folder={project}"
        finally:
            child.terminate()
            child.wait(timeout=30)
