"""The JSON report of coverage.py, formats 2 and 3 (``coverage json``), a file at a time."""

from __future__ import annotations

import json
import re
from typing import IO, TYPE_CHECKING, Any

from greenline.adapters.report_content import FileCoverage, line_number, whole_number
from greenline.domain.coverage.contexts import bits_of
from greenline.domain.coverage.model import Executed
from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORMATS = (2, 3)
_CHUNK = 1 << 20
_LONGEST = 1 << 28
_BLANK = re.compile(r"[ \t\n\r]*")
_AN_ARC = 2
_LONGEST_WORD = 16
"""No literal and no escape has more characters."""


def read_coverage_json(stream: IO[str]) -> Iterator[FileCoverage]:
    """Yield the files of a report, one after the other. Raises CoverageProblem, without the report's name."""
    text = _Text(stream)
    try:
        for key in text.keys():  # noqa: SIM118 - not those of a dict
            if key == "files":
                for name in text.keys():  # noqa: SIM118 - as above
                    yield _file(name, text.value())
            elif key == "meta":
                _look_at(text.value())
            else:
                text.value()
    except (ValueError, RecursionError) as error:
        raise CoverageProblem(f"it is no JSON, or cut off ({error})") from error


class _Text:
    """Reads one value after the other, and keeps no more than that in memory."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._at = 0

    def keys(self) -> Iterator[str]:
        """Yield the keys of the object that begins here; whoever takes one reads its value."""
        self._expect("{")
        if self._next() == "}":
            self._at += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise ValueError(f"a key is {key!r}"[:80])  # noqa: TRY004 - what every fault of the text raises
            self._expect(":")
            yield key
            if self._next() == "}":
                self._at += 1
                return
            self._expect(",")

    def value(self) -> Any:
        """Return the value that begins here."""
        self._next()
        chunk = _CHUNK
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except ValueError as error:
                if not _may_go_on(error, len(self._text)) or not self._more(chunk):
                    raise
                chunk *= 2
                continue
            if end == len(self._text) and self._more(chunk):  # a number may go on
                continue
            self._at = end
            return value

    def _expect(self, sign: str) -> None:
        if self._next() != sign:
            raise ValueError(f"{sign!r} is missing")
        self._at += 1

    def _next(self) -> str:
        """Return the next sign that is no blank, empty at the end."""
        while True:
            found = _BLANK.match(self._text, self._at)
            assert found is not None  # it matches nothing at all, too
            self._at = found.end()
            if self._at < len(self._text) or not self._more(_CHUNK):
                return self._text[self._at : self._at + 1]

    def _more(self, size: int) -> bool:
        """Read on; what was used is let go."""
        read = self._stream.read(size)
        if len(self._text) - self._at > _LONGEST:
            raise CoverageProblem(f"one value of it is longer than {_LONGEST:,} characters")
        if read:
            self._text = self._text[self._at :] + read
            self._at = 0
        return bool(read)


def _may_go_on(error: ValueError, length: int) -> bool:
    """Tell whether a value that is cut off may be whole with more text: what is wrong before the end stays wrong."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.msg.startswith("Unterminated string") or error.pos > length - _LONGEST_WORD


def _look_at(meta: Any) -> None:
    known = meta.get("format") if isinstance(meta, dict) else None
    if known not in _FORMATS:
        raise CoverageProblem(
            f"its format is {str(known)[:40]}, and Greenline reads {' and '.join(map(str, _FORMATS))}"
        )


def _file(name: str, said: Any) -> FileCoverage:
    if not isinstance(said, dict):
        raise CoverageProblem(f"what it says of {name[:200]} is no object")
    lines = frozenset(map(line_number, _list(said.get("executed_lines"), name)))
    arcs = None
    if "executed_branches" in said:
        arcs = frozenset(_arc(arc) for arc in _list(said["executed_branches"], name))
    return FileCoverage((name,), Executed(lines, arcs), _contexts(said.get("contexts"), name))


def _contexts(said: Any, name: str) -> dict[str, int] | None:
    """Turn line -> contexts around."""
    if said is None:
        return None
    if not isinstance(said, dict):
        raise CoverageProblem(f"the contexts of {name[:200]} are no object")
    found: dict[str, list[int]] = {}
    for line, contexts in said.items():
        number = line_number(line)
        for context in _list(contexts, name):
            found.setdefault(str(context), []).append(number)
    return {context: bits_of(lines) for context, lines in found.items()}


def _arc(value: Any) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != _AN_ARC:
        raise CoverageProblem(f"it has the branch {str(value)[:40]}")
    return line_number(value[0]), whole_number(value[1])


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise CoverageProblem(f"what it says of {name[:200]} has no list where one should be")
    return value
