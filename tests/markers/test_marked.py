"""The markers themselves: what is written, how edits are read, and that nothing can be hidden."""

from __future__ import annotations

from typing import Any

import pytest

from markers.marked import Said, edits, marked, measured_text

TEXT = "def f(a):\n    if a:\n        return (\n            1)\n    return 2\n"


def found(line: int, start: int, end: tuple[int, int], message: str, **more: Any) -> dict[str, Any]:
    at = {"start": {"line": line, "character": start}, "end": {"line": end[0], "character": end[1]}}
    return {"range": at, "code": "uncovered", "source": "greenline", "severity": 3, "message": message, **more}


def test_what_is_said_stands_below_its_line() -> None:
    related = [{"location": {"range": {"start": {"line": 1, "character": 4}}}, "message": "Line 2 never jumps to 3"}]
    region = found(2, 8, (3, 14), "Not covered\nat all", relatedInformation=related)
    loud = found(4, 4, (4, 12), "Loud", severity=2, tags=[1])
    lens = {
        "range": {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 5}},
        "command": {"title": "f"},
    }
    assert marked(TEXT, Said([lens, lens], [loud, region], {1: "one\n\ntwo"})).split("\n") == [
        "def f(a):", "#! lens: f | f", "    if a:", "#! hover: one", "#!", "#!     two", "        return (",
        "#! uncovered «return ( ... 1)» to line 4: Not covered", "#!     at all",
        "#!     -> 2: Line 2 never jumps to 3", "            1)", "    return 2",
        "#! warning dimmed uncovered «return 2»: Loud", "",
    ]  # fmt: skip


def test_what_is_stated_and_not_said_goes_and_what_is_missing_comes() -> None:
    said = Said(diagnostics=[found(1, 4, (1, 9), "Said")])
    stated = TEXT.replace("if a:\n", "if a:\n#! uncovered «if a:»: Said\n")
    assert marked(TEXT, said) == stated
    assert marked(stated, said) == stated
    assert marked(stated, Said()) == TEXT
    assert marked(TEXT.replace("2\n", "2\n#! uncovered «return 2»: Not said\n"), Said()) == TEXT


def test_a_marker_inside_of_a_string_is_refused() -> None:
    text = 'a = """\nb\n"""\n'
    with pytest.raises(AssertionError, match="inside of a string"):
        marked(text, Said(diagnostics=[found(1, 0, (1, 1), "In a string")]))


def test_stated_edits_lead_from_the_measured_text_to_the_text() -> None:
    text = "a = 2\n#! was: a = 1\n#! gone: b = 1\nc = 3\n#! new\n#! lens: kept\nd = 4\n"
    before = measured_text(text)
    assert [line for line in before.split("\n") if not line.startswith("#!")] == ["a = 1", "b = 1", "d = 4", ""]
    lines = before.split("\n")
    for edit in edits(text):
        start, end = edit.change["range"]["start"], edit.change["range"]["end"]
        now = "\n".join(lines)
        offsets = [sum(len(line) + 1 for line in lines[: at["line"]]) + at["character"] for at in (start, end)]
        now = now[: offsets[0]] + edit.change["text"] + now[offsets[1] :]
        assert now == edit.text
        lines = now.split("\n")
    assert "\n".join(lines) == text
    assert marked(text, Said()) == text.replace("#! lens: kept\n", "")
