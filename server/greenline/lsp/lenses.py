"""Code lenses: over each function and class its coverage, "Generate test" and "Run tests"; on top what is wrong.

The lens with the figures is resolved when it comes into view: only then is it asked which tests reach the function.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from greenline.domain.code.model import Class, Function
from greenline.domain.code.regions import own_lines
from greenline.domain.coverage.mapping import summarize
from greenline.domain.coverage.model import Ratio, Summary
from greenline.lsp import names
from greenline.lsp.covering import counted, methods_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from greenline.domain.code.model import Module
    from greenline.domain.coverage.model import Gap
    from greenline.domain.generation.model import Strength
    from greenline.lsp.findings import Noticed
    from greenline.lsp.pictures import Shown
    from greenline.lsp.positions import Positions
    from greenline.lsp.session import Session
    from greenline.services.picture import Picture

_RUNNABLE = {"no-data", "outdated", "unreadable"}
"""States that a run of the tests would mend."""
_SHORT = {"no-data": "No coverage data yet", "outdated": "Changed after its coverage was measured"}
"""What is wrong, where a lens beside it does what the whole message says."""

Lens = dict[str, Any]
"""As JSON has it; there are thousands in a large file."""


async def lenses(session: Session, uri: str) -> list[Lens]:
    """Return the lenses of one document; none where they are switched off. Those without a command are unresolved."""
    if not session.settings.code_lens:
        return []
    shown = await session.pictures.of(uri)
    if shown is None:
        return []
    positions = session.positions(shown.document.text)
    found = _of_file(shown, positions)
    if not names.is_test_file(shown.document.path):
        found += _Definitions(shown, positions).lenses()
    if not session.may_run:
        found = [lens for lens in found if lens.get("command", {}).get("command") not in names.RUNS_CODE]
    return found


async def resolve(session: Session, lens: types.CodeLens) -> types.CodeLens:
    """Give a lens its figures, as they are now; all that is needed is in its data."""
    uri, qualname = _data(lens, "uri"), _data(lens, "qualname")
    shown = await session.pictures.of(uri) if uri else None
    definition = _definition(shown.picture, qualname, lens.range.start.line + 1) if shown else None
    if shown is None or definition is None:
        return types.CodeLens(lens.range, command=types.Command("", ""), data=lens.data)
    told = await session.findings.of(shown.document)
    strength = _Strength(told.strengths.get(qualname), told.noticed.get(qualname))
    known = await session.covering.of(shown.document)
    inside = [definition] if isinstance(definition, Function) else methods_of(definition, shown.picture.module)
    command = _coverage(session, shown, definition, strength, counted(known.of_functions(inside)))
    return types.CodeLens(lens.range, command=command, data=lens.data)


def class_column(of: Class, line: str) -> int:
    """Return where the name of a class stands in its line."""
    name = of.qualname.rpartition(".")[2]
    return max(line.find(name, line.find("class") + len("class")), 0)


def function_summary(picture: Picture, of: Function, shared: Collection[str] | None = None) -> Summary | None:
    """Return the figures of one definition; None: not counted.

    ``shared`` are the names that several definitions have, as a property's getter and setter; None: look for them.
    """
    if shared is None:
        shared = _shared(picture.module)
    if of.qualname not in shared or picture.map is None:
        return picture.functions.get(of.qualname)
    summary = summarize(picture.map, of, picture.module)
    return summary if summary.lines.total else None


def class_summary(picture: Picture, of: Class) -> Summary | None:
    """Return the figures of all functions that stand in a class; None where none of them counts."""
    inside = {f.qualname for f in methods_of(of, picture.module)}
    found = [picture.functions[name] for name in sorted(inside) if name in picture.functions]
    return _added(found) if found else None


def _added(summaries: Sequence[Summary]) -> Summary:
    lines, branches = [one.lines for one in summaries], [one.branches for one in summaries]
    return Summary(_sum(lines), _sum(branches))


def _sum(ratios: Sequence[Ratio]) -> Ratio:
    return Ratio(sum(ratio.covered for ratio in ratios), sum(ratio.total for ratio in ratios))


def _of_file(shown: Shown, positions: Positions) -> list[Lens]:
    picture = shown.picture
    if picture.state == "measured" or not picture.message:
        return []
    top = positions.plain_range(1, 0, 0)
    short = _SHORT.get(picture.state, picture.message)
    told = {"title": short, "command": "", **({"tooltip": picture.message} if short != picture.message else {})}
    found: list[Lens] = [{"range": top, "command": told}]
    if picture.state in _RUNNABLE:
        run = {
            "title": "Run tests with coverage", "command": names.RUN_TESTS, "arguments": [{"uri": shown.document.uri}],
        }  # fmt: skip
        found.append({"range": top, "command": run})
    return found


@dataclass(frozen=True, slots=True)
class _Definitions:
    """The functions and classes of one picture."""

    shown: Shown
    positions: Positions

    def lenses(self) -> list[Lens]:
        changed = sorted(self.shown.picture.map.unknown) if self.shown.picture.map else []
        module = self.shown.picture.module
        definitions: list[Function | Class] = [f for f in module.functions if not f.is_local]
        functions = {f.qualname for f in module.functions}
        # A class in a function is named after it, as the functions there are.
        definitions += [of for of in module.classes if functions.isdisjoint(_around(of.qualname))]
        definitions.sort(key=attrgetter("line"))
        shared = _shared(module)
        return [lens for one in definitions for lens in self._over(one, changed, shared)]

    def _over(self, of: Function | Class, changed: Sequence[int], shared: Collection[str]) -> Iterator[Lens]:
        picture, document = self.shown.picture, self.shown.document
        if isinstance(of, Function):
            summary, column = function_summary(picture, of, shared), of.name_column
            if summary is None and _is_left_out(picture, of):
                return
        else:
            summary, column = class_summary(picture, of), class_column(of, document.lines[of.line - 1])
            if summary is None:
                return
        name = of.qualname.rpartition(".")[2]
        where = self.positions.plain_range(of.line, column, column + len(name))
        target = names.target(document.uri, of.qualname, document.version)
        if summary is not None:
            yield {"range": where, "data": target}
        if summary is None or summary.whole_percent < 100 or self._has_changed(of, changed):  # noqa: PLR2004 - complete
            title = "Generate test" if isinstance(of, Function) else "Generate tests"
            yield {"range": where, "command": _command(title, names.GENERATE_TEST, target, f"{title} for {name}")}
        if summary is not None and summary.lines.covered:
            said = f"Run the tests that reach {name}"
            yield {"range": where, "command": _command("Run tests", names.RUN_COVERING_TESTS, target, said)}

    def _has_changed(self, of: Function | Class, changed: Sequence[int]) -> bool:
        at = bisect_left(changed, of.line)
        return at < len(changed) and changed[at] <= of.end_line and bool(_changed(self.shown.picture, of))


@dataclass(frozen=True, slots=True)
class _Strength:
    """What is known of how strong the tests of a function are: of those that were just written, and of all of them."""

    new: Strength | None
    all: Noticed | None

    @property
    def words(self) -> str:
        """Empty where nothing is known."""
        if self.all:
            return f"{self.all.strength.words} noticed"
        return f"new tests notice {self.new.words}" if self.new else ""

    @property
    def first_unnoticed(self) -> tuple[int, int] | None:
        """Line and column."""
        return (self.all.unnoticed[0][0], 0) if self.all and self.all.unnoticed else None


def _command(title: str, name: str, target: Mapping[str, Any], said: str) -> Lens:
    """Return a lens's command; ``said`` is for who points at it or has it read out, and may not see what it is over."""
    return {"title": title, "command": name, "arguments": [target], "tooltip": said}


def _coverage(session: Session, shown: Shown, of: Function | Class, strength: _Strength, tests: str) -> types.Command:
    picture = shown.picture
    summary = function_summary(picture, of) if isinstance(of, Function) else class_summary(picture, of)
    if summary is None:
        return types.Command("", "")
    title = f"{of.qualname.rpartition('.')[2]}: {summary.whole_percent} %"
    gaps = _gaps(picture, of)
    if gaps:
        title += f" · {len(gaps)} {'gap' if len(gaps) == 1 else 'gaps'}"
    if changed := _changed(picture, of):
        title += f" · {changed} {'line' if changed == 1 else 'lines'} changed since"
    if tests and summary.lines.covered:
        title += f" · {tests}"
    if words := strength.words:
        title += f" · {words}"
    said = names.figures(summary)
    place, where = strength.first_unnoticed, "Go to the first change that no test notices"
    if gaps:
        place, where = (gaps[0].span.start_line, gaps[0].span.start_column), "Go to the first gap"
    if place is None or not session.client.shows_documents:
        return types.Command(title, "", said)
    argument = {"uri": shown.document.uri, "line": place[0], "column": place[1]}
    return types.Command(title, names.SHOW_GAP, f"{said} {where}", arguments=[argument])


def _gaps(picture: Picture, of: Function | Class) -> list[Gap]:
    if isinstance(of, Function):
        return [g for g in picture.gaps if g.function == of.qualname and of.line <= g.span.start_line <= of.end_line]
    inside = {f.qualname for f in methods_of(of, picture.module)}
    return [gap for gap in picture.gaps if gap.function in inside]


def _changed(picture: Picture, of: Function | Class) -> int:
    """Return how many lines of it nobody knows, because they changed after they were measured."""
    if picture.map is None or not picture.map.unknown:
        return 0
    inside = [of] if isinstance(of, Function) else methods_of(of, picture.module)
    return len(picture.map.unknown & set().union(*(own_lines(f, picture.module) for f in inside)))


def _shared(module: Module) -> frozenset[str]:
    counts = Counter(function.qualname for function in module.functions)
    return frozenset(name for name, count in counts.items() if count > 1)


def _is_left_out(picture: Picture, of: Function) -> bool:
    """Tell whether a pragma or the configuration leaves all of it out: nobody wants tests of it."""
    if picture.map is None:
        return False
    own, statements = own_lines(of, picture.module), picture.map.statements
    return not own.isdisjoint(statements.excluded) and own.isdisjoint(statements.lines)


def _definition(picture: Picture, qualname: str, line: int) -> Function | Class | None:
    """Return the definition of that name: the one in that line, where there are several."""
    named = [function for function in picture.module.functions if function.qualname == qualname]
    function = next((one for one in named if one.line == line), named[-1] if named else None)
    return function or next((of for of in picture.module.classes if of.qualname == qualname), None)


def _around(qualname: str) -> Iterator[str]:
    """Yield the names of what a definition stands in, and its own."""
    parts = qualname.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _data(lens: types.CodeLens, key: str) -> str:
    """Return a part of the data: pygls makes tuples with names of objects that no type describes."""
    data: Any = lens.data
    value = data.get(key) if isinstance(data, dict) else getattr(data, key, None)
    return value if isinstance(value, str) else ""
