"""What the Linux kernel refuses behind the guard: tried without the guard, as native code would be."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from greenline_probe import landlock, system_calls

SERVER = Path(landlock.__file__).parents[1]

needs_landlock = pytest.mark.skipif(landlock.version() < landlock.KNOWS_TCP, reason="this kernel has no such Landlock")
needs_filter = pytest.mark.skipif(not system_calls.is_possible(), reason="there is no filter for this machine")


def tried(what: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run statements in a process of its own; ``arguments`` are its ``sys.argv[1:]``."""
    begin = "import os, sys, socket, threading\nfrom greenline_probe import landlock, limits, system_calls\n"
    return subprocess.run(
        [sys.executable, "-c", begin + what, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(SERVER)}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


WRITES = {
    "write": "open(outside + '/kept.txt', 'a')",
    "create": "open(outside + '/new.txt', 'w')",
    "create a folder": "os.mkdir(outside + '/new')",
    "delete": "os.remove(outside + '/kept.txt')",
    "delete a folder": "os.rmdir(outside + '/folder')",
    "move out": "open(scratch + '/mine', 'w').close(); os.rename(scratch + '/mine', outside + '/mine')",
    "move in": "os.rename(outside + '/kept.txt', scratch + '/taken')",
    "truncate": "os.truncate(outside + '/kept.txt', 0)",
    "link": "os.symlink('/', outside + '/link')",
    "through a link": "os.symlink(outside, scratch + '/way'); open(scratch + '/way/kept.txt', 'w')",
    "a device in scratch": "os.mknod(scratch + '/disk', 0o60600, os.makedev(1, 3))",
    "a socket": "socket.socket(socket.AF_UNIX).bind(outside + '/socket')",
}


@needs_landlock
@pytest.mark.parametrize("what", WRITES.values(), ids=WRITES.keys())
def test_the_kernel_lets_nobody_write_elsewhere(tmp_path: Path, what: str) -> None:
    scratch, outside = tmp_path / "scratch", tmp_path / "outside"
    for folder in (scratch, outside, outside / "folder"):
        folder.mkdir()
    (outside / "kept.txt").write_text("kept")
    done = tried(
        "scratch, outside = sys.argv[1:]\nassert landlock.restrict([scratch])\n"
        f"try:\n    {what}\nexcept PermissionError:\n    print('refused')",
        scratch, outside,
    )  # fmt: skip

    assert (done.stdout, done.stderr) == ("refused\n", "")
    assert sorted(path.name for path in outside.iterdir()) == ["folder", "kept.txt"]
    assert (outside / "kept.txt").read_text() == "kept"


@needs_landlock
def test_all_that_tests_do_in_their_scratch_folder_goes_on(tmp_path: Path) -> None:
    done = tried(
        "import multiprocessing, pathlib, shutil, tempfile\n"
        "scratch = pathlib.Path(sys.argv[1]); assert landlock.restrict([str(scratch)])\n"
        "(scratch / 'a' / 'b').mkdir(parents=True); (scratch / 'a' / 'x').write_text('x')\n"
        "(scratch / 'a' / 'x').rename(scratch / 'a' / 'b' / 'y'); os.link(scratch / 'a' / 'b' / 'y', scratch / 'z')\n"
        "os.symlink('z', scratch / 'link'); (scratch / 'link').write_text('more'); os.truncate(scratch / 'z', 1)\n"
        "shutil.rmtree(scratch / 'a'); tempfile.TemporaryFile(dir=scratch).write(b'x')\n"
        "open(os.devnull, 'w').write('x'); os.openpty(); multiprocessing.Lock()\n"
        "pathlib.Path('/etc/passwd').read_text(); threading.Thread(target=print, args=('done',)).start()",
        tmp_path,
    )  # fmt: skip

    assert (done.stdout, done.stderr) == ("done\n", "")


@needs_landlock
def test_the_kernel_lets_nobody_connect_by_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        done = tried(
            "assert landlock.restrict([])\nfor act in ('connect', 'bind'):\n    try:\n"
            "        getattr(socket.socket(), act)(('127.0.0.1', int(sys.argv[1]) + (act == 'bind')))\n"
            "    except PermissionError:\n        print(act, 'refused')",
            listening.getsockname()[1],
        )  # fmt: skip
        with pytest.raises(BlockingIOError):
            listening.accept()

    assert done.stdout == "connect refused\nbind refused\n"


@needs_landlock
def test_a_second_restriction_takes_away_and_gives_nothing_back(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    done = tried(
        "first, second = sys.argv[1:]\nassert landlock.restrict([first])\nopen(first + '/a', 'w').close()\n"
        "assert landlock.restrict([second])\nfor folder in (first, second):\n    try:\n"
        "        open(folder + '/b', 'w')\n    except PermissionError:\n        print('refused')",
        tmp_path / "first", tmp_path / "second",
    )  # fmt: skip

    assert (done.stdout, done.stderr) == ("refused\nrefused\n", "")


ENDING = {
    "fork": "os.fork()",
    "exec": "os.execv(sys.executable, ['python', '-c', 'pass'])",
    "spawn": "os.posix_spawn(sys.executable, ['python', '-c', 'pass'], {})",
    "system": "os.system('true')",
    "kill": "os.kill(os.getppid(), 0)",
    "kill the group": "os.killpg(0, 0)",
    "signal a thread": (
        "import ctypes, platform\n"
        "ctypes.CDLL(None).syscall({'x86_64': 200, 'aarch64': 130}[platform.machine()], os.getppid(), 0)"
    ),
}


@needs_filter
@pytest.mark.parametrize("what", ENDING.values(), ids=ENDING.keys())
def test_whoever_starts_or_signals_a_process_is_ended(what: str) -> None:
    done = tried(f"assert system_calls.restrict()\nprint('before', flush=True)\n{what}\nprint('after')")

    assert (done.returncode, done.stdout) == (-signal.SIGSYS, "before\n")


@needs_filter
def test_threads_own_signals_and_the_rest_go_on() -> None:
    done = tried(
        "import signal, asyncio, tempfile\nassert system_calls.restrict()\n"
        "heard = []\nsignal.signal(signal.SIGUSR1, lambda *_: heard.append(1))\n"
        "os.kill(os.getpid(), signal.SIGUSR1); signal.raise_signal(signal.SIGUSR1)\n"
        "signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)\n"
        "thread = threading.Thread(target=heard.append, args=(1,)); thread.start(); thread.join()\n"
        "asyncio.run(asyncio.sleep(0)); socket.socketpair(); os.pipe(); print(len(heard))"
    )

    assert (done.stdout, done.stderr) == ("4\n", "")


@needs_filter
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="others may not do it anyway")
def test_what_only_an_administrator_does_is_not_permitted() -> None:
    done = tried(
        "import time\nassert system_calls.restrict()\n"
        "for act in (lambda: os.chroot('/'), lambda: time.clock_settime(time.CLOCK_REALTIME, time.time())):\n"
        "    try:\n        act()\n    except PermissionError:\n        print('refused')"
    )

    assert (done.stdout, done.stderr) == ("refused\nrefused\n", "")


@needs_filter
def test_nobody_has_the_kernel_send_signals_about_a_descriptor() -> None:
    done = tried(
        "import fcntl, struct\nassert system_calls.restrict()\nread, write = os.pipe()\n"
        "ours, theirs = socket.socketpair(); named = struct.pack('i', os.getppid())\n"
        "for act in (lambda: fcntl.fcntl(read, fcntl.F_SETOWN, os.getppid()), lambda: fcntl.fcntl(read, 10, 9),\n"
        "            lambda: fcntl.fcntl(read, 15, struct.pack('ii', 1, os.getppid())),\n"
        "            lambda: fcntl.ioctl(ours, 0x8901, named), lambda: fcntl.ioctl(ours, 0x8902, named)):\n"
        "    try:\n        act()\n    except PermissionError:\n        print('refused')\n"
        "fcntl.fcntl(read, fcntl.F_SETFL, os.O_NONBLOCK); os.set_blocking(write, False)\nos.get_inheritable(read)"
    )

    assert (done.stdout, done.stderr) == ("refused\n" * 5, "")


@needs_filter
def test_nobody_changes_another_processs_priority_or_limits() -> None:
    done = tried(
        "import resource as r\nassert system_calls.restrict()\nparent, files = os.getppid(), r.RLIMIT_NOFILE\n"
        "now = os.getpriority(os.PRIO_PROCESS, parent)  # nothing changes where nothing is refused\n"
        "for act in (lambda: os.setpriority(os.PRIO_PROCESS, parent, now),\n"
        "            lambda: os.setpriority(os.PRIO_PGRP, 0, now),\n"
        "            lambda: r.prlimit(parent, files, r.prlimit(parent, files))):\n"
        "    try:\n        act()\n    except PermissionError:\n        print('refused')\n"
    )

    assert (done.stdout, done.stderr) == ("refused\n" * 3, "")


@needs_filter
def test_ones_own_priority_and_limits_are_ones_own() -> None:
    done = tried(
        "import resource as r\nassert system_calls.restrict()\nme = os.getpid()\n"
        "os.setpriority(os.PRIO_PROCESS, 0, 5); os.setpriority(os.PRIO_PROCESS, me, 6); os.nice(1)\n"
        "r.setrlimit(r.RLIMIT_NOFILE, (64, 64)); r.prlimit(me, r.RLIMIT_NOFILE, (60, 60))\n"
        "print(os.getpriority(os.PRIO_PROCESS, 0), r.getrlimit(r.RLIMIT_NOFILE))\n"
        "print(len(r.prlimit(os.getppid(), r.RLIMIT_CORE)))  # to look is no harm\n"
    )

    assert (done.stdout, done.stderr) == ("7 (60, 60)\n2\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are POSIX's")
def test_all_descriptors_but_some_are_closed() -> None:
    done = tried(
        "pipes = [os.pipe() for _ in range(5)]; kept = pipes[2][1]\nlimits.close_all_but(0, 1, 2, kept)\n"
        "def is_open(fd):\n    try:\n        return bool(os.fstat(fd))\n    except OSError:\n        return False\n"
        "print([fd == kept for fd in range(64) if is_open(fd) and fd > 2])"
    )

    assert (done.stdout, done.stderr) == ("[True]\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="signals by descriptor are Linux's")
def test_a_process_that_is_tied_to_its_input_ends_with_it() -> None:
    program = (
        "import sys, time\nfrom greenline_probe import limits\nlimits.die_with_input(0)\nprint('tied', flush=True)\n"
    )
    tied = subprocess.Popen(
        [sys.executable, "-c", f"{program}while True:\n    time.sleep(60)"],
        env={**os.environ, "PYTHONPATH": str(SERVER)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with tied:
        assert tied.stdin is not None
        assert tied.stdout is not None
        assert tied.stdout.readline() == b"tied\n"
        assert tied.poll() is None
        tied.stdin.close()

        assert tied.wait(timeout=60) == -signal.SIGKILL
