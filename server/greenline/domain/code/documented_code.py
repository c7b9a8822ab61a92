"""The Python code that a document shows."""

from __future__ import annotations

import re
import textwrap

_FENCE = re.compile(r"^([ \t]*)```+[ \t]*(?:py|python|python3|pycon)\b[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(
    r"^\.\. (?:code-block|code|sourcecode):: *(?:python3?|pycon)[^\n]*\n((?:[ \t]+[^\n]*\n|[ \t]*\n)+)", re.MULTILINE
)
_PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.) ?(.*)$")


def documented_code(text: str) -> list[str]:
    """Return the code of a Markdown or reStructuredText document: its Python blocks, then its prompts outside of them.

    Of a block with prompts, what stands behind them is the code.
    """
    blocks = [found.group(2) for found in _FENCE.finditer(text)]
    blocks += [_without_options(found.group(1)) for found in _BLOCK.finditer(text)]
    rest = _BLOCK.sub("", _FENCE.sub("", text))
    code = [_typed(block) if ">>>" in block else textwrap.dedent(block) for block in blocks]
    return [each.strip() for each in (*code, _typed(rest)) if each.strip()]


def _typed(block: str) -> str:
    """Return what is typed at the prompts of a block."""
    return "\n".join(found.group(1) for line in block.splitlines() if (found := _PROMPT.match(line)))


def _without_options(block: str) -> str:
    return "\n".join(line for line in block.splitlines() if not line.strip().startswith(":"))
