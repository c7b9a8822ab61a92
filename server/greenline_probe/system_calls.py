"""Has the Linux kernel refuse some system calls to this thread and all that it starts: processes, signals, and worse.

For what Python's audit events do not see: C extensions, ctypes. Whoever starts a process or signals another one that
way is ended with SIGSYS, so that no result of it is taken for the code's behaviour. What only a system's administrator
does fails with a PermissionError. The filter is a program as ``linux/seccomp.h`` and ``linux/filter.h`` have it; the
numbers are those of ``asm/unistd.h``.
"""

from __future__ import annotations

import errno
import os
import platform
import struct
import sys
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REFUSED = "wanted, in native code, to start a process or to signal another one, which is refused"
"""What a process did that SIGSYS ended."""

_SET_FILTER, _MODE_FILTER = 22, 2
_ALLOW, _END, _FAIL = 0x7FFF0000, 0x00030000, 0x00050000
_LOAD, _JUMP_EQUAL, _JUMP_FROM, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT, _THIRD_ARGUMENT, _FIFTH_ARGUMENT = 0, 4, 16, 24, 32, 48
_HALF = 4
"""The filter sees arguments in halves, the lower one first."""
_THREAD = 0x00010000
"""The flag of ``clone`` that makes a thread, not a process."""
_OTHER_NUMBERS = 0x40000000
"""From here on come those of another interface of x86-64."""

# Name -> number on x86-64 and on ARM64; None where it has none.
_ENDS: Mapping[str, tuple[int | None, int | None]] = {
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281), "ptrace": (101, 117),
    "process_vm_writev": (311, 271), "pidfd_send_signal": (424, 424),
}  # fmt: skip
_ENDS_FOR_OTHERS = {
    "kill": (62, 129), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "tkill": (200, 130),
}  # fmt: skip
"""Whose first argument is the process that is meant; the main thread's number is the process's."""
_FAILS_FOR = (
    ((72, 25), (8, 10, 15)),  # fcntl: F_SETOWN, F_SETSIG, F_SETOWN_EX
    ((16, 29), (0x8901, 0x8902)),  # ioctl: FIOSETOWN, SIOCSPGRP
)
"""Numbers, and the second arguments with which a call has the kernel signal another process later on."""
_SET_PRIORITY, _LIMITS = (141, 140), (302, 261)
"""Both fail for others, and for groups: native libraries lower their own threads' priority, and live with a no."""
_CLONE, _NEW_CLONE = (56, 220), (435, 435)
_FAILS: Mapping[str, tuple[int | None, int | None]] = {
    "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180), "mount": (165, 40),
    "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "swapon": (167, 224),
    "swapoff": (168, 225), "reboot": (169, 142), "sethostname": (170, 161), "setdomainname": (171, 162),
    "init_module": (175, 105), "delete_module": (176, 106), "finit_module": (313, 273), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "settimeofday": (164, 170), "clock_settime": (227, 112), "acct": (163, 89),
    "quotactl": (179, 60), "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "bpf": (321, 280),
    "perf_event_open": (298, 241), "iopl": (172, None), "ioperm": (173, None),
}  # fmt: skip
_TELLS: Mapping[str, tuple[int | None, int | None]] = {
    "connect": (42, 203), "sendmsg": (46, 211), "sendmmsg": (307, 269), "process_vm_readv": (310, 270),
    "pidfd_getfd": (438, 438), "open_by_handle_at": (304, 265), "fanotify_init": (300, 262), "shmat": (30, 196),
    "msgrcv": (70, 188), "syslog": (103, 116),
}  # fmt: skip
"""Ways to what lies outside that no path leads through: services on sockets, memory and descriptors of others."""
_SEND_TO = (44, 206)
"""Fails with an address; without one it is how pairs of sockets talk."""
_IS_NOT_THERE: Mapping[str, tuple[int | None, int | None]] = {"clone3": _NEW_CLONE, "io_uring_setup": (425, 425)}
"""The C library does without them; what they are asked for a filter cannot see."""
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def is_possible() -> bool:
    """Tell whether there is a filter for this machine."""
    return sys.platform == "linux" and sys.maxsize > 1 << 32 and platform.machine() in _ARCHITECTURES


def restrict() -> bool:
    """Refuse from now on; this process must not start others after that. False where there is no such thing."""
    return _filter(_restricting)


def confine() -> bool:
    """Refuse from now on what would tell of the outside without a path: services, other processes' memory."""
    return _filter(_confining)


def _filter(steps_for: Callable[[int], list[bytes]]) -> bool:
    if not is_possible():
        return False
    try:
        import ctypes  # noqa: PLC0415 - not in every build of Python
    except ImportError:
        return False
    from greenline_probe import landlock  # noqa: PLC0415 - as above

    program = b"".join(_program(*_ARCHITECTURES[platform.machine()], steps_for))
    steps = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("@HP", len(program) // 8, ctypes.addressof(steps))
    landlock.gain_no_privileges()
    library = ctypes.CDLL(None, use_errno=True)
    return bool(library.prctl(_SET_FILTER, _MODE_FILTER, ctypes.create_string_buffer(described, len(described))) == 0)


def _program(which: int, architecture: int, steps_for: Callable[[int], list[bytes]]) -> list[bytes]:
    """Return the steps; each way through them ends with a verdict."""
    return [
        _step(_LOAD, _ARCHITECTURE),
        _step(_JUMP_EQUAL, architecture, 1, 0),
        _step(_RETURN, _END),
        _step(_LOAD, _NUMBER),
        _step(_JUMP_FROM, _OTHER_NUMBERS, 0, 1),
        _step(_RETURN, _END),
        *steps_for(which),
        _step(_RETURN, _ALLOW),
    ]


def _restricting(which: int) -> list[bytes]:
    steps = _each(which, _ENDS, _END)
    steps += _each(which, _FAILS, _FAIL | errno.EPERM) + _each(which, _IS_NOT_THERE, _FAIL | errno.ENOSYS)
    for numbers in _ENDS_FOR_OTHERS.values():
        steps += _about_argument(numbers[which], _JUMP_EQUAL, os.getpid())
    for both, values in _FAILS_FOR:
        steps += _without(both[which], values)
    steps += _own_priority(_SET_PRIORITY[which]) + _own_limits(_LIMITS[which])
    return steps + _about_argument(_CLONE[which], _JUMP_SET, _THREAD)


def _confining(which: int) -> list[bytes]:
    return _each(which, _TELLS, _FAIL | errno.EPERM) + _without_address(_SEND_TO[which])


def _each(which: int, table: Mapping[str, tuple[int | None, int | None]], verdict: int) -> list[bytes]:
    numbers = [both[which] for both in table.values()]
    return [
        step
        for number in numbers
        if number is not None
        for step in (_step(_JUMP_EQUAL, number, 0, 1), _step(_RETURN, verdict))
    ]


def _about_argument(number: int, jump: int, value: int) -> list[bytes]:
    """Allow a call when its first argument is, or has, the value; end the process otherwise."""
    return [
        _step(_JUMP_EQUAL, number, 0, 4),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(jump, value, 0, 1),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _END),
    ]


def _without(number: int, values: Sequence[int]) -> list[bytes]:
    """Allow a call unless its second argument is one of the values; then it fails."""
    steps = [_step(_LOAD, _SECOND_ARGUMENT)]
    for value in values:
        steps += [_step(_JUMP_EQUAL, value, 0, 1), _step(_RETURN, _FAIL | errno.EPERM)]
    steps.append(_step(_RETURN, _ALLOW))
    return _when(number, steps)


def _without_address(number: int) -> list[bytes]:
    """Allow a call whose fifth argument is a null pointer; else it fails."""
    return _when(
        number,
        [
            _step(_LOAD, _FIFTH_ARGUMENT),
            _step(_JUMP_EQUAL, 0, 0, 2),
            _step(_LOAD, _FIFTH_ARGUMENT + _HALF),
            _step(_JUMP_EQUAL, 0, 1, 0),
            _step(_RETURN, _FAIL | errno.EPERM),
            _step(_RETURN, _ALLOW),
        ],
    )


def _own_priority(number: int) -> list[bytes]:
    """Allow to set the priority of this process (which: 0, a process; who: 0 or its number); else the call fails."""
    return _when(
        number,
        [
            _step(_LOAD, _FIRST_ARGUMENT),
            _step(_JUMP_EQUAL, 0, 0, 3),
            _step(_LOAD, _SECOND_ARGUMENT),
            _step(_JUMP_EQUAL, 0, 2, 0),
            _step(_JUMP_EQUAL, os.getpid(), 1, 0),
            _step(_RETURN, _FAIL | errno.EPERM),
            _step(_RETURN, _ALLOW),
        ],
    )


def _own_limits(number: int) -> list[bytes]:
    """Allow to set the limits of this process, as the C library does for ``setrlimit``, and to look at all others'."""
    return _when(
        number,
        [
            _step(_LOAD, _FIRST_ARGUMENT),
            _step(_JUMP_EQUAL, 0, 6, 0),
            _step(_JUMP_EQUAL, os.getpid(), 5, 0),
            _step(_LOAD, _THIRD_ARGUMENT),
            _step(_JUMP_EQUAL, 0, 0, 2),
            _step(_LOAD, _THIRD_ARGUMENT + _HALF),
            _step(_JUMP_EQUAL, 0, 1, 0),
            _step(_RETURN, _FAIL | errno.EPERM),
            _step(_RETURN, _ALLOW),
        ],
    )


def _when(number: int, steps: list[bytes]) -> list[bytes]:
    return [_step(_JUMP_EQUAL, number, 0, len(steps)), *steps]


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)
