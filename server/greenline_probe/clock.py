"""The same call on another day, in another folder: what depends on either is no fact about the code."""

from __future__ import annotations

import contextlib
import copyreg
import datetime
import os
import sys
import time
import types
from collections.abc import Collection, Iterator
from typing import Any

SHIFTS = tuple(
    datetime.timedelta(days=days, hours=hours, minutes=17)
    for days, hours in ((403, 5), (37, 11), (96, 3), (190, 15), (290, 19), (412, 22))
)
"""Other years, seasons, weekdays and hours."""
_OWN = os.path.dirname(os.path.abspath(__file__))
_WALL_CLOCK = {"time", "time_ns", "localtime", "gmtime", "strftime", "ctime", "asctime", "now", "today", "utcnow"}
_RANDOM = {"random", "getrandbits", "urandom"}
_OF_WORDS = f"{os.sep}_strptime.py"
"""The library that reads dates asks for the names of months and days, and not what time it is."""


class Watch:
    """Notices whether the code looks at the clock (``asked``) or draws random numbers (``drew``)."""

    def __init__(self) -> None:
        self.asked = False
        self.drew = False

    def __enter__(self) -> Watch:  # noqa: PYI034 - Self is newer than 3.9
        sys.setprofile(self._event)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _event(self, frame: types.FrameType, event: str, called: Any) -> None:
        if event != "c_call":
            return
        name = getattr(called, "__name__", "")
        if name in _RANDOM:
            self.drew = self.drew or not frame.f_code.co_filename.startswith(_OWN)
        if name not in _WALL_CLOCK:
            return
        owner = getattr(called, "__self__", None)
        is_clock = owner is time or (isinstance(owner, type) and issubclass(owner, datetime.date))
        if is_clock and not frame.f_code.co_filename.startswith(_OWN) and not _names_days(frame):
            self.asked = True


def _names_days(frame: types.FrameType) -> bool:
    return frame.f_code.co_filename.endswith(_OF_WORDS)


_now = [SHIFTS[0]]


def _real(kind: type) -> Any:
    """Return Python's class behind one that a frozen clock has put in its place."""
    return next(each for each in kind.__mro__ if type(each) is type and each.__module__ == "datetime")


_DATETIME, _DATE = _real(datetime.datetime), _real(datetime.date)
_CLASSES = (_DATETIME, _DATE)


def made(name: str, *arguments: Any) -> Any:
    """Make an instance of a class of ``datetime``: what pickles of another day call."""
    return getattr(datetime, name)(*arguments)


def _reduced(value: Any) -> tuple[Any, ...]:
    kind, arguments = value.__reduce_ex__(4)[:2]
    return made, (kind.__name__, *arguments)


def _shift() -> datetime.timedelta:
    return _now[0]


class _Kind(type):
    """Takes the real class's instances for its own, and makes no others: their text names their class."""

    def __call__(cls, *args: Any, **named: Any) -> Any:
        return cls.__mro__[1](*args, **named)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.__mro__[1])


class _LaterDatetime(_DATETIME, metaclass=_Kind):  # type: ignore[misc, valid-type]
    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.datetime.now(tz) + _shift()

    @classmethod
    def utcnow(cls) -> Any:
        return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) + _shift()

    @classmethod
    def today(cls) -> Any:
        return datetime.datetime.now() + _shift()  # noqa: DTZ005 - as the original is


class _LaterDate(_DATE, metaclass=_Kind):  # type: ignore[misc, valid-type]
    @classmethod
    def today(cls) -> Any:
        return datetime.date.today() + _shift()  # noqa: DTZ011 - as the original is


@contextlib.contextmanager
def another_day(packages: Collection[str], shift: datetime.timedelta = SHIFTS[0]) -> Iterator[None]:
    """Let the modules of these top-level packages see a later time, wherever they hold the clock.

    Where the tests have stopped the clock already, it stays as they want it: it is the same on each day.
    """
    if datetime.datetime is not _DATETIME:
        yield
        return
    undo: list[tuple[Any, str, Any]] = []

    def put(owner: Any, name: str, value: Any) -> None:
        undo.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    before = _now[:]
    try:
        _now[:] = [shift]
        _shift_time(put, shift.total_seconds())
        later = types.ModuleType("datetime")
        vars(later).update({**vars(datetime), "datetime": _LaterDatetime, "date": _LaterDate})
        others = {id(datetime.datetime): _LaterDatetime, id(datetime.date): _LaterDate, id(datetime): later}
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] in packages and module is not None:
                _shift_module(module, others, put)
        sys.modules["datetime"] = later  # for those who import it when they are called
        copyreg.dispatch_table.update(dict.fromkeys(_CLASSES, _reduced))  # pickle looks its class up there
        yield
    finally:
        _now[:] = before
        sys.modules["datetime"] = datetime
        for kind in _CLASSES:
            copyreg.dispatch_table.pop(kind, None)
        for owner, name, value in reversed(undo):
            setattr(owner, name, value)


@contextlib.contextmanager
def another_folder(folder: str) -> Iterator[None]:
    """Run in a folder that is not empty, as a project's is not."""
    here = os.getcwd()
    inner = os.path.join(folder, "here")
    os.makedirs(os.path.join(inner, "folder"), exist_ok=True)
    for place in (folder, inner):  # a relative path may lead upwards
        for name in ("data.txt", "x.py", "note.md", "abc"):
            _write(os.path.join(place, name), "other\n")
    os.chdir(inner)
    try:
        yield
    finally:
        os.chdir(here)


def _write(path: str, text: str) -> None:
    """Write the file unless it is there as it should be: this is done for each call that is judged."""
    try:
        if os.stat(path).st_size == len(text):
            return
    except OSError:
        pass
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _shift_time(put: Any, seconds: float) -> None:
    real = {name: getattr(time, name) for name in ("time", "time_ns", "localtime", "gmtime", "strftime", "ctime")}
    put(time, "time", lambda: real["time"]() + seconds)
    put(time, "time_ns", lambda: real["time_ns"]() + int(seconds) * 10**9)
    for name in ("localtime", "gmtime", "ctime"):
        put(time, name, lambda secs=None, name=name: real[name](real["time"]() + seconds if secs is None else secs))
    put(
        time,
        "strftime",
        lambda form, *t: real["strftime"](form, *(t or (real["localtime"](real["time"]() + seconds),))),
    )


def _shift_module(module: Any, others: dict[int, Any], put: Any) -> None:
    for name, value in list(vars(module).items()):
        if id(value) in others:
            put(module, name, others[id(value)])
        elif isinstance(value, type) and value.__module__ == module.__name__:
            for cell in getattr(vars(value).get("__init__"), "__closure__", None) or ():
                held: Any = getattr(cell, "cell_contents", None) if _is_filled(cell) else None
                owner = getattr(held, "__self__", None)
                if id(owner) in others and hasattr(held, "__name__"):  # a dataclass's default factory
                    put(cell, "cell_contents", getattr(others[id(owner)], held.__name__))


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False
