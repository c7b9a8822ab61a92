"""LCOV tracefiles, as geninfo(1) describes them and coverage.py writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from greenline.adapters.report_content import FileCoverage, line_number, whole_number
from greenline.domain.coverage.model import EXIT, BranchesTold, Executed
from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

_JUMP = re.compile(r"jump to line (\d{1,9})$")
"""How coverage.py names a branch that stays in its function; others leave it."""
_BRANCH_FIELDS = 3
_LONGEST = 1 << 16


def read_lcov(stream: IO[str]) -> Iterator[FileCoverage]:
    """Yield the files of a tracefile, one after the other. Raises CoverageProblem, without the report's name."""
    record: _Record | None = None
    is_empty = True
    for number, line in _lines(stream):
        key, _, value = line.rstrip("\r\n").partition(":")
        if key == "SF":
            record = _Record(value)
        elif record is None:
            if key not in {"", "TN"} and not key.startswith("#"):
                raise CoverageProblem(f"line {number} of it belongs to no file")
        elif key == "DA":
            record.add_line(value)
        elif key == "BRDA":
            record.add_branch(value)
        elif key == "end_of_record":
            yield record.file()
            record, is_empty = None, False
    if record is not None:
        raise CoverageProblem(f"it ends in the middle of {record.name}")
    if is_empty:
        raise CoverageProblem("it tells of no file")


def _lines(stream: IO[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers. Raises CoverageProblem for one without an end."""
    for number, line in enumerate(iter(lambda: stream.readline(_LONGEST), ""), 1):
        if len(line) == _LONGEST:
            raise CoverageProblem(f"line {number} of it is longer than {_LONGEST:,} characters")
        yield number, line


@dataclass
class _Record:
    name: str
    ran: set[int] = field(default_factory=set)
    told: set[int] = field(default_factory=set)
    untaken: set[tuple[int, int]] = field(default_factory=set)
    unclear: set[int] = field(default_factory=set)

    def add_line(self, value: str) -> None:
        """``DA:line,hits[,checksum]``."""
        line, _, rest = value.partition(",")
        if whole_number(rest.partition(",")[0]) > 0:
            self.ran.add(line_number(line))

    def add_branch(self, value: str) -> None:
        """``BRDA:line,block,branch,taken``; ``taken`` is ``-`` where the line never ran."""
        parts = value.split(",", _BRANCH_FIELDS - 1)
        branch, _, taken = parts[-1].rpartition(",")
        if len(parts) < _BRANCH_FIELDS or not branch:
            raise CoverageProblem(f"it has the branch {value[:40]!r}")
        line = line_number(parts[0])
        self.told.add(line)
        if taken != "-" and whole_number(taken) > 0:
            return
        if branch.isdecimal():  # a mere number: nobody can tell which it is
            self.unclear.add(line)
            return
        jump = _JUMP.match(branch)
        self.untaken.add((line, int(jump.group(1)) if jump else EXIT))

    def file(self) -> FileCoverage:
        told = BranchesTold(frozenset(self.told), frozenset(self.untaken), frozenset(self.unclear))
        ran = frozenset(self.ran)
        # Without any branch in it, nobody knows whether there was none or none was measured.
        return FileCoverage((self.name,), Executed(ran, frozenset(), told) if self.told else Executed(ran))
