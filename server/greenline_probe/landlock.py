"""Has the Linux kernel refuse to write, or to read, elsewhere than in some folders, and TCP, to us and all we start.

For what Python's audit events do not see: C extensions, ctypes. Numbers and structures are those of
``linux/landlock.h`` and of the kernel's documentation, "Landlock: unprivileged access control". What changes no content
is not refused: modes, owners, times and attributes.
"""

from __future__ import annotations

import contextlib
import functools
import os
import stat
import struct
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ctypes
    from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""System call numbers, the same on every architecture."""
_VERSION_ONLY = 1
_BELOW_PATH, _PORT = 1, 2
_NO_NEW_PRIVILEGES = 38

_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_WRITE_FILE, _REMOVE_FILE, _MAKE_FILE, _REFER, _TRUNCATE = 1 << 1, 1 << 5, 1 << 8, 1 << 13, 1 << 14
_WRITING = _WRITE_FILE | 0b1_1111_1111 << 4
"""Write to files, remove folders and files, make files of each kind."""
_MAKE_DEVICES = 1 << 6 | 1 << 11
"""Character and block devices, which lead anywhere."""
_BIND, _CONNECT = 1, 2
_SCOPES = 0b11
"""Abstract Unix sockets and signals reach no further than the own processes."""
_KNOWS_REFER, _KNOWS_TRUNCATE, KNOWS_TCP, _KNOWS_SCOPES = 2, 3, 4, 6
"""The version of the interface from which on it knows each."""
_ANY_FREE_PORT = 0
"""Libraries ask for one while they are imported, to see which protocols this machine knows."""

_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx", "/dev/pts")
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - the name that the system gives it
"""Where the C library keeps semaphores: each lock of ``multiprocessing`` is one."""


def version() -> int:
    """Return the version of the interface, 0 where there is none."""
    if sys.platform != "linux":
        return 0
    try:
        return max(0, _call(_CREATE_RULESET, None, 0, _VERSION_ONLY))
    except (ImportError, OSError):
        return 0


def restrict(writable: Iterable[str]) -> bool:
    """Refuse from now on to write elsewhere than below these folders. False where the kernel knows no such thing.

    A second call allows no more than the first.
    """
    known = version()
    if not known:
        return False
    files = _WRITING | (_REFER if known >= _KNOWS_REFER else 0) | (_TRUNCATE if known >= _KNOWS_TRUNCATE else 0)
    attributes = struct.pack(
        "=QQQ", files, _BIND | _CONNECT if known >= KNOWS_TCP else 0, _SCOPES if known >= _KNOWS_SCOPES else 0
    )
    known_size = 24 if known >= _KNOWS_SCOPES else 16 if known >= KNOWS_TCP else 8
    try:
        rules = _call(_CREATE_RULESET, _buffer(attributes[:known_size]), known_size, 0)
    except OSError:  # there, but switched off
        return False
    try:
        for folder in writable:
            _allow(rules, folder, files & ~_MAKE_DEVICES)
        for device in _DEVICES:
            _allow(rules, device, (_WRITE_FILE | _TRUNCATE) & files)
        _allow(rules, _SHARED_MEMORY, (_WRITE_FILE | _MAKE_FILE | _REMOVE_FILE | _TRUNCATE) & files)
        if known >= KNOWS_TCP:
            _call(_ADD_RULE, rules, _PORT, _buffer(struct.pack("=QQ", _BIND, _ANY_FREE_PORT)), 0)
        gain_no_privileges()
        _call(_RESTRICT_SELF, rules, 0)
    except OSError:
        return False
    finally:
        os.close(rules)
    return True


def confine(readable: Iterable[str], listed: Iterable[str]) -> bool:
    """Refuse from now on to open for reading what is not below ``readable``; of ``listed`` folders names may be read.

    Both are files and folders. False where the kernel knows no such thing: then nothing is refused.
    """
    known = version()
    if not known:
        return False
    reading = _READ_FILE | _READ_FOLDER
    # Who does not speak of links and moves between folders forbids them; where to write, `restrict` says.
    refer = _REFER if known >= _KNOWS_REFER else 0
    try:
        rules = _call(_CREATE_RULESET, _buffer(struct.pack("=Q", reading | refer)), 8, 0)
    except OSError:  # there, but switched off
        return False
    try:
        for place in readable:
            _allow(rules, place, reading)
        for folder in listed:
            _allow(rules, folder, _READ_FOLDER)
        _allow(rules, _SHARED_MEMORY, _READ_FILE)  # a semaphore is opened for both
        if refer:
            _allow(rules, "/", refer)
        gain_no_privileges()
        _call(_RESTRICT_SELF, rules, 0)
    except OSError:
        return False
    finally:
        os.close(rules)
    return True


def gain_no_privileges() -> None:
    """Have the kernel give no program that is started more rights than we have: it asks for that first."""
    _library().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def _allow(rules: int, path: str, access: int) -> None:
    with contextlib.suppress(OSError):  # not there: nothing to allow
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not stat.S_ISDIR(os.fstat(place).st_mode):
                access &= ~_READ_FOLDER  # the kernel takes no such rule for a file
            _call(_ADD_RULE, rules, _BELOW_PATH, _buffer(struct.pack("=Qi", access, place)), 0)
        finally:
            os.close(place)


def _call(number: int, *arguments: object) -> int:
    """Make a system call. Raises OSError."""
    import ctypes  # noqa: PLC0415 - not in every build of Python

    library = _library()
    passed = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = int(library.syscall(ctypes.c_long(number), *passed))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


@functools.cache
def _library() -> ctypes.CDLL:
    """Return the C library; what was looked up in it once is there when the guard lets nobody look."""
    import ctypes  # noqa: PLC0415 - as above

    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


def _buffer(content: bytes) -> ctypes.Array[ctypes.c_char]:
    import ctypes  # noqa: PLC0415 - as above

    return ctypes.create_string_buffer(content, len(content))
