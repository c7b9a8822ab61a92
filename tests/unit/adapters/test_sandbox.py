"""What a sandbox shows, of made-up homes; that it works is shown by the hostile code."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from greenline.adapters import sandbox
from greenline.adapters.isolation import Isolation, Wanted
from greenline.adapters.probe_process import ProbeProblem
from greenline.adapters.sandbox import Sandbox, sandbox_for
from processes import until_ended

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is Linux's")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home" / "me"
    (home / "work" / "shop").mkdir(parents=True)
    (home / ".ssh").mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setattr(sandbox, "_ALWAYS_HIDDEN", ())
    monkeypatch.setattr(sandbox, "_OURS", Path("/opt/greenline_probe"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return home


def python_in(folder: Path, base: Path) -> Path:
    """Make what looks like an environment made of the Python below ``base``."""
    (base / "bin").mkdir(parents=True)
    (base / "bin" / "python3.12").write_text("")
    (base / "lib" / "python3.12").mkdir(parents=True)
    site = folder / "lib" / "python3.12" / "site-packages"
    site.mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(base / "bin" / "python3.12")
    (folder / "pyvenv.cfg").write_text(f"home = {base / 'bin'}\nversion = 3.12.1\n")
    return folder / "bin" / "python"


def test_of_the_home_the_project_and_its_interpreter_are_shown(home: Path) -> None:
    project = home / "work" / "shop"
    python = python_in(home / ".envs" / "shop", home / ".pyenv" / "versions" / "3.12.1")

    made = sandbox_for(python, project, writable=[home / "scratch"])

    assert made.hidden == (str(home),)
    assert set(made.shown) == {
        str(project), str(home / ".envs" / "shop"), str(home / ".pyenv" / "versions" / "3.12.1"),
    }  # fmt: skip
    assert made.writable == (str(home / "scratch"),)


def test_of_the_home_what_variables_name_is_shown_only_where_it_looks_like_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".local").mkdir()
    (home / "native").mkdir()
    for name in (".ssh/id_rsa", "native/libx.so", "native/diary.txt"):
        (home / name).write_text("")
    monkeypatch.setenv("LD_LIBRARY_PATH", os.pathsep.join(str(home / name) for name in (".ssh", ".local", "native")))
    monkeypatch.setenv("SSL_CERT_FILE", str(home / ".ssh" / "id_rsa"))
    project = home / "work" / "shop"

    assert set(sandbox_for(Path("/usr/bin/python3"), project).shown) == {str(project), str(home / "native/libx.so")}


def test_our_own_code_is_shown_wherever_it_is_installed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = home / ".local" / "share" / "pipx" / "venvs" / "greenline" / "greenline_probe"
    ours.mkdir(parents=True)
    monkeypatch.setattr(sandbox, "_OURS", ours)

    assert str(ours) in sandbox_for(Path("/usr/bin/python3"), home / "work" / "shop").shown


def test_packages_that_are_installed_as_links_are_shown(home: Path) -> None:
    python = python_in(home / ".envs" / "shop", home / ".pyenv" / "versions" / "3.12.1")
    site = home / ".envs" / "shop" / "lib" / "python3.12" / "site-packages"
    for name in ("by_path", "by url"):
        (home / name).mkdir()
    (site / "dev.pth").write_text(f"# where it is\n{home / 'by_path'}\nimport sys; sys.x = 1\n")
    (site / "dev-1.dist-info").mkdir()
    told = {"url": f"file://{home}/by%20url", "dir_info": {"editable": True}}
    (site / "dev-1.dist-info" / "direct_url.json").write_text(json.dumps(told))

    made = sandbox_for(python, home / "work" / "shop")

    assert {str(home / "by_path"), str(home / "by url")} <= set(made.shown)


def test_a_home_that_is_the_project_is_not_hidden(home: Path) -> None:
    made = sandbox_for(Path(sys.executable), home)

    assert str(home) not in made.hidden


def test_what_is_shown_comes_after_what_is_hidden() -> None:
    words = Sandbox(("/home",), ("/home/me/shop",), ("/home/me/tmp",)).command(["python", "x"])

    hides, shows = words.index("--tmpfs", words.index("/proc")), words.index("/home/me/shop")
    assert hides < shows < words.index("/home/me/tmp") < words.index("--remount-ro", shows)
    assert words[words.index("--cap-drop") + 1] == "ALL"
    assert words[-3:] == ["--", "python", "x"]
    assert "--die-with-parent" in words
    assert "--die-with-parent" not in Sandbox((), (), ()).command(["x"], leash=False)


def test_the_repository_around_a_project_is_shown_and_where_its_links_lead(home: Path) -> None:
    (home / "work" / ".git").mkdir()
    (home / "data").mkdir()
    (home / "work" / "shop" / "data").symlink_to(home / "data")

    assert set(sandbox_for(Path("/usr/bin/python3"), home / "work" / "shop").shown) == {
        str(home / "work"), str(home / "data"),
    }  # fmt: skip


def bubblewrap_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    program = tmp_path / "programs" / "bwrap"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


async def test_a_bubblewrap_that_is_not_permitted_is_noticed_and_what_it_says_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bubblewrap_that(tmp_path, monkeypatch, "echo 'bwrap: No permissions to create new namespace' >&2; exit 1")

    found = await Isolation(Wanted("auto")).in_force()

    assert (found.level, found.problem) == ("guard", "")
    assert "installed, but not permitted to work (bwrap: No permissions to create new namespace)" in found.why_not


async def test_where_it_is_missing_the_guard_is_in_force_and_a_sandbox_is_not_replaced_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    assert (await Isolation(Wanted("auto")).in_force()).level == "guard"
    with pytest.raises(ProbeProblem, match=r"is `sandbox`, and bubblewrap is not installed .* Nothing is run without"):
        await Isolation(Wanted("sandbox")).level()


async def test_an_interpreter_that_does_not_start_in_it_runs_under_the_guard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    does = 'for word; do [ "$word" = -c ] && { echo "libssl: no such file" >&2; exit 127; }; done; exit 0'
    bubblewrap_that(tmp_path, monkeypatch, does)

    found, made = await Isolation(Wanted("auto")).in_force_for(Path("/here/python"), tmp_path, None)
    assert (found.level, found.problem, made) == ("guard", "", None)
    assert found.why_not == "/here/python does not start in one (libssl: no such file)"

    found, _ = await Isolation(Wanted("sandbox")).in_force_for(Path("/here/python"), tmp_path, None)
    assert found.problem.startswith("The setting greenline.isolation.level is `sandbox`, and /here/python does not")


async def test_a_home_that_cannot_be_written_keeps_no_bytecode_and_harms_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bubblewrap_that(tmp_path, monkeypatch, "exit 0")
    (tmp_path / "file").write_text("no folder")
    isolation = Isolation(Wanted("auto"))

    _, made = await isolation.in_force_for(Path(sys.executable), tmp_path, tmp_path / "file" / "bytecode")

    assert made is not None
    assert made.writable == (str(await isolation.scratch()),)


async def test_of_one_that_is_killed_while_it_is_tried_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bubblewrap is two processes, and the second waits for the first without end."""
    bubblewrap_that(tmp_path, monkeypatch, f"sleep 600 & echo $! $@ > {tmp_path}/second; kill -9 $$")

    found = await Isolation(Wanted("auto")).in_force()

    second, *arguments = (tmp_path / "second").read_text().split()
    assert found.level == "guard"
    assert "(exit code -9)" in found.why_not
    assert any(word.startswith(f"{tempfile.gettempdir()}/greenline-sandboxed-{os.getpid()}-") for word in arguments)
    assert until_ended([second]) == []


async def test_one_that_complains_at_length_is_not_taken_for_one_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bubblewrap_that(tmp_path, monkeypatch, "head -c 300000 /dev/zero | tr '\\0' x >&2; exit 3")

    found = await Isolation(Wanted("auto")).in_force()

    assert f"({'x' * 200})" in found.why_not


async def test_it_is_tried_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bubblewrap_that(tmp_path, monkeypatch, f"echo tried >> {tmp_path}/tries")
    isolation = Isolation(Wanted("auto"))

    assert [(await isolation.in_force()).level for _ in range(3)] == ["sandbox"] * 3
    assert (tmp_path / "tries").read_text() == "tried\n"


async def test_a_guard_that_is_asked_for_is_not_tried_to_be_improved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bubblewrap_that(tmp_path, monkeypatch, f"echo tried >> {tmp_path}/tries")

    assert (await Isolation(Wanted("guard")).level()) == "guard"
    assert not (tmp_path / "tries").exists()


async def test_what_killed_servers_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bubblewrap_that(tmp_path, monkeypatch, "exit 0")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left, used = tmp_path / "greenline-sandboxed-4999999-x", tmp_path / f"greenline-sandboxed-{os.getppid()}-x"
    for folder in (left, used):
        (folder / "copy").mkdir(parents=True)

    scratch = await Isolation(Wanted("auto")).scratch()

    assert scratch is not None
    assert (left.exists(), used.exists()) == (False, True)


@pytest.mark.parametrize("place", ["bin", ".local/bin"])
def test_a_link_to_an_interpreter_shows_no_more_than_the_link(home: Path, place: str) -> None:
    base = home / ".pyenv" / "versions" / "3.12.1"
    python_in(home / ".envs" / "other", base)
    link = home / place / "python3"
    link.parent.mkdir(parents=True)
    link.symlink_to(base / "bin" / "python3.12")
    packages = home / ".local" / "lib" / "python3.12" / "site-packages"
    packages.mkdir(parents=True)
    (home / "lib" / "python3.12").mkdir(parents=True)

    shown = set(sandbox_for(link, home / "work" / "shop").shown)

    assert shown == {
        str(home / "work" / "shop"), str(link), str(base),
        *([str(packages), str(home / "lib" / "python3.12")] if place == "bin" else [str(packages.parent)]),
    }  # fmt: skip


def test_an_environment_made_of_a_link_shows_neither_the_home_nor_what_else_is_in_it(home: Path) -> None:
    """As uv installs interpreters: in ~/.local/bin are links to them."""
    base = home / ".local" / "share" / "uv" / "python" / "cpython-3.12"
    link = home / ".local" / "bin" / "python3.12"
    link.parent.mkdir(parents=True)
    link.symlink_to(base / "bin" / "python3.12")
    python = python_in(home / "work" / "shop" / ".venv", base)
    python.unlink()
    python.symlink_to(link)
    (python.parent.parent / "pyvenv.cfg").write_text(f"home = {link.parent}\n")

    assert set(sandbox_for(python, home / "work" / "shop").shown) == {str(home / "work" / "shop"), str(link), str(base)}


def test_a_repository_of_dotfiles_is_not_shown_where_the_home_is_a_link(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(home.parent)
    (home / ".git").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "link" / "me"))
    python = python_in(tmp_path / "opt", tmp_path / "usr")
    for project in (home / "work" / "shop", tmp_path / "link" / "me" / "work" / "shop"):
        assert str(home) not in sandbox_for(python, project).shown
        assert str(home / "work" / "shop") in sandbox_for(python, project).shown


def test_the_scratch_folder_of_a_living_server_stays_and_that_of_a_dead_one_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the living one has a process id that is nobody's here."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    monkeypatch.setattr(os, "getpid", lambda: gone.pid)
    living = asyncio.run(_scratch_of(theirs := _with_sandbox()))
    (tmp_path / f"greenline-sandboxed-{gone.pid}-dead").mkdir()
    monkeypatch.undo()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ours = asyncio.run(_scratch_of(mine := _with_sandbox()))

    assert sorted(tmp_path.iterdir()) == sorted([living, ours])
    del theirs, mine
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_a_sandbox_that_never_began_ends_with_what_its_killed_server_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bubblewrap's second half waits for ever where the first one was killed before it was let go on."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(link))
    left, used = tmp_path / "greenline-sandboxed-4999999-x", tmp_path / f"greenline-sandboxed-{os.getppid()}-x"

    def waiting(name: str, folder: Path) -> subprocess.Popen[bytes]:
        folder.mkdir(exist_ok=True)
        command = [name, "-c", "import time; time.sleep(600)", "--bind", str(folder), str(folder)]
        return subprocess.Popen(command, executable=sys.executable)

    ended, others = waiting("/usr/bin/bwrap", left), [waiting("/usr/bin/bwrap", used), waiting("/usr/bin/python", left)]
    try:
        asyncio.run(_scratch_of(_with_sandbox()))

        assert ended.wait(60) == -signal.SIGKILL
        assert [other.poll() for other in others] == [None, None]
    finally:
        for process in (ended, *others):
            process.kill()
            process.wait()


def _with_sandbox() -> Isolation:
    isolation = Isolation(Wanted("auto"))
    isolation._no_sandbox = ""  # whether there is one is not asked
    return isolation


async def _scratch_of(isolation: Isolation) -> Path:
    found = await isolation.scratch()
    assert found is not None
    return found
