"""What documentation says: the exceptions that it announces, the calls that it shows."""

from __future__ import annotations

import ast
import doctest
import inspect
import re

from greenline_probe.explore.definitions import callee

_RAISES = re.compile(
    r"(?:^\s*:raises?\s+([\w.]+)|^\s*(?:Raises|Exceptions?)\s*:?\s*\n(?:\s*-+\s*\n)?((?:\s+.+\n?)+)|[Rr]aises?\s+(?:an?\s+)?[`:\w]*?([A-Z]\w+(?:Error|Exception|Exit|Warning)))",
    re.MULTILINE,
)
# Underlined headings (NumPy's style) have their names at the margin; the next heading ends the section.
_UNDERLINED_RAISES = re.compile(r"^Raises[ \t]*\n-{3,}[ \t]*\n((?:(?!.*\n-{3,}).+\n)+)", re.MULTILINE)
_ERROR_NAME = re.compile(r"\b([A-Z]\w*(?:Error|Exception|Exit|Interrupt|Warning|Invalid\w*|NotFound\w*))\b")
_SHOWN_ERROR = re.compile(
    r"^[ \t]*Traceback \(most recent call last\):\n(?:[ \t]+.*\n|[ \t]*\.\.\.\n)*?[ \t]*(?:\w+\.)*([A-Z]\w+)(?::|$)",
    re.MULTILINE,
)
_INLINE_CALL = re.compile(r"(?<![\w.])((?:[\w]+\.)*{name}\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\))")


def documented_raises(doc: str) -> set[str]:
    """Return the names of exceptions that a docstring announces, in the styles of Google, NumPy and Sphinx."""
    names: set[str] = set()
    for match in _RAISES.finditer(doc + "\n"):
        field_name, section, sentence = match.groups()
        names.update(filter(None, [field_name and field_name.rpartition(".")[2], sentence]))
        names.update(_ERROR_NAME.findall(section or ""))
    for section in _UNDERLINED_RAISES.findall(doc + "\n"):
        names.update(re.findall(r"^(?:\w+\.)*([A-Z]\w*)", section, re.MULTILINE))
    names.update(match.group(1) for match in _SHOWN_ERROR.finditer(doc))
    return names


def documented_calls(doc: str, name: str) -> list[str]:
    """Return the documented calls of ``name``, as source; doctest prompts first, then calls quoted in prose."""
    found: list[str] = []
    try:
        blocks = [e.source for e in doctest.DocTestParser().get_examples(inspect.cleandoc(doc))]
    except ValueError:
        blocks = []
    for source in [*blocks, *re.findall(_INLINE_CALL.pattern.replace("{name}", re.escape(name)), doc)]:
        try:
            tree = ast.parse(source.strip())
        except (SyntaxError, ValueError):
            continue
        found.extend(ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Call) and callee(n) == name)
    return list(dict.fromkeys(found))
