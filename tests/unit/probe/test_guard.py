from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from greenline_probe import guard

SERVER = Path(guard.__file__).parents[1]


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    scratch, outside = tmp_path / "scratch", tmp_path / "outside"
    scratch.mkdir()
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    return scratch, outside


def attempt(places: tuple[Path, Path], what: str) -> tuple[str, list[str]]:
    """Run the statements under the guard. Returns what they came to ("" is success) and the refusals heard."""
    scratch, outside = places
    command = [
        sys.executable,
        str(Path(__file__).with_name("guarded.py")),
        str(SERVER),
        str(scratch),
        str(outside),
        what,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    result, refusals = json.loads(done.stdout)
    return result, refusals


REFUSED = {
    "open": ("open(outside + '/new.txt', 'w')", "write to {outside}/new.txt"),
    "append through a link": ("open('link/kept.txt', 'a')", "write to {scratch}/link/kept.txt"),
    "os.open": ("os.open(outside + '/new.txt', os.O_CREAT | os.O_WRONLY)", "write to {outside}/new.txt"),
    "delete": ("pathlib.Path(outside, 'kept.txt').unlink()", "delete {outside}/kept.txt"),
    "delete by folder descriptor": (
        "os.remove('kept.txt', dir_fd=os.open(outside, os.O_RDONLY))", "delete {outside}/kept.txt",
    ),
    "create by folder descriptor": (
        "os.open('new', os.O_CREAT | os.O_WRONLY, dir_fd=os.open(outside, os.O_RDONLY))",
        "write to new relative to an open folder",
    ),
    "rename": ("os.rename(outside + '/kept.txt', 'mine')", "move {outside}/kept.txt"),
    "move out": ("open('a', 'w').close(); shutil.move('a', outside)", "move something to {outside}"),
    "remove a tree": ("shutil.rmtree(outside)", "delete the folder {outside}"),
    "mkdir": ("os.makedirs(outside + '/d')", "create the folder {outside}/d"),
    "symlink": ("os.symlink('/', outside + '/l')", "create the link {outside}/l"),
    "chmod": ("os.chmod(outside, 0o777)", "change the mode of {outside}"),
    "chmod by descriptor": ("os.chmod(os.open(outside, os.O_RDONLY), 0o777)", "change the mode of {outside}"),
    "utime": ("os.utime(outside + '/kept.txt')", "change the times of {outside}/kept.txt"),
    "truncate": ("os.truncate(outside + '/kept.txt', 0)", "truncate {outside}/kept.txt"),
    "sqlite": ("sqlite3.connect(outside + '/db')", "open the database {outside}/db"),
    "file that C opens": (
        "import ssl; ssl.create_default_context().keylog_filename = outside + '/keys'", "write to {outside}/keys",
    ),
    "function of the C library": (
        "import ctypes; ctypes.CDLL(None).unlink(outside.encode() + b'/kept.txt')", "call unlink of the C library",
    ),
    "shared memory": (
        "multiprocessing.shared_memory.SharedMemory('greenline', create=True, size=9)",
        "create the shared memory /greenline",
    ),
    "signal by descriptor": (
        "import signal; signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 0)", "send signal 0 to a process",
    ),
    "look up": ("socket.create_connection(('example.com', 80))", "look up example.com:80"),
    "connect": ("socket.create_connection(('127.0.0.1', 9))", "connect to 127.0.0.1:9"),
    "listen": ("socket.socket().bind(('127.0.0.1', 0))", "listen on 127.0.0.1:0"),
    "datagram": (
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))", "send to 127.0.0.1:9",
    ),
    "unix socket": ("socket.socket(socket.AF_UNIX).connect(outside + '/s')", "connect to {outside}/s"),
    "subprocess": ("subprocess.run(['ls', '-l'])", "run ls -l"),
    "shell": ("os.system('ls')", "run ls"),
    "exec": ("os.execv('/bin/ls', ['ls'])", "run ls"),
    "posix_spawn": ("os.posix_spawn('/bin/ls', ['ls'], {{}})", "run ls"),
    "fork": ("os.fork()", "start a process (fork)"),
    "signal": ("os.kill(os.getppid(), 0)", "send signal 0 to process"),
    "mkfifo": ("os.mkfifo(outside + '/pipe')", "create the pipe {outside}/pipe"),
    "mkfifo by folder descriptor": (
        "import posix; posix.mkfifo(path='pipe', dir_fd=os.open(outside, os.O_RDONLY))",
        "create the pipe {outside}/pipe",
    ),
    "mknod": ("os.mknod(outside + '/new')", "create {outside}/new"),
    "a device": ("import stat; os.mknod('disk', stat.S_IFBLK | 0o600, os.makedev(8, 0))", "create the device"),
    "priority": ("os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)", "change the priority of process"),
    "priority of a group": ("os.setpriority(os.PRIO_PGRP, 0, 19)", "change the priority of process group 0"),
    "limits": (
        "import resource as r; r.prlimit(os.getppid(), r.RLIMIT_CORE, r.prlimit(os.getppid(), r.RLIMIT_CORE))",
        "change the limits of process",
    ),
    "signal to a group": ("os.killpg(1, 0)", "send signal 0 to process group 1"),
}  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="the attempts are POSIX's")
@pytest.mark.parametrize(("what", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_harm_is_refused_in_words_and_recorded(places: tuple[Path, Path], what: str, words: str) -> None:
    result, refusals = attempt(places, what.replace("{{}}", "{}"))

    expected = words.format(scratch=places[0], outside=places[1])
    assert result.startswith(f"Greenline refused to {expected}")
    assert refusals[0].startswith(expected)
    assert (places[1] / "kept.txt").read_text() == "kept"
    assert [p.name for p in places[1].iterdir()] == ["kept.txt"]


ALLOWED = {
    "write below scratch": "open('x', 'w').close(); os.rename('x', 'y'); os.remove('y')",
    "folders below scratch": "os.mkdir('d'); shutil.rmtree('d')",
    "null device": "open(os.devnull, 'w').write('x')",
    "read anywhere": "open(outside + '/kept.txt').read(); os.listdir('/')",
    "temporary file": "tempfile.TemporaryFile(dir=scratch).write(b'x')",
    "database in memory": "sqlite3.connect(':memory:').execute('create table t (a)')",
    "database in scratch": "sqlite3.connect('db').execute('create table t (a)')",
    "event loop": "import asyncio; asyncio.run(asyncio.sleep(0))",
    "numeric address": "socket.getaddrinfo('127.0.0.1', 80)",
    "own signal": "os.kill(os.getpid(), 0)",
    "own pipe": "os.mkfifo('pipe'); os.mknod('file')",
    "own priority": "os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, os.getpid()))",
    "own limits": "import resource as r; r.prlimit(0, r.RLIMIT_CORE, r.prlimit(0, r.RLIMIT_CORE))",
    "functions of C that do no harm": "import ctypes; ctypes.CDLL(None).getpid(); ctypes.CDLL(None).strlen(b'x')",
    "locks between processes": "multiprocessing.Lock()",
    "remove a link that leads outside": "os.remove('link')",
    "platform facts": "platform.platform()",
}


@pytest.mark.parametrize("what", ALLOWED.values(), ids=ALLOWED.keys())
def test_harmless_work_is_left_alone(places: tuple[Path, Path], what: str) -> None:
    assert attempt(places, what) == ("", [])


def test_multiprocessing_is_refused_too(places: tuple[Path, Path]) -> None:
    result, refusals = attempt(places, "multiprocessing.get_context('spawn').Process(target=print).start()")

    assert result.startswith("Greenline refused to run ")
    assert len(refusals) == 1


def test_a_swallowed_refusal_is_recorded(places: tuple[Path, Path]) -> None:
    what = "try:\n    open(outside + '/x', 'w')\nexcept BaseException:\n    pass"

    assert attempt(places, what) == ("", [f"write to {places[1]}/x"])


def test_a_guard_that_is_lifted_refuses_nothing_and_another_one_does(places: tuple[Path, Path]) -> None:
    lifted = "in_force.lift(); subprocess.run(['true']); open(outside + '/x', 'w').close()"
    assert attempt(places, lifted) == ("", [])
    assert (places[1] / "x").exists()

    (places[0] / "again").mkdir()
    result, _ = attempt(
        (places[0] / "again", places[1]), f"{lifted}; guard.install([scratch]); subprocess.run(['true'])"
    )
    assert result == "Greenline refused to run true"


def test_except_exception_does_not_swallow_a_refusal(places: tuple[Path, Path]) -> None:
    result, _ = attempt(places, "try:\n    open(outside + '/x', 'w')\nexcept Exception:\n    pass")

    assert result == f"Greenline refused to write to {places[1]}/x"


def test_the_standard_library_gets_a_no_that_it_knows(places: tuple[Path, Path]) -> None:
    assert attempt(places, "import ctypes.util; ctypes.util._findSoname_ldconfig('c')") == ("", [])


@pytest.mark.parametrize(("port", "refused"), [(0, []), (8123, ["listen on 127.0.0.1:8123"])])
def test_a_library_may_ask_for_protocols_while_it_is_imported(
    places: tuple[Path, Path], port: int, refused: list[str]
) -> None:
    (places[0] / "asks.py").write_text(f"import socket\nsocket.socket().bind(('127.0.0.1', {port}))\n")

    assert attempt(places, "sys.path.insert(0, scratch); import asks")[1] == refused


def test_what_was_refused_has_its_kind() -> None:
    program = (
        "import socket, sys; sys.path.insert(0, sys.argv[1])\n"
        "from greenline_probe import guard\n"
        "installed = guard.install([], guard.KINDS)\n"
        "for attempt in (lambda: socket.create_connection(('127.0.0.1', 9)), lambda: open('/x', 'w'),\n"
        "                lambda: __import__('os').system('true')):\n"
        "    try:\n        attempt()\n"
        "    except guard.GuardRefusal as refusal:\n        print(refusal.kind, installed.kinds[refusal.what])\n"
    )
    command = [sys.executable, "-c", program, str(SERVER)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.stdout.split() == ["network", "network", "write", "write", "process", "process"], ended.stderr


def test_what_was_imported_under_a_guard_works_when_it_is_lifted(places: tuple[Path, Path]) -> None:
    imported = "importlib.reload(subprocess); in_force.lift(); subprocess.run(['true'], check=True)"

    assert attempt(places, f"import importlib; {imported}") == ("", [])


def test_what_is_hidden_is_not_read_but_for_what_is_shown(places: tuple[Path, Path]) -> None:
    scratch, outside = places
    (outside / "shown").mkdir()
    (outside / "shown" / "a.txt").write_text("a")
    code = (
        f"import os, sys; sys.path.insert(0, {str(SERVER)!r}); outside = {str(outside)!r}\n"
        "from greenline_probe import guard\n"
        f"guard.install([{str(scratch)!r}], native=False, hidden=[outside], shown=[outside + '/shown'])\n"
        "open(outside + '/shown/a.txt').read(); os.listdir(outside + '/shown'); open(os.devnull).close()\n"
        "for act, name in ((open, '/kept.txt'), (open, '/not there'), (os.listdir, ''), (os.scandir, '/none')):\n"
        "    try:\n        act(outside + name)\n"
        "    except guard.GuardRefusal as refusal:\n        print(refusal.what, refusal.kind)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)

    assert done.stderr == ""
    names = ["/kept.txt", "/not there", "", "/none"]
    assert done.stdout.splitlines() == [f"read {outside}{name} read" for name in names]
