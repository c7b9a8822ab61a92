"""What stood between a call and its result: something that is not there while exploring, judged by what happened."""

from __future__ import annotations

import ast
import errno
import importlib.util
import os
import re

from greenline_probe import limits

TERMINAL = "read from standard input"
THREADS = "start more threads than exploring allows"
"""What is refused without the guard."""

LIMITS = "write or open more than exploring allows"

_MEMORY = re.compile(r"use more than .* of memory|use more memory than there is")
_TOO_MUCH = {errno.EFBIG, errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
_NOT_PERMITTED = {errno.EPERM, errno.EACCES, errno.EROFS}
_DATABASE_PORTS = {"1433", "1521", "3306", "5432", "5433", "6379", "9042", "9200", "27017"}
_PORT = re.compile(r":(\d+)\b")
_DISPLAY = re.compile(
    r"no display|\$DISPLAY|^KeyError: 'DISPLAY'|video device"
    r"|(?:connect to|open|find|bad|invalid|init\w*) (?:the )?(?:x11 |x |wayland )?display"
    r"|gtk could ?n[o']t be initialized|'headless' is currently running",
    re.IGNORECASE,
)
_DATABASE = re.compile(
    r"no such table|unable to open|connect|does not exist|doesn't exist|refused|authenti|timed? ?out|host|server",
    re.IGNORECASE,
)
_UNREACHABLE = re.compile(r"connect(ion)?_?(error|failure|timeout|refused)|serverselection|nobrokers", re.IGNORECASE)


def hide_display() -> None:
    """Take the display away from this process: nobody wants windows to open and close by the dozen."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        os.environ.pop(name, None)


def of_refusal(what: str, kind: str) -> str:
    """Return what a refused call needs, by the guard's words and kind: network, database, process, terminal ..."""
    if what == TERMINAL:
        return "terminal"
    if what == THREADS or _MEMORY.fullmatch(what):
        return "memory"
    if what.startswith("open the database") or (kind == "network" and set(_PORT.findall(what)) & _DATABASE_PORTS):
        return "database"
    return kind


def memory() -> str:
    """Return what a call wanted that ran out of memory: "use more than 4 GiB of memory"."""
    allowed = limits.address_space()
    return f"use more than {allowed / 1024**3:.3g} GiB of memory" if allowed else "use more memory than there is"


def of_error(error: BaseException, call: str = "") -> str:
    """Return what an exception says is missing: display, database, network, terminal, package, file; or nothing.

    A file or a module that is named in ``call`` was invented, and says nothing about what the code needs.
    """
    if isinstance(error, ModuleNotFoundError):
        return "package" if error.name and not is_invented(error, call) and not _is_found(error.name) else ""
    if isinstance(error, UnicodeError):
        return ""
    words = f"{type(error).__name__}: {_text(error)}"
    names = {kind.__name__ for kind in type(error).__mro__}
    if of_words(words):
        return "display"
    if names & {"OperationalError", "InterfaceError"} and names & {"Error", "DatabaseError"}:  # as PEP 249 has them
        return "database" if _DATABASE.search(words) else ""
    if type(error).__module__ in {"termios", "_curses"} or getattr(error, "errno", None) == errno.ENOTTY:
        return "terminal"
    if isinstance(error, EOFError) and "reading a line" in words:
        return "terminal"
    if isinstance(error, ConnectionError) or names & {"gaierror", "herror", "URLError"}:
        return of_refusal(words, "network")
    if type(error).__module__ != "builtins" and _UNREACHABLE.search(type(error).__name__):
        return of_refusal(words, "network")
    if isinstance(error, OSError) and isinstance(error.filename, str):
        return "" if error.filename.rpartition("/")[2] in call else "file"
    return ""


def is_invented(error: BaseException, call: str) -> bool:
    """Tell whether a module's name was made of an argument: no import statement on the way has it; it holds the text.

    Of a text with dots the first part counts, as it does for what cannot be found.
    """
    if not isinstance(error, ModuleNotFoundError):
        return False
    name = str(error.name)
    step = error.__traceback__
    while step is not None:
        if any(f"{known}.".startswith(f"{name}.") for known in step.tb_frame.f_code.co_names):
            return False
        step = step.tb_next
    firsts = {text.partition(".")[0].casefold() for text in _texts(call)}
    return any(first in name.casefold() if first else not name[-1:].isalnum() for first in firsts)


def _texts(call: str) -> list[str]:
    try:
        nodes = list(ast.walk(ast.parse(call)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def of_system(error: BaseException, scratch: str) -> str:
    """Return what the operating system did not permit, as ``guard`` says it, if that is what an exception comes from.

    Where no audit event tells what is done, the system refuses first. In ``scratch`` all is the code's own.
    """
    for cause in (error, error.__cause__, error.__context__):
        if not isinstance(cause, OSError) or cause.errno not in _NOT_PERMITTED | _TOO_MUCH:
            continue
        if cause.errno in _TOO_MUCH:
            return LIMITS
        if cause.strerror != os.strerror(cause.errno):  # somebody else's words
            continue
        if not isinstance(cause.filename, (str, bytes)):
            return f"do something that the system refuses ({cause.strerror})"
        path = os.fsdecode(cause.filename)
        if not os.path.realpath(path).startswith(scratch + os.sep):
            return f"use {path}, which the system refuses ({cause.strerror})"
    return ""


def of_words(words: str) -> str:
    """Return ``display`` where the words are those of a program that found none, else nothing."""
    return "display" if _DISPLAY.search(words) else ""


def _is_found(module: str) -> bool:
    package = module.partition(".")[0]
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError, AttributeError):
        return True


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""
