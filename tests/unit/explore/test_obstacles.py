"""What is missing while exploring is told from what happened, and said so that a person knows what to do."""

from __future__ import annotations

import errno
import importlib
import socket
import sqlite3
import termios
from typing import TYPE_CHECKING, Any

import pytest

from greenline_probe.explore import obstacles, reasons

if TYPE_CHECKING:
    from collections.abc import Callable


def class_named(name: str, *bases: type, module: str = "driver") -> type[Exception]:
    return type(name, bases or (Exception,), {"__module__": module})


DATABASE_ERROR = class_named("DatabaseError", class_named("Error"))
ERRORS: dict[str, tuple[Exception, str]] = {
    "tk": (class_named("TclError", module="_tkinter")("no display name and no $DISPLAY environment"), "display"),
    "xlib": (class_named("DisplayNameError")('Bad display name ""'), "display"),
    "pygame": (class_named("error", module="pygame")("No available video device"), "display"),
    "asks for DISPLAY": (KeyError("DISPLAY"), "display"),
    "another key": (KeyError("SPLAY"), ""),
    "sqlite": (sqlite3.OperationalError("no such table: users"), "database"),
    "wrong SQL": (sqlite3.OperationalError('near "SELEC": syntax error'), ""),
    "another driver": (
        class_named("OperationalError", DATABASE_ERROR)('connection to server at "db" failed'), "database",
    ),
    "refused, at a database's port": (ConnectionRefusedError("localhost:6379"), "database"),
    "a client's own error": (class_named("ServerSelectionTimeoutError")("localhost:27017: refused"), "database"),
    "refused": (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "network"),
    "no such host": (socket.gaierror(-2, "Name or service not known"), "network"),
    "terminal settings": (termios.error(25, "Inappropriate ioctl for device"), "terminal"),
    "no terminal's size": (OSError(errno.ENOTTY, "Inappropriate ioctl for device"), "terminal"),
    "a file of the code's own": (FileNotFoundError(2, "No such file", "/etc/app.ini"), "file"),
    "a file that the call invented": (FileNotFoundError(2, "No such file", "/here/abc"), ""),
    "a package": (ModuleNotFoundError("No module named 'no_such'", name="no_such"), "package"),
    "a part of one": (ModuleNotFoundError("No module named 'json.no_such'", name="json.no_such"), ""),
    "an index": (IndexError("list index out of range"), ""),
    "the project's own display": (ValueError("display name is too long"), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_what_an_exception_says_is_missing(name: str) -> None:
    error, missing = ERRORS[name]
    assert obstacles.of_error(error, "load('abc')") == missing


def statement(_: str) -> None:
    import no_such_plugins_abc  # type: ignore[import-not-found] # noqa: F401 - is not there


def of_a_fixed_name(_: str) -> None:
    importlib.import_module("no_such")


def made_of_the_argument(name: str) -> None:
    importlib.import_module(f"no_such_{name.lower()}")


@pytest.mark.parametrize(
    ("load", "missing"), [(statement, "package"), (of_a_fixed_name, "package"), (made_of_the_argument, "")]
)
@pytest.mark.parametrize("name", ["abc", "Abc", "abc.d", "", "\t"])
def test_a_module_whose_name_the_call_made_up_is_not_missing(
    load: Callable[[str], None], missing: str, name: str
) -> None:
    with pytest.raises(ModuleNotFoundError) as raised:
        load(name)

    assert obstacles.of_error(raised.value, f"load({name!r})") == missing
    assert obstacles.of_error(raised.value) == "package", "without a call nobody made it up"


@pytest.mark.parametrize(
    ("what", "kind", "missing"),
    [
        ("connect to 10.0.0.1:443", "network", "network"),
        ("look up db.example.org:5432", "network", "database"),
        ("open the database /srv/app.db", "write", "database"),
        ("write to /srv/app.log", "write", "write"),
        ("run git --version", "process", "process"),
        (obstacles.TERMINAL, "", "terminal"),
    ],
)
def test_what_a_refused_call_needs(what: str, kind: str, missing: str) -> None:
    assert obstacles.of_refusal(what, kind) == missing
    said = reasons.needs(missing, what)
    assert f": it wants to {what}, " in said
    assert said.endswith(".")


@pytest.mark.parametrize("what", [obstacles.THREADS, obstacles.memory(), "use more than 4 GiB of memory"])
def test_too_much_is_no_need_of_the_code(what: str) -> None:
    kind = obstacles.of_refusal(what, "")
    assert kind == "memory"
    assert not reasons.is_hindrance(kind)


def found(**given: Any) -> dict[str, Any]:
    return {"kinds": {}, "refusals": [], "accidents": [], "obstacles": {}, "slow": None, "bare": [], **given}


SEEN: dict[str, tuple[dict[str, Any], str]] = {
    "slow": (
        found(kinds={"timeout": 12}, slow=["wait(3)", 1.234, True, 0.3]),
        "it is too slow to explore: each call takes longer than 0.3 s; `wait(3)` took 1.2 s",
    ),
    "slower": (
        found(kinds={"timeout": 12}, slow=["wait(3)", 2.01, False, 0.3]),
        "it is too slow to explore: each call takes longer than 0.3 s; `wait(3)` had not ended after 2 s",
    ),
    "without an end": (
        found(kinds={"timeout": 12}, slow=["count(3)", 0.01, False, 0.3]),
        "what `count(3)` yields had no end",
    ),
    "types": (
        found(kinds={"raise": 5}, accidents=[{"call": "f(3)", "error": "AttributeError: x"}], bare=["a", "b", "c"]),
        (
            "no call that was tried ended as the code intends; for example `f(3)` raises AttributeError: x. "
            "Type annotations on `a`, `b` and `c` would help."
        ),
    ),
    "nothing": (found(kinds={"value": 5}), "nothing that its calls return or change can be asserted"),
}


@pytest.mark.parametrize("name", SEEN)
def test_why_no_call_became_a_test(name: str) -> None:
    seen, words = SEEN[name]
    assert reasons.why_nothing(seen, []) == (words, False)


def test_what_went_wrong_before_an_obstacle_is_not_the_reason() -> None:
    seen = found(
        kinds={"raise": 4},
        accidents=[{"call": "f('ü')", "error": "UnicodeError: x"}],
        obstacles={"display": [3, "f('a')", "TclError: no display"]},
    )
    words, is_missing = reasons.why_nothing(seen, [])
    assert (is_missing, words.partition(": ")[0]) == (True, "it needs a display")


def test_a_call_that_crashed_without_a_display_says_so() -> None:
    assert reasons.ending("f(1)", "crashed the interpreter (SIGABRT)") == (
        "the call `f(1)` crashed the interpreter (SIGABRT)"
    )
    words = "crashed the interpreter (SIGABRT): qt.qpa.xcb: could not connect to display"
    assert reasons.ending("f(1)", words).startswith("it needs a display: the call `f(1)` crashed")
