"""What tests that a model wrote may read, while nobody has accepted them: what they say goes back to the model.

The scratch copy, what the server allows of the project, Python and its libraries, and what these need of the system.
An audit hook says in words what it refuses; the Linux kernel refuses the same to native code, and other ways to what is
outside. Where the kernel does not, the server is told, and sends nothing back of what the tests say.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import sysconfig
from typing import TYPE_CHECKING, Any, Callable

from greenline_probe import doors, landlock, system_calls
from greenline_probe.guard import located

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from greenline_probe import wire
    from greenline_probe.guard import Guard

__tracebackhide__ = True  # pytest leaves this module's frames out of what it shows

_HERE = os.path.dirname(os.path.abspath(__file__))
_SYSTEM = (
    "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store", "/System", "/Library/Frameworks",
    "/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/share",
    "/usr/local/include", "/usr/local/lib", "/usr/local/lib64", "/usr/local/share",
    # Languages, time zones, certificates, kinds of files; not who uses this machine, and not what it is connected to.
    "/etc/ca-certificates", "/etc/ca-certificates.conf", "/etc/debian_version", "/etc/fonts", "/etc/ld.so.cache",
    "/etc/localtime", "/etc/locale.alias", "/etc/locale.conf", "/etc/lsb-release", "/etc/magic",
    "/etc/nsswitch.conf", "/etc/os-release", "/etc/pki/ca-trust", "/etc/pki/tls/certs", "/etc/pki/tls/cert.pem",
    "/etc/pki/tls/openssl.cnf", "/etc/protocols", "/etc/redhat-release", "/etc/services", "/etc/ssl/cert.pem",
    "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/timezone", "/var/cache/fontconfig", "/var/db/timezone",
    "/etc/mime.types", "/etc/apache/mime.types", "/etc/apache2/mime.types", "/etc/httpd/conf/mime.types",
    "/etc/httpd/mime.types", "/usr/local/etc/httpd/conf/mime.types", "/usr/local/etc/mime.types",
    "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom",
    "/proc/cpuinfo", "/proc/filesystems", "/proc/loadavg", "/proc/meminfo", "/proc/stat", "/proc/uptime",
    "/proc/version", "/proc/sys/kernel", "/proc/sys/vm", "/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm",
)  # fmt: skip
"""What Python, its libraries and the C library look at."""
_OF_PREFIX = ("include", "lib", "lib32", "lib64")
_OF_ENVIRONMENT = ("conda-meta", "etc/fonts", "pyvenv.cfg", "share", "ssl")
_NOT_OF_PYTHON = frozenset({"data", "scripts"})
_OF_ITSELF = ("cmdline", "fd", "limits", "maps", "smaps", "stat", "statm", "status")
"""Of what /proc tells of this process: not the environment that it began with."""
_SELF = "/proc/self"
ONLY = (
    "tests from a model may read only the project's folder, but for what is hidden or never sent there, "
    "and Python's own files"
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Confinement:
    """Knows by real paths. ``readable`` are files and folders, of ``listed`` folders names may be read, below too.

    What is ``absent`` is as if it were not there.
    """

    def __init__(self, readable: Iterable[str], listed: Iterable[str], absent: Absent | None = None) -> None:
        self.absent = absent or Absent((), "")
        self.readable = tuple(dict.fromkeys(map(os.path.realpath, readable)))
        self.listed = tuple(dict.fromkeys(map(os.path.realpath, listed)))
        self._open = frozenset(self.readable)
        self._named = frozenset(self.listed)

    def allows(self, real: str) -> bool:
        """Tell whether a real path may be read."""
        return _is_within(real, self._open)

    def allows_names(self, real: str) -> bool:
        """Tell whether the names in a folder may be read."""
        return _is_within(real, self._open) or _is_within(real, self._named)


class Absent:
    """Files and folders that are never sent to a model: for its tests they are not there, as they are not in the copy.

    ``places`` are real paths, in the project and in the copy. What is made by a test itself, in ``scratch``, is there.
    """

    def __init__(self, places: Iterable[str], scratch: str) -> None:
        self._places = frozenset(places)
        self._scratch = os.path.realpath(scratch) + os.sep
        self._names = frozenset(map(os.path.basename, self._places))
        self.looked_for: dict[str, None] = {}
        """Those that something looked for."""

    def hides(self, place: str) -> bool:
        """Tell whether what is at an absolute path is not to be seen, and note that it was looked for."""
        if self._names.isdisjoint(place.split(os.sep)):  # as most
            return False
        folder, name = os.path.split(place.rstrip(os.sep))
        real = os.path.join(os.path.realpath(folder), name)
        if not _is_within(real, self._places):
            return False
        self.looked_for[real] = None
        return not (real.startswith(self._scratch) and os.path.lexists(real))

    def close(self, guard: Guard) -> None:
        """Have the functions that tell whether something is there say no."""
        if not self._places:
            return
        doors.replace(guard, "os", "stat", self._stat)
        doors.replace(guard, "os", "access", self._access)

    def _stat(self, original: Callable[..., Any], path: Any, *args: Any, **named: Any) -> Any:
        if self._is_hidden(path, named):
            raise missing(path)
        return original(path, *args, **named)

    def _access(self, original: Callable[..., Any], path: Any, *args: Any, **named: Any) -> Any:
        return not self._is_hidden(path, named) and original(path, *args, **named)

    def _is_hidden(self, path: Any, named: Mapping[str, Any]) -> bool:
        if isinstance(path, int) or not isinstance(path, (str, bytes, os.PathLike)):
            return False
        place = located(os.fspath(path), named.get("dir_fd") if named.get("dir_fd") is not None else -1)
        return place is not None and self.hides(os.path.normpath(place))


def missing(path: Any) -> FileNotFoundError:
    """Return what says that a file is not there, as the system says it."""
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def confine(guard: Guard, request: wire.RunTests, absent: Absent | None = None) -> bool:
    """Keep this process to what it may read, for good. True where the kernel holds all of it."""
    own = [f"{_SELF}/{name}" for name in _OF_ITSELF]
    around = Confinement(
        [request.scratch, *filter(None, [request.bytecode]), *request.readable, *_of_python(), *_SYSTEM, *own],
        [*request.listed, f"{_SELF}/task"],
        absent,
    )
    around.absent.close(guard)
    doors.close_users(guard)
    guard.lifted = True  # it is we who open these places, some of which a sandbox hides
    held = landlock.confine(around.readable, around.listed)
    guard.lifted = False
    held = system_calls.confine() and held
    sys.addaudithook(_hook(guard, around))
    return held and guard.is_restricted


def _of_python() -> list[str]:
    """Return where this Python and its libraries are; what else lies beside a Python may be anything."""
    paths = sysconfig.get_paths()  # its "data" is the whole prefix, its "scripts" are anybody's programs
    places = [_HERE, sys.executable, *(path for name, path in paths.items() if name not in _NOT_OF_PYTHON)]
    prefixes = [prefix for prefix in {sys.prefix, sys.base_prefix} if not _holds_home(prefix)]
    for prefix in prefixes:
        is_environment = any(os.path.exists(os.path.join(prefix, mark)) for mark in ("pyvenv.cfg", "conda-meta"))
        places += [os.path.join(prefix, name) for name in (*_OF_PREFIX, *(_OF_ENVIRONMENT if is_environment else ()))]
    if os.name == "nt":
        places += [*prefixes, os.environ.get("SYSTEMROOT", "")]
    return [place for place in places if place]


def _holds_home(prefix: str) -> bool:
    """Tell whether a folder is somebody's home, or above it; HOME may be a scratch folder by now."""
    return _is_within(_home(), frozenset({os.path.realpath(prefix)}))


def _home() -> str:
    with contextlib.suppress(ImportError, KeyError):
        import pwd  # noqa: PLC0415 - not on Windows

        return os.path.realpath(pwd.getpwuid(os.getuid()).pw_dir)
    return os.path.realpath(os.path.expanduser("~"))


def _hook(guard: Guard, around: Confinement) -> Callable[[str, tuple[Any, ...]], None]:
    reading = _Reading(guard, around)
    checks: Mapping[str, Callable[[tuple[Any, ...]], None]] = {
        "open": reading.opened, "os.listdir": reading.folder, "os.scandir": reading.folder,
        "sqlite3.connect": reading.database,
    }  # fmt: skip
    find = checks.get

    def hook(event: str, args: tuple[Any, ...]) -> None:
        check = find(event)
        if check is not None and not guard.lifted:
            check(args)

    return hook


class _Reading:
    """Refuses, by audit event."""

    def __init__(self, guard: Guard, around: Confinement) -> None:
        self._guard = guard
        self._around = around

    def opened(self, args: tuple[Any, ...]) -> None:
        path, _, flags = args
        if path is not None:
            self._check(path, self._around.allows, reads=not flags & _WRITING)

    def folder(self, args: tuple[Any, ...]) -> None:
        self._check("." if args[0] is None else args[0], self._around.allows_names)

    def database(self, args: tuple[Any, ...]) -> None:
        text = os.fsdecode(args[0])
        if text.startswith("file:"):
            text = text[len("file:") :].partition("?")[0]
        if text not in {"", ":memory:"}:
            self._check(text, self._around.allows)

    def _check(self, path: Any, allowed: Callable[[str], bool], *, reads: bool = True) -> None:
        place = None if isinstance(path, int) else located(path, -1)
        if place is None:
            return
        real = os.path.realpath(place)
        if reads and (self._around.absent.hides(os.path.normpath(place)) or self._around.absent.hides(real)):
            raise missing(path)
        if allowed(real) or not os.path.lexists(real):  # what is not there, the code finds out as it does anywhere
            return
        if self._guard.polite:
            raise PermissionError(f"Greenline lets nobody read {place}")
        self._guard.refuse(f"read {place} ({ONLY})", "read")


def _is_within(real: str, places: frozenset[str]) -> bool:
    """Tell whether a path or a folder above it is among the places; costs what the path is deep."""
    while real not in places:
        above = os.path.dirname(real)
        if above == real:
            return False
        real = above
    return True
