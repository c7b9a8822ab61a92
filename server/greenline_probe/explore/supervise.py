"""The process that answers Explore requests: it forks a worker for each step and outlives whatever happens to it."""

from __future__ import annotations

import functools
import hashlib
import json
import mmap
import os
import select
import signal
import sys
import tempfile
import time
import traceback
from typing import Any, Callable

from greenline_probe import limits, system_calls, wire
from greenline_probe.explore import interruptions, project_makers, reasons, session
from greenline_probe.explore.budget import queued_seconds
from greenline_probe.explore.not_testable import NotTestable

Reply = Callable[[Any], None]

MAX_RESTARTS = 12
MAX_STUCK = 3
"""So many calls that have to be killed after ``STUCK_SECONDS`` are enough."""
STUCK_SECONDS = 3.0
IMPORT_SECONDS = 30.0
_TEXT_BYTES = 2000
_LAST_WORDS = 300
_LONGEST_ERROR = 200
_CRASHES = {signal.SIGSEGV: "segmentation fault", signal.SIGFPE: "a calculation that the processor cannot do"}
_REFUSED = getattr(signal, "SIGSYS", 0)


class _EndedEachTime(NotTestable):
    """Whatever was called ended the process; ``refused`` says how, in sentences."""

    def __init__(self, refused: list[str], reason: str = "") -> None:
        super().__init__(f"{reason}; {refused[0]}" if reason else refused[0])
        self.refused = refused


class _Failed(Exception):
    """A step of ours raised what it should not have; the message says what and where."""


def serve(request: wire.Explore, reply: Reply) -> None:
    """Explore and reply with cases, then with Explored. Never raises for the target's sake."""
    began = time.monotonic()
    try:
        found, avoided, ended = _search(request)
        judged = _judge(request, found, avoided, ended)
    except NotTestable as reason:
        refused = reason.refused if isinstance(reason, _EndedEachTime) else []
        seconds = time.monotonic() - began
        reply(wire.Explored(calls=0, reason=str(reason), not_testable=True, refused=refused, seconds=seconds))
        return
    except _Failed as failure:
        reply(wire.Explored(calls=0, reason=str(failure), failed=True, seconds=time.monotonic() - began))
        return
    for case in judged["cases"]:
        reply(wire.decode(case, wire.Case))
    ways = [reasons.ending(call, how) for call, how in ended]
    refusals = [*(what for what, _, _ in found["refusals"]), *ways]
    why, is_missing = reasons.why_nothing(found, ways)
    if not judged["cases"] and is_missing:
        found["accidents"] = []  # what went wrong before the obstacle says nothing about the code behind it
    reply(
        wire.Explored(
            calls=found["calls"],
            reason="" if judged["cases"] else judged.get("reason") or why,
            not_testable=not judged["cases"],
            mutants=judged["mutants"],
            killed=judged["killed"],
            refusals=refusals,
            hindered=reasons.hindrance(found["refusals"]),
            refused=interruptions.told(found, ended),
            accidents=[*judged.get("accidents", []), *found["accidents"]],
            missed=judged["missed"],
            survivors=judged.get("survivors", []),
            unnoticed=judged.get("unnoticed", []),
            properties=judged.get("properties", []),
            passed_on=judged.get("passed_on", {}),
            shadowed=judged.get("shadowed", False),
            seconds=time.monotonic() - began,
        )
    )


def _search(request: wire.Explore) -> tuple[dict[str, Any], list[str], list[list[str]]]:
    """Run the searching worker, again without the call that ended it, a few times; return those calls, and how."""
    avoided: list[str] = []
    ended: list[list[str]] = []
    most, stuck = 1 << 60, 0
    for attempt in range(MAX_RESTARTS + 1):
        # At last, make only the calls that went well: some of them may be worth a test.
        is_last = attempt == MAX_RESTARTS or stuck >= MAX_STUCK
        board = _Board(avoided, most if is_last else 1 << 60)
        worker = _Worker(functools.partial(session.search, request, announce=board.announce), board)
        try:
            result = worker.wait()
        except NotTestable as reason:
            if ended:  # without the calls that ended it nothing was left to try
                raise _EndedEachTime(_ways(ended), str(reason)) from reason
            raise
        if result is not None:
            return result, avoided, ended
        if not board.last():
            raise _EndedEachTime([reasons.ending_import(request.module, worker.how)])
        if is_last and attempt:
            break
        stuck += worker.is_stuck
        most = board.beats() - 1
        avoided.append(board.last())
        ended.append([board.last(), worker.how])
    raise _EndedEachTime(_ways(ended))


def _ways(ended: list[list[str]]) -> list[str]:
    """Say in what ways calls ended the process, one call of each."""
    return interruptions.told({"refusals": []}, ended)


def _judge(request: wire.Explore, found: dict[str, Any], avoided: list[str], ended: list[list[str]]) -> dict[str, Any]:
    """Run the judging worker, without calls that ended one; where mutants of the code do, without mutants."""
    nothing = {"cases": [], "mutants": 0, "killed": 0, "missed": []}
    if not found["candidates"]:
        return nothing
    for mutate in (True, True, False, False, False):
        board = _Board(avoided)
        worker = _Worker(
            functools.partial(session.judge, request, found, announce=board.announce, mutate=mutate), board
        )
        result = worker.wait()
        if result is not None:
            return result
        if not mutate:
            avoided.append(board.last())
            ended.append([board.last(), worker.how])
    return nothing


class _Board:
    """Shared with the worker: which call it makes now. What is written here survives the worker."""

    def __init__(self, avoided: list[str], most: int = 1 << 60) -> None:
        self.avoided = set(avoided)
        """What ``last`` has said of calls that ended a worker."""
        self.most = most
        self._memory = mmap.mmap(-1, 8 + 4 + _TEXT_BYTES)

    def announce(self, call: str) -> bool:
        """Note the call; False when it must not be made again, or when no more calls may be made."""
        text = _fitting(call)
        if (self.avoided and text.decode("utf-8", "replace") in self.avoided) or self.beats() >= self.most:
            return False
        self._memory[0:8] = (self.beats() + 1).to_bytes(8, "little")
        self._memory[8:12] = len(text).to_bytes(4, "little")
        self._memory[12 : 12 + len(text)] = text
        return True

    def beats(self) -> int:
        """Return how many calls were noted."""
        return int.from_bytes(self._memory[0:8], "little")

    def last(self) -> str:
        """Return the call noted last, empty before the first; of a long one its beginning and a digest."""
        length = int.from_bytes(self._memory[8:12], "little")
        return bytes(self._memory[12 : 12 + length]).decode("utf-8", "replace")


def _fitting(call: str) -> bytes:
    """Return the call as the board has room for it, different for different calls."""
    text = call.encode("utf-8", "backslashreplace")
    if len(text) <= _TEXT_BYTES:
        return text
    digest = hashlib.sha256(text).hexdigest()[:16].encode("ascii")
    return text[: _TEXT_BYTES - 30] + b" ... " + digest


class _Worker:
    """A forked child that runs one step and sends one JSON object back."""

    def __init__(self, work: Callable[[Callable[[Any], None]], None], board: _Board) -> None:
        self.board = board
        self.how = ""
        self.is_stuck = False
        self._read, write = os.pipe()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the last words have been read
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            limits.die_with_parent(parent)  # nobody else would end a call that never returns
            os.dup2(self._said.fileno(), 2)  # for the last words of one that dies
            limits.close_all_but(0, 1, 2, write)  # no way from the code under test to the server
            _be_worker(work, write)
        os.close(write)

    def wait(self) -> dict[str, Any] | None:
        """Return the result; None when the worker died or had to be killed (``how`` says it)."""
        try:
            data = self._receive()
        finally:
            os.close(self._read)
            self._end()
            said = self._last_words()
        if not data.endswith(b"\n"):
            self.how = self.how or f"{self._death}{f': {said}' if said and not self._was_killed else ''}"
            return None
        try:
            result: dict[str, Any] = json.loads(data.splitlines()[-1])  # the worker says one thing, and at its end
        except ValueError:
            self.how = "disturbed what exploring has to say"
            return None
        if "not_testable" in result:
            raise NotTestable(result["not_testable"])
        if "failed" in result:
            raise _Failed(result["failed"])
        return result

    def _receive(self) -> bytes:
        """Read until the worker closes its end; give up on one that makes no call for too long."""
        chunks: list[bytes] = []
        beats, since = self.board.beats(), self._clock()
        while True:
            ready, _, _ = select.select([self._read], [], [], 0.05)
            now = self._clock()
            if ready:
                chunk = os.read(self._read, 1 << 16)
                if not chunk:
                    return b"".join(chunks)
                chunks.append(chunk)
                since = now
            if self.board.beats() != beats:
                beats, since = self.board.beats(), now
            importing = not beats or self.board.last() == project_makers.LOADING
            if now - since > (IMPORT_SECONDS if importing else STUCK_SECONDS):
                self.how = f"did not end within {now - since:.0f} s"
                self.is_stuck = True
                return b""

    def _clock(self) -> float:
        """Return the time without what the worker waited for a processor: a busy machine makes nothing stuck."""
        return time.monotonic() - queued_seconds(f"/proc/{self.pid}/schedstat")

    def _end(self) -> None:
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        _, status = os.waitpid(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        self._was_killed = code == -signal.SIGKILL
        if code == -signal.SIGKILL:
            self._death = "ended the process: it was killed, or closed all its files"
        elif code == -_REFUSED:
            self._death = system_calls.REFUSED
        elif code < 0:
            number = signal.Signals(-code)
            self._death = f"crashed the interpreter ({_CRASHES.get(number, number.name)})"
        else:
            self._death = f"ended the process with exit code {code}, as os._exit does"

    def _last_words(self) -> str:
        """Return the last line that the worker, or what it crashed in, wrote to standard error."""
        with self._said as said:
            size = said.seek(0, os.SEEK_END)
            said.seek(max(0, size - _LAST_WORDS))
            lines = [" ".join(line.split()) for line in said.read().decode("utf-8", "replace").splitlines()]
        return next((line for line in reversed(lines) if line), "")


def _be_worker(work: Callable[[Callable[[Any], None]], None], write: int) -> None:
    """Run the step and leave; whatever the code under test set up to run at exit does not run."""

    def emit(message: Any) -> None:
        data = (json.dumps(message) + "\n").encode("ascii")
        while data:
            data = data[os.write(write, data) :]

    try:
        work(emit)
    except NotTestable as reason:
        emit({"not_testable": str(reason)})
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(last.filename)}:{last.lineno}"
        words = " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST_ERROR]
        emit({"failed": f"exploring failed with {words} ({where})"})
    finally:
        os._exit(0)
