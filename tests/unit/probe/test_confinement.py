"""What tests that a model wrote may not read: by the guard in words, by the kernel for what the guard does not see."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from greenline_probe import landlock, system_calls

SERVER = Path(landlock.__file__).parents[1]

needs_kernel = pytest.mark.skipif(
    not landlock.version() or not system_calls.is_possible(), reason="this kernel cannot confine"
)

BEGIN = """
import os, socket, sqlite3, sys
scratch, outside, what = sys.argv[1:]
from greenline_probe import confinement, guard, landlock, system_calls, wire
import pathlib, pwd
"""
GUARDED = """
refused = []
native = what.startswith("native:")
in_force = guard.install([scratch], guard.KINDS, refused.append, native=native)
if not native:
    landlock.confine = lambda *_: False
    system_calls.confine = lambda: False
request = wire.RunTests(root=scratch, selection=[], scratch=scratch, confined=True,
                        readable=[outside + "/shown", outside + "/shown.txt"], listed=[outside + "/listed"])
held = confinement.confine(in_force, request)
assert held == native
if native:
    in_force.lifted = True  # what native code does, no audit event tells of
try:
    print(eval(what.removeprefix("native:")))
except guard.GuardRefusal as refusal:
    print(refusal)
except (OSError, KeyError, sqlite3.Error) as error:
    print(type(error).__name__)
print(*refused, sep="\\n")
"""


def tried(what: str, tmp_path: Path) -> list[str]:
    scratch, outside = tmp_path / "scratch", tmp_path / "outside"
    for folder in (scratch, outside / "shown", outside / "listed" / "below"):
        folder.mkdir(parents=True)
    for file in (scratch / "own.txt", outside / "kept.txt", outside / "shown" / "a.txt", outside / "shown.txt",
                 outside / "listed" / "b.txt"):  # fmt: skip
        file.write_text(file.name)
    (scratch / "link").symlink_to(outside)
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + GUARDED, str(scratch), str(outside), what],
        env={**os.environ, "PYTHONPATH": str(SERVER)}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.stderr == "", done.stderr
    return [
        line for line in done.stdout.replace(str(outside), "OUT").replace(str(scratch), "SCRATCH").split("\n") if line
    ]


READ = {
    "pathlib.Path(scratch, 'own.txt').read_text()": "own.txt",
    "pathlib.Path(outside, 'shown/a.txt').read_text()": "a.txt",
    "pathlib.Path(outside, 'shown.txt').read_text()": "shown.txt",
    "sorted(os.listdir(outside + '/listed'))": "['b.txt', 'below']",
    "os.listdir(outside + '/listed/below')": "[]",
    "len(pathlib.Path(os.__file__).read_text()) > 1000": "True",
    "len(os.listdir('/proc/self/fd')) > 2": "True",
    "sqlite3.connect(':memory:').execute('select 1').fetchall()": "[(1,)]",
    "len(os.urandom(3))": "3",
    "open(os.devnull).read() == ''": "True",
    "[len(socket.socketpair()), os.pipe() is not None]": "[2, True]",
    "__import__('zoneinfo').ZoneInfo('UTC').key": "UTC",
}


@needs_kernel
@pytest.mark.parametrize("native", ["", "native:"])
@pytest.mark.parametrize("what", READ)
def test_what_is_allowed_is_read(tmp_path: Path, what: str, native: str) -> None:
    assert tried(native + what, tmp_path) == [READ[what]]


REFUSED = {
    "open(outside + '/kept.txt').read()": "OUT/kept.txt",
    "open('/proc/self/environ').read()": "/proc/self/environ",
    "os.read(os.open(outside + '/kept.txt', os.O_RDONLY), 9)": "OUT/kept.txt",
    "open(scratch + '/link/kept.txt').read()": "SCRATCH/link/kept.txt",
    "open(outside + '/listed/b.txt').read()": "OUT/listed/b.txt",
    "os.listdir(outside)": "OUT",
    "list(os.scandir(outside))": "OUT",
    "sqlite3.connect('file:' + outside + '/kept.txt?mode=ro', uri=True)": "OUT/kept.txt",
}


@pytest.mark.skipif(sys.platform != "linux", reason="the system's places are those of Linux")
@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_is_said(tmp_path: Path, what: str) -> None:
    words = f"read {REFUSED[what]}, which is outside of what a model's tests may read"
    assert tried(what, tmp_path) == [f"Greenline refused to {words}", words]


@needs_kernel
@pytest.mark.parametrize("what", [each for each in REFUSED if "connect" not in each])
def test_the_kernel_refuses_it_to_native_code(tmp_path: Path, what: str) -> None:
    assert tried("native:" + what, tmp_path) == ["PermissionError"]


def test_what_is_not_there_is_missing_as_it_is_anywhere(tmp_path: Path) -> None:
    assert tried("open(outside + '/nothing.txt')", tmp_path) == ["FileNotFoundError"]


@needs_kernel
def test_who_uses_the_machine_is_not_told(tmp_path: Path) -> None:
    assert tried("pwd.getpwuid(0)", tmp_path) == [
        "KeyError", "look up who uses this machine, which is outside of what a model's tests may read",
    ]  # fmt: skip


@needs_kernel
def test_nobody_is_spoken_to(tmp_path: Path) -> None:
    with_address = "native:socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', outside + '/s')"
    assert tried(with_address, tmp_path) == ["PermissionError"]


@needs_kernel
def test_nobody_is_connected_to(tmp_path: Path) -> None:
    assert tried("native:socket.socket(socket.AF_UNIX).connect(outside + '/s')", tmp_path) == ["PermissionError"]


@needs_kernel
def test_pairs_of_sockets_talk(tmp_path: Path) -> None:
    what = "(lambda a, b: (a.send(b'x'), b.recv(1)))(*socket.socketpair())"
    assert tried("native:" + what, tmp_path) == ["(1, b'x')"]
