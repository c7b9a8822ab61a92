"""Samples with markers: comments that state what the server says of the line above them, and how the text is edited.

A marker is a line of its own that begins with ``#!``. What the server says:

    #! lens: f: 50 % · 1 gap | Generate test
    #! uncovered «return 1»: Not covered: 1 line in `f`
    #!     -> 3: Line 3 never jumps to 4
    #! hover: Not reached by any test.
    #!     a further line of it

and what is done to the text, after it was measured and opened:

    #! was: <the line that stood in the place of the one above>
    #! new                                 the line above was not there
    #! gone: <a line that stood here>

A diagnostic names its severity unless that is "information", and quotes the text that it marks; of several lines the
first and the last, with the number of the last.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

MARK = "#!"
_MORE = f"{MARK}     "
_WAS, _NEW, _GONE = f"{MARK} was: ", f"{MARK} new", f"{MARK} gone: "
_SEVERITIES = {1: "error ", 2: "warning ", 3: "", 4: "hint "}
_TAGS = {1: "dimmed ", 2: "struck "}


@dataclass
class Said:
    """All that the server says of one text; lines and columns count from 0, as it counts them, in code points."""

    lenses: list[dict[str, Any]] = field(default_factory=list)
    diagnostics: list[dict[str, Any]] = field(default_factory=list)
    hovers: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Edit:
    """One change, in a text that has the ones before it: ``contentChanges`` of a client, and the text after it."""

    change: dict[str, Any]
    text: str


def measured_text(text: str) -> str:
    """Return what stood there before the edits that the markers state."""
    return "\n".join(_measured(text.split("\n")))


def edits(text: str) -> list[Edit]:
    """Return the edits that make ``text`` out of ``measured_text``, from top to bottom."""
    found = []
    lines = text.split("\n")
    now = _measured(lines)
    for at, line in enumerate(lines):
        after = lines[at + 1] if at + 1 < len(lines) else ""
        if after.startswith(_WAS):
            now[at] = line
            found.append(_edit((at, 0), (at, len(after) - len(_WAS)), line, now))
        elif after == _NEW:
            now.insert(at, line)
            found.append(_edit((at, 0), (at, 0), f"{line}\n", now))
        elif line.startswith(_GONE):
            del now[at + 1]
            found.append(_edit((at + 1, 0), (at + 2, 0), "", now))
    assert "\n".join(now) == text
    return found


def marked(text: str, said: Said) -> str:
    """Return the text with what the server said in the place of what the markers stated. ``text`` has line numbers."""
    lines = text.split("\n")
    result: list[str] = []
    for at, line in enumerate(lines):
        if _is_input(line):
            result.append(line)
        if line.startswith(MARK):
            continue
        result.append(line)
        inputs = []
        for following in lines[at + 1 :]:
            if not _is_input(following) or following.startswith(_GONE):
                break
            inputs.append(following)
        lines[at + 1 : at + 1 + len(inputs)] = [MARK] * len(inputs)  # they come first, and are not seen again
        result += [*inputs, *_markers(text.split("\n"), at, said)]
    changed = "\n".join(result)
    assert ast.dump(ast.parse(changed)) == ast.dump(ast.parse(text)), "a marker would stand inside of a string"
    return changed


def _markers(lines: list[str], at: int, said: Said) -> list[str]:
    return [
        *_lenses([lens for lens in said.lenses if lens["range"]["start"]["line"] == at]),
        *(
            line
            for found in sorted(said.diagnostics, key=lambda d: (d["range"]["start"]["character"], str(d["code"])))
            if found["range"]["start"]["line"] == at
            for line in _diagnostic(lines, found)
        ),
        *(_several(f"{MARK} hover: ", said.hovers[at]) if at in said.hovers else ()),
    ]


def _lenses(lenses: list[dict[str, Any]]) -> list[str]:
    found = []
    for where, what in (
        (lambda r: r["start"] == r["end"], "lens of the file"),
        (lambda r: r["start"] != r["end"], "lens"),
    ):
        titles = [lens["command"]["title"] for lens in lenses if where(lens["range"])]
        if titles:
            found.append(f"{MARK} {what}: {' | '.join(titles)}")
    return found


def _diagnostic(lines: list[str], found: dict[str, Any]) -> list[str]:
    assert found["source"] == "greenline"
    start, end = found["range"]["start"], found["range"]["end"]
    first = lines[start["line"]]
    if start["line"] == end["line"]:
        quoted = f"«{first[start['character'] : end['character']]}»"
    else:
        last = lines[end["line"]][: end["character"]].strip()
        quoted = f"«{first[start['character'] :]} ... {last}» to line {end['line'] + 1}"
    tags = "".join(_TAGS[tag] for tag in found.get("tags") or ())
    head = f"{MARK} {_SEVERITIES[found['severity']]}{tags}{found['code']} {quoted}: "
    return [*_several(head, found["message"]), *map(_related, found.get("relatedInformation") or ())]


def _related(information: dict[str, Any]) -> str:
    return f"{_MORE}-> {information['location']['range']['start']['line'] + 1}: {information['message']}"


def _several(head: str, words: str) -> list[str]:
    first, *others = words.split("\n")
    return [(head + first).rstrip(), *((_MORE + other).rstrip() for other in others)]


def _is_input(line: str) -> bool:
    return line.startswith((_WAS, _GONE)) or line == _NEW


def _measured(lines: list[str]) -> list[str]:
    result: list[str] = []
    for line in lines:
        if line.startswith(_WAS):
            result[-1] = line.removeprefix(_WAS)
        elif line == _NEW:
            del result[-1]
        result.append(line)
        if line.startswith(_GONE):
            result.append(line.removeprefix(_GONE))
    return result


def _edit(start: tuple[int, int], end: tuple[int, int], new: str, now: list[str]) -> Edit:
    first, last = ({"line": line, "character": column} for line, column in (start, end))
    return Edit({"range": {"start": first, "end": last}, "text": new}, "\n".join(now))
