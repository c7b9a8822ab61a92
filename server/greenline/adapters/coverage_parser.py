"""What a text could execute, by coverage.py's own parser, so that our figures are its figures."""

from __future__ import annotations

import re
import threading
import warnings
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from greenline.adapters.coverage_quick_parser import parser_class
from greenline.domain.coverage.model import Statements

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from coverage.parser import PythonParser

    from greenline.domain.coverage.model import Arc

_KEPT = 64
_PRAGMA = ("pragma", "PRAGMA")
_WHILE = ("while True:", "while 1:", "while False:", "while 0:")
_IF = ("if True:", "if 1:", "if False:", "if 0:")
_ONLY_WITH = {
    r"#\s*(pragma|PRAGMA)[:\s]?\s*(no|NO)\s*(cover|COVER)": _PRAGMA,
    r"#\s*(pragma|PRAGMA)[:\s]?\s*(no|NO)\s*(branch|BRANCH)": _PRAGMA,
    r"^\s*(((async )?def .*?)?[\])]+(\s*->.*?)?:\s*)?\.\.\.\s*(#|$)": ("...",),
    r"^\s*(((async )?def .*?)?\)(\s*->.*?)?:\s*)?\.\.\.\s*(#|$)": ("...",),
    r"^\s*if (typing\.)?TYPE_CHECKING:": ("TYPE_CHECKING:",),
    r"if (typing\.)?TYPE_CHECKING:": ("TYPE_CHECKING:",),
    r"^\s*while (True|1|False|0):": _WHILE,
    r"while (True|1|False|0):": _WHILE,
    r"^\s*if (True|1|False|0):": _IF,
    r"if (True|1|False|0):": _IF,
}
"""Patterns that coverage.py has by itself, with what a text must hold for one to match: most hold nothing of it."""


class CoverageParser:
    """Analyses texts and remembers the last few. coverage.py is imported with the first text, for a quick start."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, ...], tuple[Statements, tuple[str, ...]]] = OrderedDict()
        # Also because warnings are silenced for the whole process while a text is parsed.
        self._lock = threading.Lock()

    def get_ready(self) -> None:
        """Import coverage.py now."""
        self.analyse("pass\n")

    def analyse(
        self, text: str, excluded: Sequence[str] = (), partial: Sequence[str] = ()
    ) -> tuple[Statements, list[str]]:
        """Return the statements and the problems in words; a text that does not parse has no statements.

        ``excluded`` and ``partial`` are the patterns of lines that do not count and of lines whose branches do not;
        empty means coverage.py's own.
        """
        with self._lock:
            # The same patterns, named or not, give the same statements.
            excluded, partial = _patterns(excluded, partial)
            key = (text, *excluded, "\0", *partial)
            if key in self._known:
                self._known.move_to_end(key)
            else:
                self._known[key] = _analyse(text, excluded, partial)
                if len(self._known) > _KEPT:
                    self._known.popitem(last=False)
            statements, problems = self._known[key]
        return statements, list(problems)


def _patterns(excluded: Sequence[str], partial: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the patterns in force."""
    from coverage import config  # noqa: PLC0415 - 180 ms, not before the server has answered

    own = [*config.DEFAULT_PARTIAL, *config.DEFAULT_PARTIAL_ALWAYS]
    return tuple(excluded or config.DEFAULT_EXCLUDE), tuple(partial or own)


def _analyse(text: str, excluded: Sequence[str], partial: Sequence[str]) -> tuple[Statements, tuple[str, ...]]:
    from coverage.exceptions import CoverageException  # noqa: PLC0415 - as above

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _parse(_normalized(text), excluded, partial), ()
    except CoverageException as error:
        problem = _in_words(error)
    except re.error as error:
        problem = f"an exclusion pattern of the coverage configuration is not valid: {error}"
    except (RecursionError, MemoryError):
        problem = "the source is nested too deeply to be parsed"
    except ValueError as error:
        problem = f"the source holds characters that Python refuses: {error}"
    except AssertionError:  # coverage.py's parser met something it does not know
        problem = "coverage.py cannot analyse this source"
    return Statements(), (problem,)


def _parse(source: str, excluded: Sequence[str], partial: Sequence[str]) -> Statements:
    from coverage.misc import join_regex  # noqa: PLC0415 - as above

    if not source.strip():
        return Statements()
    excluding, parting = (join_regex(_that_may_match(patterns, source)) for patterns in (excluded, partial))
    parser = parser_class()(text=source, filename="<text>", exclude=excluding or None)
    parser.parse_source()
    return _statements(parser, parting)


def _that_may_match(patterns: Sequence[str], text: str) -> list[str]:
    return [each for each in patterns if each not in _ONLY_WITH or any(word in text for word in _ONLY_WITH[each])]


def _normalized(text: str) -> str:
    """Return what coverage.py makes of the bytes before it parses them."""
    source = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
    return source if source.endswith("\n") else source + "\n"


def _statements(parser: PythonParser, no_branch: str) -> Statements:
    exits: dict[int, set[int]] = {}
    for start, end in parser.arcs():
        if start not in parser.excluded and end not in parser.excluded:
            exits.setdefault(start, set()).add(end)
    return Statements(
        lines=frozenset(parser.statements),
        excluded=frozenset(parser.excluded),
        first_line=_first_lines(parser),
        branches={line: frozenset(ends) for line, ends in exits.items() if len(ends) > 1},
        with_jumps=with_jumps(parser._with_jump_fixers),  # noqa: SLF001 - translate_arcs applies them, but not to ours
        no_branch=frozenset(parser.lines_matching(no_branch) if no_branch else ()),
    )


def with_jumps(fixers: Mapping[Arc, Any]) -> dict[Arc, Arc | None]:
    """Return what corrects each arc out of a ``with``: another one, or None for one that tells nothing.

    Before 7.17, the first for Python 3.11, coverage.py tells of each arc from the end of the block back to its ``with``
    two others: from there on, and both in one.
    """
    if not any(told is not None and isinstance(told[0], tuple) for told in fixers.values()):
        return dict(fixers)
    after = {onward[0]: onward[1] for onward, _ in fixers.values()}
    found: dict[Arc, Arc | None] = {(end, start): (end, _behind(start, after, fixers)) for end, start in fixers}
    return found | {(start, line): None for start, line in after.items() if (start, start) not in fixers}


def _behind(start: int, after: Mapping[int, int], fixers: Collection[Arc]) -> int:
    """Return where a ``with`` leads that may be the end of another."""
    line = after[start]
    while (start, line) in fixers and line in after:
        start, line = line, after[line]
    return line


def _first_lines(parser: PythonParser) -> dict[int, int]:
    """Return the lines of the statements that span several; the parser's own map of them has had several names."""
    found: dict[int, int] = {}
    lines: Iterable[int] | None = getattr(parser, "multiline_map", None)
    for line in range(1, parser.text.count("\n") + 1) if lines is None else lines:
        first = parser.first_line(line)
        if first != line:
            found[line] = found[first] = first
    return found


def _in_words(error: Exception) -> str:
    cause = error.__cause__
    if isinstance(cause, SyntaxError):
        where = f" at line {cause.lineno}" if cause.lineno else ""
        return f"syntax error{where}: {cause.msg}"
    return str(error)
