"""Ways around the audit events of ``guard``: functions of the standard library that raise none, and ctypes."""

from __future__ import annotations

import functools
import os
import stat
import sys
from typing import TYPE_CHECKING, Any, Callable, NoReturn

if TYPE_CHECKING:
    from types import ModuleType

    from greenline_probe.guard import Guard

__tracebackhide__ = True  # pytest leaves this module's frames out of what it shows

_BY_NAME = {
    "process": (
        "fork vfork clone system popen posix_spawn posix_spawnp execv execve execvp execvpe execl execle execlp "
        "fexecve execveat daemon forkpty ptrace process_vm_writev chroot mount umount umount2 reboot syscall"
    ),
    "signal": "kill killpg tgkill sigqueue pidfd_send_signal",
    "network": "connect bind sendto sendmsg sendmmsg",
    "write": (
        "open open64 openat openat64 creat creat64 fopen fopen64 freopen unlink unlinkat remove rmdir rename renameat "
        "renameat2 link linkat symlink symlinkat mkdir mkdirat mknod mknodat mkfifo truncate truncate64 chmod fchmodat "
        "chown lchown fchownat utime utimes utimensat setxattr lsetxattr removexattr shm_open shm_unlink"
    ),
}
KIND_OF = {name: kind for kind, names in _BY_NAME.items() for name in names.split()}
"""Functions of the C library that do what the guard refuses -> the kind. Others have names that are free to take."""
_CREATES = os.O_CREAT | os.O_TRUNC


def c_function(args: tuple[Any, ...]) -> str:
    """Return the name that is looked up through ctypes, where it means one of ``KIND_OF``; else nothing."""
    library, name = args[0], args[1]
    if isinstance(name, bytes):
        name = name.decode("ascii", "replace")
    return name if name in KIND_OF and _is_of_c(library, name) else ""


def _is_of_c(library: Any, name: str) -> bool:
    """Tell whether a name, looked up in a library, is that of the C library: any library finds those, too."""
    import _ctypes  # noqa: PLC0415 - who looks something up has loaded it
    import ctypes  # noqa: PLC0415 - as above

    try:
        return bool(_ctypes.dlsym(library._handle, name) == _ctypes.dlsym(ctypes.CDLL(None)._handle, name))  # noqa: SLF001 - it has no other way
    except (AttributeError, OSError, TypeError):
        return False


def close(guard: Guard, refused: tuple[str, ...]) -> None:
    """Refuse, of the kinds, what raises no audit event."""
    if "process" in refused:
        _close(guard, "_posixsubprocess", "fork_exec", lambda *args: guard.refuse_program(program(args[:1])))
    if "write" in refused:

        def shm_open(original: Callable[..., Any], name: str, flags: int, *args: Any, **named: Any) -> Any:
            if flags & _CREATES:
                guard.refuse(f"create the shared memory {name}", "write")
            return original(name, flags, *args, **named)

        replace(guard, "_posixshmem", "shm_open", shm_open)
        for module in ("os", "posix"):
            replace(guard, module, "mkfifo", _making(guard, "create the pipe"))
            replace(guard, module, "mknod", _making(guard, "create"))
    if "signal" in refused:
        _close(
            guard, "signal", "pidfd_send_signal",
            lambda _, number, *__: guard.refuse(f"send signal {int(number)} to a process", "signal"),
        )  # fmt: skip
        for module in ("os", "posix"):
            replace(guard, module, "setpriority", _setting_priority(guard))


def close_users(guard: Guard) -> None:
    """Refuse to tell who uses this machine; who asks is told that there is no such user."""
    for name in ("getpwuid", "getpwnam", "getpwall"):
        _close(guard, "pwd", name, _nobody)


def _nobody(*_: object) -> NoReturn:
    # Nothing is noted: archives and homes are looked up so by ordinary code, which knows users without a name.
    raise KeyError("Greenline tells nobody who uses this machine")


def _making(guard: Guard, verb: str) -> Callable[..., Any]:
    def make(original: Callable[..., Any], path: Any, *args: Any, **named: Any) -> Any:
        mode = args[0] if args else named.get("mode", 0)
        if stat.S_ISBLK(mode) or stat.S_ISCHR(mode):  # what it leads to is nowhere near the path
            guard.refuse(f"create the device {os.fsdecode(path)}", "write")
        folder = named.get("dir_fd")
        guard.writes(verb, path, -1 if folder is None else folder, follows=False, kind="write")
        return original(path, *args, **named)

    return make


def _setting_priority(guard: Guard) -> Callable[..., Any]:
    def set_priority(original: Callable[..., Any], which: int, who: int, priority: int) -> Any:
        if which != os.PRIO_PROCESS:
            guard.refuse(f"change the priority of process group {who}", "signal")
        if who not in {0, os.getpid()}:
            guard.refuse(f"change the priority of process {who}", "signal")
        return original(which, who, priority)

    return set_priority


def program(args: tuple[Any, ...]) -> str:
    """Name what would have run: the arguments are more telling than the file that is executed."""
    command = args[1] if len(args) > 1 and args[1] else args[0]
    if isinstance(command, (list, tuple)):
        command = " ".join(
            os.fsdecode(part) if isinstance(part, (str, bytes, os.PathLike)) else str(part) for part in command
        )
    return f"run {os.fsdecode(command) if isinstance(command, bytes) else command}"[:200]


def _close(guard: Guard, module: str, name: str, refuse: Callable[..., Any]) -> None:
    replace(guard, module, name, lambda _, *args, **__: refuse(*args))


def replace(guard: Guard, module: str, name: str, instead: Callable[..., Any]) -> None:
    """Put a function in the place of another one, which it gets as its first argument, until the guard is lifted."""
    try:
        home: ModuleType = sys.modules.get(module) or __import__(module)
        original = getattr(home, name)
    except (ImportError, AttributeError):  # another platform, an older Python
        return

    @functools.wraps(original)
    def closed(*args: Any, **named: Any) -> Any:
        if guard.lifted:  # whoever imported it by name still has this one
            return original(*args, **named)
        return instead(original, *args, **named)

    for known in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
        if original in known:  # whoever asks whether it can do that is told the same
            known.add(closed)
    setattr(home, name, closed)
    guard.reopening.append(functools.partial(setattr, home, name, original))
