"""The interpreter that a project means, found among real and broken ones."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from greenline.adapters.interpreter_discovery import InterpreterDiscovery
from greenline.adapters.interpreter_question import BY_OPTION
from greenline.adapters.project_files import ProjectFiles
from greenline.ports.project import InterpreterProblem, Project, Selected
from processes import alive

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the fakes are shell scripts")


@pytest.fixture(autouse=True)
def nothing_active(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_VERSION", "UV_PROJECT_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "project"
    root.mkdir()
    return Project(root, None, (root,), ())


def environment(folder: Path) -> Path:
    venv.create(folder, with_pip=False, symlinks=True)
    return folder / "bin" / "python"


def site_packages(folder: Path) -> Path:
    return next(folder.glob("lib/python*/site-packages"))


def install(folder: Path, name: str, version: str) -> None:
    """Put there what an installer would leave for importlib.metadata."""
    info = site_packages(folder) / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


async def test_the_environment_in_the_project_is_not_left_through_its_symlink(project: Project) -> None:
    python = environment(project.root / ".venv")
    found = await InterpreterDiscovery().interpreter_for(project)

    assert found.path == python
    assert found.found_by == ".venv in the project"
    assert found.version == sys.version_info[:3]
    assert found.pytest_version is None


async def test_order_setting_then_active_environment_then_the_projects(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    discovery = InterpreterDiscovery()
    second = environment(project.root / "venv")
    assert (await discovery.interpreter_for(project)).path == second
    first = environment(project.root / ".venv")
    assert (await discovery.interpreter_for(project)).path == first
    active = environment(tmp_path / "active")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    found = await discovery.interpreter_for(project)
    assert (found.path, found.found_by) == (active, "VIRTUAL_ENV")

    found = await discovery.interpreter_for(project, setting="venv/bin/python")
    assert (found.path, found.found_by) == (second, "setting greenline.interpreter")
    assert (await discovery.interpreter_for(project, setting="venv")).path == second
    monkeypatch.setenv("HOME", str(tmp_path))
    assert (await discovery.interpreter_for(project, setting="~/active/bin/python")).path == active


class Editor:
    """An editor that has selected what the test says."""

    def __init__(self, selected: Selected | None) -> None:
        self.answer = selected
        self.set_for: dict[Path, str] = {}
        self.asked: list[Path] = []

    async def setting(self, folder: Path) -> str | None:
        return self.set_for.get(folder)

    async def selected(self, folder: Path) -> Selected | None:
        self.asked.append(folder)
        return self.answer


async def test_on_the_command_line_the_option_is_named(project: Project, tmp_path: Path) -> None:
    discovery = InterpreterDiscovery(choice=BY_OPTION)
    bare, other = environment(tmp_path / "bare"), environment(project.root / "env")
    install(project.root / "env", "pytest", "8.1.2")

    found = await discovery.interpreter_for(project, setting=str(bare))
    looked = await discovery.looked_at(project, setting=str(bare))
    with pytest.raises(InterpreterProblem) as problem:
        await discovery.interpreter_for(project, setting="gone")

    assert found.without_pytest.endswith(
        f"Or use --interpreter with {other} (env in the project), which has pytest 8.1.2."
    )
    assert (looked[0].place, looked[0].verdict) == ("--interpreter", "taken")
    assert "Use --interpreter with a Python that does." in str(problem.value)


async def test_what_is_selected_in_the_editor_comes_after_the_setting_only(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = environment(project.root / ".venv")
    selected = environment(tmp_path / "selected")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    environment(tmp_path / "active")
    editor = Editor(Selected(selected))
    discovery = InterpreterDiscovery(editor)

    found = await discovery.interpreter_for(project)
    assert (found.path, found.found_by) == (selected, "the editor's Python extension")
    assert set(editor.asked) == {project.root}

    # What is set for this folder counts, and not what is set for all.
    editor.set_for = {project.root: ".venv", tmp_path: "elsewhere"}
    found = await discovery.interpreter_for(project, setting="nowhere")
    assert (found.path, found.found_by) == (own, "setting greenline.interpreter")
    assert (await discovery.looked_at(project, setting="nowhere"))[0].verdict == "taken"
    editor.set_for = {project.root: ""}
    assert (await discovery.interpreter_for(project, setting="nowhere")).path == selected
    editor.set_for = {}
    assert (await discovery.interpreter_for(project, setting=".venv")).path == own

    monkeypatch.delenv("VIRTUAL_ENV")
    editor.answer = Selected(selected, environment=False)
    assert (await discovery.interpreter_for(project)).path == own, "a Python of the whole machine is not the project's"
    shutil.rmtree(project.root / ".venv")
    assert (await discovery.interpreter_for(project)).path == selected
    editor.answer = Selected(tmp_path / "gone")
    said = {each.place: each.note for each in await discovery.looked_at(project)}
    assert said["the editor's Python extension"] == f"it has selected {tmp_path / 'gone'}, which is not there"


async def test_another_projects_active_environment_gives_way(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    active = environment(other / ".venv")
    (other / "pyproject.toml").touch()
    monkeypatch.setenv("VIRTUAL_ENV", str(other / ".venv"))
    assert (await InterpreterDiscovery().interpreter_for(project)).path == active
    own = environment(project.root / ".venv")

    assert (await InterpreterDiscovery().interpreter_for(project)).path == own
    looked = {each.place: each for each in await InterpreterDiscovery().looked_at(project)}
    assert (looked["VIRTUAL_ENV"].verdict, looked["VIRTUAL_ENV"].note) == ("last", f"it belongs to {other}")
    assert looked[".venv in the project"].verdict == "taken"
    assert looked[".venv in the project"].found.startswith(f"{own}, Python ")
    assert looked["venv in the project"].verdict == "nothing"


async def test_each_project_in_a_folder_has_its_own(project: Project, tmp_path: Path) -> None:
    shared = environment(project.root / ".venv")
    (project.root / ".git").mkdir()
    inner, other = project.root / "inner", project.root / "other"
    for root in (inner, other):
        root.mkdir()
        (root / "pyproject.toml").touch()
    own = environment(inner / ".venv")
    found, discovery = ProjectFiles(home=tmp_path).project_of, InterpreterDiscovery()

    assert (await discovery.interpreter_for(found(inner / "a.py"))).path == own
    assert (await discovery.interpreter_for(found(other / "a.py"))).path == shared
    assert (await discovery.interpreter_for(found(project.root / "a.py"))).path == shared


async def test_a_broken_one_is_told_with_what_there_is_instead(project: Project) -> None:
    python = environment(project.root / ".venv")
    python.unlink()
    python.symlink_to(project.root / "gone")
    environment(project.root / "env")
    other = environment(project.root / "venv")
    install(project.root / "venv", "pytest", "8.1.2")

    with pytest.raises(InterpreterProblem, match="is a broken link") as caught:
        await InterpreterDiscovery().interpreter_for(project)
    assert str(caught.value).endswith(f"There is also {other} (venv in the project), which has pytest 8.1.2.")
    looked = {each.place: each for each in await InterpreterDiscovery().looked_at(project)}
    assert looked[".venv in the project"].verdict == "broken"
    assert "is a broken link" in looked[".venv in the project"].found
    assert looked["venv in the project"].verdict == "later"


async def test_one_without_pytest_is_not_passed_over_but_told(project: Project) -> None:
    python = environment(project.root / ".venv")
    other = environment(project.root / "env")
    install(project.root / "env", "pytest", "8.1.2")

    found = await InterpreterDiscovery().interpreter_for(project)
    assert found.path == python
    assert found.without_pytest.endswith(
        f"Or set greenline.interpreter to {other} (env in the project), which has pytest 8.1.2."
    )


async def test_nothing_is_installed_where_greenline_itself_lives(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = environment(tmp_path / "greenline")
    (python.parent / "python3").unlink(missing_ok=True)
    (python.parent / "python3").symlink_to("python")
    monkeypatch.setenv("PATH", str(python.parent))
    other = await InterpreterDiscovery().interpreter_for(project)
    assert other.path.parent == python.parent
    assert not other.is_ours

    monkeypatch.setattr(sys, "prefix", str(tmp_path / "greenline"))
    found = await InterpreterDiscovery().interpreter_for(project)
    assert found.is_ours
    assert found.installing("pytest") == ()
    assert "Greenline itself runs in" in found.without_pytest
    assert f"{found.path} -m venv .venv" in found.without_pytest

    own = environment(project.root / ".venv")
    assert (await InterpreterDiscovery().interpreter_for(project)).path == own


async def test_how_something_is_installed_there(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = environment(project.root / ".venv")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    bare = await InterpreterDiscovery().interpreter_for(project)
    assert bare.installing("pytest") == ()
    assert f"{python} -m ensurepip && {python} -m pip install pytest" in bare.without_pytest

    uv = script(tmp_path / "bin" / "uv", "exit 0")
    by_uv = await InterpreterDiscovery().interpreter_for(project)
    assert by_uv.installing("pytest") == (str(uv), "pip", "install", "--python", str(python), "pytest")
    install(project.root / ".venv", "pip", "25.0")
    with_pip = await InterpreterDiscovery().interpreter_for(project)
    assert with_pip.installing("pytest") == (str(python), "-m", "pip", "install", "pytest")


async def test_what_is_installed_later_is_noticed(project: Project) -> None:
    folder = project.root / ".venv"
    environment(folder)
    discovery = InterpreterDiscovery()
    assert (await discovery.interpreter_for(project)).pytest_version is None
    install(folder, "pytest", "8.1.2")
    later = site_packages(folder).stat().st_mtime + 5
    os.utime(site_packages(folder), (later, later))

    assert (await discovery.interpreter_for(project)).pytest_version == "8.1.2"


async def test_an_interpreter_is_asked_once(project: Project, tmp_path: Path) -> None:
    count = tmp_path / "count"
    python = script(tmp_path / "python", f'echo asked >> {count}\nexec {sys.executable} "$@"')
    discovery = InterpreterDiscovery()
    for _ in range(3):
        await discovery.interpreter_for(project, setting=str(python))

    assert count.read_text().splitlines() == ["asked"]


async def test_the_first_on_path_that_will_do_is_taken(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "bin" / "python3", "exit 127")
    script(tmp_path / "bin" / "python", f'exec {sys.executable} "$@"')
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    assert (await InterpreterDiscovery().interpreter_for(project)).found_by == "python on PATH"


async def test_none_at_all_says_what_to_do(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(InterpreterProblem, match=r"No Python was found .* or set greenline\.interpreter"):
        await InterpreterDiscovery().interpreter_for(project)


async def _problem(project: Project, path: Path, seconds: float = 60.0) -> str:
    with pytest.raises(InterpreterProblem) as caught:
        await InterpreterDiscovery(seconds=seconds).interpreter_for(project, setting=str(path))
    message = str(caught.value)
    assert str(path) in message
    assert "greenline.interpreter" in message
    return message


async def test_what_cannot_be_used_is_told_in_words(project: Project, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("text")
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "gone")

    assert "does not exist" in await _problem(project, tmp_path / "missing")
    assert "is a broken link" in await _problem(project, dangling)
    assert "cannot be executed: Permission denied" in await _problem(project, plain)
    assert "did not answer as Python 3 does" in await _problem(project, script(tmp_path / "other", "echo hello"))
    assert "folder without a Python" in await _problem(project, project.root)


async def test_one_that_hangs_is_given_up_and_ended(project: Project, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    python = script(tmp_path / "python", f"sleep 3600 &\necho $! > {pid}\nwait")

    assert "did not answer within 2 s" in await _problem(project, python, seconds=2.0)
    if sys.platform == "linux":
        assert not alive(pid.read_text().strip())


async def test_one_that_is_too_old_is_refused_with_its_version(project: Project, tmp_path: Path) -> None:
    answer = (
        '{"greenline": {"version": [3, 7, 16], "executable": "/old/python", "pytest": null, '
        '"pip": null, "managed": false, "folders": []}}'
    )
    python = script(tmp_path / "python", f"echo '{answer}'")

    assert "is Python 3.7.16; Greenline runs tests in 3.9 or newer" in await _problem(project, python)


def test_a_python_that_a_server_without_an_environment_borrows_is_the_persons() -> None:
    alone = (
        f"import sys; sys.path[:0] = {sys.path!r}; from pathlib import Path; "
        "from greenline.adapters.interpreter_discovery import _is_ours; print(_is_ours(Path(sys.executable)))"
    )
    for options, ours in ((["-I"], "True"), (["-I", "-S"], "False")):
        ran = subprocess.run(
            [sys.executable, *options, "-c", alone], capture_output=True, text=True, timeout=60, check=True
        )
        assert ran.stdout.strip() == ours
