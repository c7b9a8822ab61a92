"""Cobertura's XML, as coverage.py and other tools write it."""

from __future__ import annotations

import posixpath
import re
from typing import IO, TYPE_CHECKING, Any

from greenline.adapters.report_content import FileCoverage, line_number, whole_number
from greenline.domain.coverage.model import EXIT, BranchesTold, Executed
from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONDITIONS = re.compile(r"\((\d{1,9})/(\d{1,9})\)")
_LONGEST = 1 << 26
_ABSOLUTE = re.compile(r"/|[A-Za-z]:[/\\]|\\\\")


def read_cobertura(stream: IO[bytes]) -> Iterator[FileCoverage]:
    """Yield the classes of a report, one after the other. Raises CoverageProblem, without the report's name.

    What XML can do to a reader (entities, external documents) is refused.
    """
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415 - only with the first such report

    from defusedxml.common import DefusedXmlException  # noqa: PLC0415 - as above
    from defusedxml.ElementTree import iterparse  # noqa: PLC0415 - as above

    sources: list[str] = []
    is_cobertura = measures_branches = False
    try:
        bounded = _Bounded(stream)
        for event, element in iterparse(bounded, events=("start", "end")):
            bounded.since = 0
            if event == "start":
                if not is_cobertura and element.tag != "coverage":
                    raise CoverageProblem(f"it begins with <{str(element.tag)[:40]}> and not with <coverage>")
                if not is_cobertura:
                    measures_branches = element.get("branches-valid", "0") != "0"
                is_cobertura = True
            elif element.tag == "source":
                sources.append((element.text or "").strip())
            elif element.tag == "class":
                yield _file(element, sources, measures_branches=measures_branches)
                element.clear()  # what was read need not be kept
            elif element.tag == "package":
                element.clear()
    except DefusedXmlException as error:
        raise CoverageProblem(f"it contains what no report needs and what is dangerous ({error})") from error
    except (ParseError, LookupError, ValueError) as error:  # the others of its encoding
        raise CoverageProblem(f"it is no XML ({error})") from error


class _Bounded:
    """A stream of which no more than a bit is read without anything coming of it: text is kept until it ends."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.since = 0

    def read(self, size: int = -1, /) -> bytes:
        """Read on. Raises CoverageProblem."""
        self.since += size
        if self.since > _LONGEST:
            raise CoverageProblem(f"{_LONGEST:,} bytes of it hold no element")
        return self._stream.read(size)


def _file(element: Any, sources: list[str], *, measures_branches: bool) -> FileCoverage:
    filename = element.get("filename")
    if not filename:
        raise CoverageProblem("a <class> of it has no filename")
    ran: set[int] = set()
    told: set[int] = set()
    untaken: set[tuple[int, int]] = set()
    unclear: set[int] = set()
    for line in element.iterfind("lines/line"):
        number = line_number(line.get("number"))
        if whole_number(line.get("hits")) > 0:
            ran.add(number)
        if line.get("branch") == "true":
            told.add(number)
            ends = [end.strip() for end in (line.get("missing-branches") or "").split(",") if end.strip()]
            untaken.update((number, EXIT if end == "exit" else line_number(end)) for end in ends)
            if not ends and not _all_taken(line.get("condition-coverage") or ""):
                unclear.add(number)
    branches = BranchesTold(frozenset(told), frozenset(untaken), frozenset(unclear))
    measured = measures_branches or bool(told)
    executed = Executed(frozenset(ran), frozenset(), branches) if measured else Executed(frozenset(ran))
    return FileCoverage(_names(filename, sources), executed)


def _all_taken(conditions: str) -> bool:
    """Tell whether ``100% (2/2)`` says that nothing is missing."""
    found = _CONDITIONS.search(conditions)
    return found is not None and int(found.group(1)) == int(found.group(2))


def _names(filename: str, sources: list[str]) -> tuple[str, ...]:
    if _ABSOLUTE.match(filename):
        return (filename,)
    joined = [posixpath.join(source.replace("\\", "/"), filename) for source in sources if source]
    return tuple(dict.fromkeys([*joined, filename]))
