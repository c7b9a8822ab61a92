"""Limits on what one probe may use, and its end with the server; no effect where there is no such thing."""

from __future__ import annotations

import contextlib
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_GIB = 1024**3
_MIB = 1024**2
_SET_SIGNAL = 10
"""F_SETSIG of Linux."""
_MOST_DESCRIPTORS = 65_536


def apply(
    *,
    address_space: int = 4 * _GIB,
    file_size: int = 256 * _MIB,
    cpu_seconds: int | None = None,
    open_files: int = 1024,
) -> None:
    """Lower this process's limits (bytes, seconds, a count); no core dumps. One that is lower already stays."""
    try:
        import resource  # noqa: PLC0415 - POSIX only
    except ImportError:
        return
    wanted = {
        "RLIMIT_AS": address_space,
        "RLIMIT_FSIZE": file_size,
        "RLIMIT_NOFILE": open_files,
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": cpu_seconds,
    }
    for name, value in wanted.items():
        which = getattr(resource, name, None)
        if which is None or value is None:
            continue
        in_force = [limit for limit in resource.getrlimit(which) if limit != resource.RLIM_INFINITY]
        limit = min([value, *in_force])
        # Beyond the soft CPU limit comes a signal that names the cause, at the hard one a bare SIGKILL.
        hard = min([limit + 2, *in_force[1:]]) if name == "RLIMIT_CPU" else limit
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some
            resource.setrlimit(which, (limit, hard))


def address_space() -> int:
    """Return how many bytes this process may address, 0 where nothing limits it."""
    try:
        import resource  # noqa: PLC0415 - POSIX only

        allowed = resource.getrlimit(resource.RLIMIT_AS)[0]
    except (ImportError, AttributeError, OSError):
        return 0
    return 0 if allowed == resource.RLIM_INFINITY else allowed


def close_all_but(*kept: int) -> None:
    """Close all descriptors but these."""
    before = -1
    for descriptor in sorted(kept):
        if before + 1 < descriptor:  # an empty range at 0 is taken for all there are
            os.closerange(before + 1, descriptor)
        before = descriptor
    highest = os.sysconf("SC_OPEN_MAX") if hasattr(os, "sysconf") else _MOST_DESCRIPTORS
    with contextlib.suppress(OSError):
        highest = 1 + max(int(name) for name in os.listdir("/proc/self/fd"))
    os.closerange(before + 1, min(highest, _MOST_DESCRIPTORS))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when ``parent`` (a process id) ends; leave at once if it has ended already."""
    # Windows has no such signal, and what ends a process there it has by other means.
    if (
        _end_with_parent(getattr(signal, "SIGKILL", 0)) and os.getppid() != parent
    ):  # it ended between our start and the call
        os._exit(1)


def die_with_input(descriptor: int) -> None:
    """Have the kernel kill this process when something happens to a pipe or socket on which nothing comes any more."""
    try:
        import fcntl  # noqa: PLC0415 - POSIX only

        fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(descriptor, _SET_SIGNAL, signal.SIGKILL)
        fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | fcntl.FASYNC)
    except (ImportError, AttributeError, OSError):
        return
    with contextlib.suppress(OSError):
        import select  # noqa: PLC0415 - as above

        if select.select([descriptor], [], [], 0)[0]:  # it ended before
            os._exit(1)


def outlive_parent() -> None:
    """Take ``die_with_parent`` back, for a process that notices the end itself and has to tidy up."""
    _end_with_parent(0)


def _end_with_parent(number: int) -> bool:
    if sys.platform != "linux":
        return False
    try:
        import ctypes  # noqa: PLC0415 - not in every build of Python

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        return False
    return True
