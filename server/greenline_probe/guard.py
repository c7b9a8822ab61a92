"""Refuses what code under test must not do to this machine: an audit hook, against accidents, not against attackers.

The hook knows what Python does, and says in words what it refuses. Behind it stands, on Linux, the kernel, for what
other code does: it refuses as well, and says little.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Callable, NoReturn, Union

from greenline_probe import doors, landlock, system_calls

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from types import FrameType

__tracebackhide__ = True  # pytest leaves this module's frames out of what it shows
KINDS = ("write", "network", "process", "signal")

_Path = Union[str, bytes, int, None]
_Check = Callable[["Guard", tuple[Any, ...]], None]
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_WRITING_MODES = frozenset("wax+")
_DEVICES = frozenset({os.devnull, "/dev/zero", "/dev/full", "/dev/tty"})
# The standard library asks other programs for facts, and lives with a "no": give it the "no" that it knows.
_ASKS_PROGRAMS = frozenset({"platform", "uuid", "ctypes.util"})


class GuardRefusal(BaseException):
    """What the guard raises. Not an Exception, so that ``except Exception`` in the code under test lets it pass."""

    def __init__(self, what: str, kind: str = "") -> None:
        super().__init__(f"Greenline refused to {what}")
        self.what = what
        """What was refused, in words."""
        self.kind = kind
        """Of ``KINDS``."""


def install(
    scratch: Sequence[str],
    refuse: Collection[str] = KINDS,
    on_refusal: Callable[[str], None] = lambda _: None,
    *,
    native: bool = True,
    hidden: Sequence[str] = (),
    shown: Sequence[str] = (),
) -> Guard:
    """Refuse the kinds named in ``refuse`` (of ``KINDS``) from now on, to the end of this process.

    Writing below ``scratch`` stays allowed. ``on_refusal`` hears each refusal in words ("write to /home/x/data.json"),
    also where the code under test swallows the GuardRefusal. ``native`` has the kernel refuse too, for good. Below
    ``hidden`` nothing is read, but for what is ``shown``: there the person's files are not to be seen.
    """
    guard = Guard(tuple(os.path.realpath(folder) for folder in scratch), on_refusal)
    guard.hidden, guard.shown = tuple(hidden), (*shown, *scratch)
    checks = {event: (kind, check) for kind in refuse for event, check in _CHECKS[kind].items()}
    if hidden:
        checks.update({event: ("read", check) for event, check in _READING.items() if event not in checks})
    find = checks.get

    def hook(event: str, args: tuple[Any, ...]) -> None:
        found = find(event)
        if found is None or guard.lifted:
            return
        kind, check = found
        try:
            check(guard, args)
        except GuardRefusal as refusal:
            refusal.kind = refusal.kind or kind
            guard.kinds.setdefault(refusal.what, kind)
            raise

    doors.close(guard, tuple(refuse))
    if native:
        _restrict(guard, refuse)
    sys.addaudithook(hook)
    return guard


def refused_by_kernel() -> list[str]:
    """Return what the kernel refuses as well, in words."""
    known = landlock.version()
    refused = ["to write elsewhere"] if known else []
    refused += ["TCP"] if known >= landlock.KNOWS_TCP else []
    return [*refused, *(["to start processes", "to signal others"] if system_calls.is_possible() else [])]


def confines_by_kernel() -> bool:
    """Tell whether the kernel can keep tests from reading what is not theirs: see ``confinement``."""
    return landlock.version() > 0 and system_calls.is_possible()


def _restrict(guard: Guard, refuse: Collection[str]) -> None:
    """Have the kernel refuse it too, where all kinds are refused and it can."""
    if set(KINDS) <= set(refuse):
        guard.is_restricted = landlock.restrict(guard.scratch)
        system_calls.restrict()


class Guard:
    """What ``install`` put in force."""

    def __init__(self, scratch: tuple[str, ...], on_refusal: Callable[[str], None]) -> None:
        self.scratch = scratch
        self._on_refusal = on_refusal
        self.kinds: dict[str, str] = {}
        """What was refused, in words -> its kind."""
        self.polite = False
        """While set, programs are refused by a PermissionError that nobody hears of: plugins that ask git know it."""
        self.lifted = False
        self.is_restricted = False
        """The kernel refuses to write elsewhere, too."""
        self.hidden: tuple[str, ...] = ()
        self.shown: tuple[str, ...] = ()
        self.reopening: list[Callable[[], None]] = []

    def lift(self) -> None:
        """Refuse nothing any more: only our own code has run, and what comes next brings its own guard."""
        self.lifted = True
        for reopen in self.reopening:
            reopen()

    def close(self, folder: str) -> None:
        """Refuse to write below one of the scratch folders from now on."""
        real = os.path.realpath(folder)
        self.scratch = tuple(top for top in self.scratch if top != real)
        if self.is_restricted:
            landlock.restrict(self.scratch)

    def refuse_program(self, what: str) -> NoReturn:
        """Refuse to start a process."""
        self.kinds[what] = "process"
        if self.polite or _asked_by_standard_library():
            raise PermissionError("Greenline lets no other program run")
        self.refuse(what)

    def refuse(self, what: str, kind: str = "") -> NoReturn:
        """Tell and raise."""
        self.note(what, kind)
        raise GuardRefusal(what, self.kinds.get(what, ""))

    def note(self, what: str, kind: str = "") -> None:
        """Tell of what is refused in another way than by a GuardRefusal."""
        if kind:
            self.kinds[what] = kind
        self._on_refusal(what)

    def may_write(self, real: str) -> bool:
        """Tell whether a real path is in scratch, or a device that swallows."""
        return real in _DEVICES or _is_below(real, self.scratch)

    def writes(self, verb: str, path: _Path, dir_fd: Any = -1, *, follows: bool = True, kind: str = "") -> None:
        """Refuse unless the path leads into scratch; ``follows`` tells whether the call follows a last symlink."""
        place = located(path, dir_fd)
        if place is None:
            return
        if follows:
            real = os.path.realpath(place)
        else:
            folder, name = os.path.split(place.rstrip(os.sep))
            real = os.path.join(os.path.realpath(folder), name)
        if not self.may_write(real):
            self.refuse(f"{verb} {place}", kind)

    def reads(self, path: _Path) -> None:
        """Refuse what lies where the person's files are hidden: that it is not there says nothing about the code."""
        place = located(path, -1) if path is not None and not isinstance(path, int) else None
        if place is not None and _is_below(place, self.hidden):
            real = os.path.realpath(place)
            if _is_below(real, self.hidden) and not _is_below(real, self.shown) and not _is_below(place, self.shown):
                self.refuse(f"read {place}", "read")

    def folder_outside_is_open(self) -> bool:
        """Tell whether a relative path could mean, through ``dir_fd``, a place outside scratch."""
        try:
            opened = [os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")]
        except OSError:
            return False
        return any(
            os.path.isdir(path) and not path.startswith("/proc/") and not self.may_write(path) for path in opened
        )


def _is_below(path: str, folders: Sequence[str]) -> bool:
    return any(path == top or path.startswith(top + os.sep) for top in folders)


def located(path: _Path, dir_fd: Any) -> str | None:
    """Return the absolute path meant, or None where there is nothing to judge: a pipe, a deleted file."""
    if path is None:
        path = "."
    if isinstance(path, int):
        try:
            # A folder can be opened for reading and then be changed through its descriptor.
            target = os.readlink(f"/proc/self/fd/{path}")
        except OSError:
            return None
        return target if target.startswith("/") and not target.endswith(" (deleted)") else None
    text = os.fsdecode(path)
    if os.path.isabs(text):
        return text
    if isinstance(dir_fd, int) and dir_fd >= 0:
        try:
            return os.path.join(os.readlink(f"/proc/self/fd/{dir_fd}"), text)
        except OSError:
            return os.path.join("/unknown folder", text)  # no /proc here: rather a refusal too many
    return os.path.join(os.getcwd(), text)


def _open(guard: Guard, args: tuple[Any, ...]) -> None:
    path, mode, flags = args
    if isinstance(path, int):
        return
    # Functions in C that are not ``open`` itself tell the mode in place of the flags.
    if not flags & _WRITING and not (isinstance(mode, str) and _WRITING_MODES.intersection(mode)):
        guard.reads(path)
        return
    if mode is None and not os.path.isabs(os.fsdecode(path)) and guard.folder_outside_is_open():
        guard.refuse(f"write to {os.fsdecode(path)} relative to an open folder")  # the event does not tell dir_fd
    guard.writes("write to", path)


def _path(verb: str, position: int = 0, dir_fd: int | None = None, *, follows: bool = True) -> _Check:
    """Make the check of an event that has a path, and perhaps a ``dir_fd``, at these positions."""

    def check(guard: Guard, args: tuple[Any, ...]) -> None:
        folder = args[dir_fd] if dir_fd is not None and len(args) > dir_fd else -1
        guard.writes(verb, args[position], folder, follows=follows)

    return check


def _both(first: _Check, second: _Check) -> _Check:
    def check(guard: Guard, args: tuple[Any, ...]) -> None:
        first(guard, args)
        second(guard, args)

    return check


def _sqlite(guard: Guard, args: tuple[Any, ...]) -> None:
    name = os.fsdecode(args[0])
    if name in {"", ":memory:"} or (
        name.startswith("file:") and (":memory:" in name or "mode=memory" in name or "mode=ro" in name)
    ):
        return
    guard.writes(
        "open the database", name.removeprefix("file:").partition("?")[0] if name.startswith("file:") else name
    )


def _address(verb: str) -> _Check:
    def check(guard: Guard, args: tuple[Any, ...]) -> None:
        address = args[1]
        if address is None:  # a connected pair
            return
        if isinstance(address, (str, bytes)):  # a unix socket is a file
            guard.writes(verb, address if address[:1] not in ("\0", b"\0") else "/abstract socket")
        elif not _is_windows_socketpair() and not _is_question_while_imported(address):
            guard.refuse(f"{verb} {_address_text(address)}")

    return check


def _address_text(address: Any) -> str:
    if isinstance(address, tuple) and len(address) >= 2 and isinstance(address[0], str):  # noqa: PLR2004
        return f"{address[0]}:{address[1]}"
    return str(address)


def _is_windows_socketpair() -> bool:
    """Windows has no socketpair; Python builds one from a loopback connection, and each event loop needs one."""
    if os.name != "nt":
        return False
    return any(f.f_code.co_name.endswith("socketpair") and f.f_globals.get("__name__") == "socket" for f in _callers())


def _is_question_while_imported(address: Any) -> bool:
    """Libraries bind any free port of this machine while they are imported, to see which protocols it knows."""
    if not isinstance(address, tuple) or address[:2] not in {("::1", 0), ("127.0.0.1", 0), ("localhost", 0)}:
        return False
    return any("importlib._bootstrap" in f.f_code.co_filename for f in _callers())


def _lookup(guard: Guard, args: tuple[Any, ...]) -> None:
    host = args[0]
    text = host.decode(errors="replace") if isinstance(host, bytes) else host
    if not text or not isinstance(text, str) or _is_numeric(text):
        return
    port = args[1] if len(args) > 1 else None
    guard.refuse(f"look up {text}" + (f":{port}" if port else ""))


def _is_numeric(host: str) -> bool:
    return ":" in host or (host.replace(".", "").isdigit() and host.count(".") == 3)  # noqa: PLR2004


def _process(words: Callable[[tuple[Any, ...]], str]) -> _Check:
    def check(guard: Guard, args: tuple[Any, ...]) -> None:
        guard.refuse_program(words(args))

    return check


def _asked_by_standard_library() -> bool:
    return any(frame.f_globals.get("__name__") in _ASKS_PROGRAMS for frame in _callers())


def _callers() -> Iterator[FrameType]:
    """Walk the nearest frames outwards."""
    frame = sys._getframe(1)  # noqa: SLF001 - nothing else tells who calls
    for _ in range(12):
        yield frame
        if frame.f_back is None:
            return
        frame = frame.f_back


def _c_function(guard: Guard, args: tuple[Any, ...]) -> None:
    name = doors.c_function(args)
    if name:
        guard.refuse(f"call {name} of the C library", doors.KIND_OF[name])


def _signal(guard: Guard, args: tuple[Any, ...]) -> None:
    if args[0] != os.getpid():
        guard.refuse(f"send signal {args[1]} to process {args[0]}")


def _limits(guard: Guard, args: tuple[Any, ...]) -> None:
    if args[0] not in {0, os.getpid()} and args[2] is not None:
        guard.refuse(f"change the limits of process {args[0]}")


def _group_signal(guard: Guard, args: tuple[Any, ...]) -> None:
    guard.refuse(f"send signal {args[1]} to process group {args[0]}")


_CHECKS: Mapping[str, Mapping[str, _Check]] = {
    "write": {
        "open": _open,
        "os.chflags": _path("change the flags of"),
        "os.chmod": _path("change the mode of", dir_fd=2),
        "os.chown": _path("change the owner of", dir_fd=3),
        "os.link": _both(_path("link", 0, 2, follows=False), _path("create the link", 1, 3, follows=False)),
        "os.mkdir": _path("create the folder", dir_fd=2, follows=False),
        "os.remove": _path("delete", dir_fd=1, follows=False),
        "os.removexattr": _path("change the attributes of"),
        "os.rename": _both(_path("move", 0, 2, follows=False), _path("move something to", 1, 3, follows=False)),
        "os.rmdir": _path("delete the folder", dir_fd=1, follows=False),
        "os.setxattr": _path("change the attributes of"),
        "os.symlink": _path("create the link", 1, 2, follows=False),
        "os.truncate": _path("truncate"),
        "os.utime": _path("change the times of", dir_fd=3),
        "shutil.move": _both(_path("move", 0, follows=False), _path("move something to", 1, follows=False)),
        "shutil.rmtree": _path("delete the folder", dir_fd=1, follows=False),
        "sqlite3.connect": _sqlite,
        "winreg.CreateKey": lambda guard, args: guard.refuse(f"create the registry key {args[1]}"),
        "winreg.DeleteKey": lambda guard, args: guard.refuse(f"delete the registry key {args[1]}"),
        "winreg.DeleteValue": lambda guard, args: guard.refuse(f"delete the registry value {args[1]}"),
        "winreg.SetValue": lambda guard, args: guard.refuse(f"set the registry value {args[1]}"),
    },
    "network": {
        "socket.bind": _address("listen on"),
        "socket.connect": _address("connect to"),
        "socket.getaddrinfo": _lookup,
        "socket.gethostbyaddr": _lookup,
        "socket.gethostbyname": _lookup,
        "socket.sendmsg": _address("send to"),
        "socket.sendto": _address("send to"),
    },
    "process": {
        "_winapi.CreateProcess": _process(doors.program),
        "os.exec": _process(doors.program),
        "os.fork": _process(lambda _: "start a process (fork)"),
        "os.forkpty": _process(lambda _: "start a process (fork)"),
        "os.posix_spawn": _process(doors.program),
        "os.spawn": _process(lambda args: doors.program(args[1:])),
        "os.startfile": _process(lambda args: doors.program(args[:1])),
        "os.system": _process(doors.program),
        "pty.spawn": _process(doors.program),
        "subprocess.Popen": _process(doors.program),
        "ctypes.dlsym": _c_function,
    },
    "signal": {
        "os.kill": _signal,
        "os.killpg": _group_signal,
        "resource.prlimit": _limits,
        "signal.pthread_kill": lambda guard, args: (
            None if _is_own_thread(args[0]) else guard.refuse("send a signal to a thread")
        ),
    },
}


_READING: Mapping[str, _Check] = {
    "open": _open,
    "os.listdir": lambda guard, args: guard.reads(args[0]),
    "os.scandir": lambda guard, args: guard.reads(args[0]),
}


def _is_own_thread(ident: int) -> bool:
    import threading  # noqa: PLC0415 - only those who signal threads pay for it

    return ident == threading.get_ident()
