"""Code that would harm the machine, at each isolation level: nothing outside changes, what was refused is said."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from greenline.adapters import sandbox
from greenline_probe import system_calls

SOURCES = [Path(__file__).with_name("hostile_native.py"), Path(__file__).with_name("hostile_code.py")]
SECRET = "not for code that nobody has accepted"
KEY = "sk-Hostile-7f3K9"
MARK = "GREENLINE_HOSTILE_RUN"
SHARED_MEMORY = Path("/dev/shm")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the snapshot of processes reads /proc")


WITHOUT_BUBBLEWRAP = asyncio.run(sandbox.why_not())


@dataclass
class Aftermath:
    """What one run over all hostile functions left behind."""

    level: str
    targets: dict[str, dict[str, Any]]
    exit_code: int
    complaints: str
    changed: dict[str, str]
    connections: int
    processes: list[str]
    left: list[str]
    printed: str


def snapshot(*folders: Path) -> dict[str, tuple[int, bytes]]:
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if "__pycache__" in path.parts or ".greenline" in path.parts:
                continue
            found[str(path)] = (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
    return found


def marked_processes(mark: str) -> list[str]:
    """Return the command lines of living processes that inherited the mark."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def level(name: str, why_not: str = "") -> Any:
    return pytest.param(name, marks=pytest.mark.skipif(bool(why_not), reason=why_not))


@pytest.fixture(scope="module", params=[level("guard"), level("sandbox", WITHOUT_BUBBLEWRAP), level("command")])
def aftermath(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    root, outside, home, elsewhere = (
        tmp_path_factory.mktemp(name) for name in ("hostile", "outside", "home", "elsewhere")
    )
    (root / "tests").mkdir()
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    for source in SOURCES:
        (root / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (outside / "precious.txt").write_text("precious")
    (outside / "folder").mkdir()
    (outside / "folder" / "inner.txt").write_text("inner")
    (home / ".ssh").mkdir()
    (home / ".ssh" / "id_rsa").write_text(SECRET)
    (elsewhere / "tmp").mkdir()
    mark = outside.name + str(os.getpid())
    shared = names_in(SHARED_MEMORY)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        environment = {
            **os.environ, MARK: mark, "HOSTILE_OUTSIDE": str(outside), "HOSTILE_HOME": str(home),
            "HOSTILE_PORT": str(listening.getsockname()[1]), "HOME": str(home),
            "HOSTILE_API_KEY": KEY, "XDG_CACHE_HOME": str(elsewhere / "cache"), "TMPDIR": str(elsewhere / "tmp"),
        }  # fmt: skip
        before = snapshot(root, outside, home)
        command = [
            sys.executable, "-m", "greenline", "generate", "--dry-run", "--format", "json", "--isolation",
            request.param, "--isolation-command", "env {command}", "--interpreter", sys.executable,
            *(source.name for source in SOURCES),
        ]  # fmt: skip
        ended = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False, timeout=600)
        after = snapshot(root, outside, home)
        connections = 0
        try:
            listening.accept()[0].close()
            connections += 1
        except BlockingIOError:
            pass
    said = json.loads(ended.stdout)
    return Aftermath(
        level=request.param,
        targets={t["target"].partition("::")[2]: t for t in said["targets"]},
        exit_code=ended.returncode,
        complaints=ended.stderr.decode(),
        changed={
            path: "gone" if path not in after else "new" if path not in before else "changed"
            for path in before.keys() | after.keys()
            if before.get(path) != after.get(path)
        },
        connections=connections,
        processes=marked_processes(mark),
        left=[
            *sorted(name for name in names_in(SHARED_MEMORY) - shared if "hostile" in name),
            *names_in(elsewhere / "tmp"),
        ],
        printed=ended.stdout.decode(),
    )


def test_no_file_changed_in_the_project_or_outside(aftermath: Aftermath) -> None:
    assert aftermath.changed == {}


def test_no_connection_arrived(aftermath: Aftermath) -> None:
    assert aftermath.connections == 0


def test_no_process_is_left(aftermath: Aftermath) -> None:
    assert aftermath.processes == []


def test_the_command_says_nothing_but_its_result(aftermath: Aftermath) -> None:
    assert aftermath.complaints == ""
    assert len(aftermath.targets) == sum(source.read_text(encoding="utf-8").count("\ndef ") for source in SOURCES)


def test_nothing_is_left_in_memory_that_is_shared_or_in_the_temporary_folder(aftermath: Aftermath) -> None:
    assert aftermath.left == []


def test_what_is_secret_is_not_read_in_a_sandbox_and_never_told(aftermath: Aftermath) -> None:
    if aftermath.level != "sandbox":
        pytest.skip("only a sandbox hides what may be read")
    target = aftermath.targets["reads_secrets"]

    assert target["status"] == "not_testable"
    assert re.search(r"read .*/\.ssh/id_rsa", target["reason"])
    assert SECRET not in aftermath.printed


def test_a_key_in_the_environment_gets_into_no_test(aftermath: Aftermath) -> None:
    if aftermath.level == "command":
        pytest.skip("there the environment is what the command makes it")

    assert "aa-Aaaaaaa-0a0A0" in aftermath.targets["tells_a_key"]["code"]
    assert KEY not in aftermath.printed


REASONS = {
    "deletes": r"delete .*precious\.txt",
    "deletes_a_tree": r"delete the folder",
    "overwrites": r"write to .*precious\.txt",
    "writes_beside_itself": r"write to .*droppings\.txt",
    "connects": r"connect to 127\.0\.0\.1",
    "spawns": r"run touch",
    "shells": r"run touch",
    "forks": r"start a process \(fork\)",
    "reads": r"read from standard input",
    "leaves": r"ended the process",
    "kills_itself": r"ended the process",
    "kills_its_parent": r"send signal 9 to process",
    "sleeps": r"longer than 0\.3 s",
    "swallows": r"did not end within|longer than",
    "allocates": r"MemoryError|longer than|not end|ended the process|memory",
    "recurses": r"RecursionError|recurs",
    "deletes_by_c": r"call unlink of the C library",
    "writes_by_c": r"call open of the C library",
    "connects_by_c": r"call connect of the C library",
    "kills_by_c": r"call kill of the C library",
    "calls_the_system": r"call syscall of the C library",
    "kills_by_descriptor": r"send signal 9 to a process",
    "kills_everyone": r"send signal 9 to process",
    "attaches": r"needs a database",
    "logs_keys": r"write to .*/keys\.log",
    "truncates_unseen": r"precious\.txt, which the system refuses",
    "goes_through_a_link": r"write to .*/way/precious\.txt",
    "moves_out": r"move something to .*/moved",
    "writes_memory": r"write to /proc/self/mem",
    "leaves_shared_memory": r"create the shared memory",
    "leaves_a_shared_file": r"write to /dev/shm/greenline_hostile",
    "starts_many_threads": r"start more threads than exploring allows|longer than|not end|ended the process",
    "prints_without_end": r"write or open more than exploring allows|longer than|not end",
    "fills_the_disk": r"did not end within|longer than|wrote more than|leave files in the current folder",
    "runs_a_daemon": r"run sh -c",
}
if system_calls.is_possible():
    ended = "in native code, to start a process or to signal another one"
    REASONS |= {"forks_unseen": ended, "bombs_unseen": ended, "kills_unseen": ended}
    not_permitted = r"which the system refuses|that the system refuses \(Operation not permitted\)"
    REASONS |= {"lowers_priority_unseen": not_permitted, "limits_others_unseen": not_permitted}


@pytest.mark.parametrize("name", REASONS)
def test_what_was_refused_is_said(aftermath: Aftermath, name: str) -> None:
    target = aftermath.targets[name]

    assert target["status"] == "not_testable", target
    assert re.search(REASONS[name], target["reason"]), target["reason"]
    assert target["code"] in {"", None}


@pytest.mark.parametrize(
    "name",
    ["changes_folder", "changes_locale", "changes_path", "prints", "good", "quits", "crashes", "runs", "naps"],
)
def test_what_can_be_tested_all_the_same_is(aftermath: Aftermath, name: str) -> None:
    target = aftermath.targets[name]

    assert target["status"] == "confirmed", target["reason"]


@pytest.mark.parametrize(
    "name",
    [
        "changes_environment", "changes_signals", "changes_modules", "changes_builtins", "starts_threads",
        "closes_everything", "removes_its_folder", "stops_tracing", "writes_everywhere",
    ],
)  # fmt: skip
def test_what_breaks_its_surroundings_ends_with_a_result(aftermath: Aftermath, name: str) -> None:
    target = aftermath.targets[name]

    assert target["status"] == "confirmed" or target["reason"], target


def test_a_test_that_would_keep_pytest_from_ending_is_left_out_alone(aftermath: Aftermath) -> None:
    target = aftermath.targets["starts_threads"]

    assert target["status"] == "failed"
    assert "a thread went on running" in target["reason"]


def test_the_last_target_after_all_of_them_is_tested_in_full(aftermath: Aftermath) -> None:
    assert list(aftermath.targets)[-1] == "good"
    after = aftermath.targets["good"]["coverage"]["after"]
    assert after == {"lines": [3, 3], "branches": [2, 2]}


def test_a_crash_that_only_some_calls_cause_does_not_hide_the_others(aftermath: Aftermath) -> None:
    assert "crashes(" in aftermath.targets["crashes"]["code"]
