"""The texts that prompts are made of, and their version."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.asking.kinds_of_code import KINDS, KindOfCode

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERSION = re.compile(r"<!-- version: (\d+) -->\n")
_OF_KIND = "kind_"
FILES = ("instructions", "after_failures", "after_coverage", "after_unread", *(f"{_OF_KIND}{kind}" for kind in KINDS))
"""Their names, without ``.md``."""


@dataclass(frozen=True, slots=True)
class PromptTexts:
    """What is said to a model, without the line that has each file's version."""

    instructions: str
    guidance: Mapping[KindOfCode, str]
    after_failures: str
    """With ``$failures``, as ``string.Template`` has it."""
    after_coverage: str
    """With ``$kept``, ``$target`` and ``$left``."""
    after_unread: str
    """With ``$problems``."""
    version: str
    """Of all together: the versions of the files added up, and what tells other texts of the same number apart."""


def prompt_texts(files: Mapping[str, str]) -> PromptTexts:
    """Make the texts of the files by name, each beginning with ``<!-- version: 1 -->``. Raises ValueError."""
    read = {name: _parted(name, files.get(name, "")) for name in FILES}
    texts = {name: text for name, (_, text) in read.items()}
    whole = hashlib.sha256("\0".join(texts[name] for name in FILES).encode()).hexdigest()
    return PromptTexts(
        instructions=texts["instructions"],
        guidance={kind: texts[f"{_OF_KIND}{kind}"] for kind in KINDS},
        after_failures=texts["after_failures"],
        after_coverage=texts["after_coverage"],
        after_unread=texts["after_unread"],
        version=f"{sum(version for version, _ in read.values())}-{whole[:8]}",
    )


def _parted(name: str, text: str) -> tuple[int, str]:
    """Return the version and the text below it."""
    found = _VERSION.match(text)
    if not found:
        raise ValueError(f"the prompt {name}.md does not begin with its version")
    return int(found.group(1)), text[found.end() :]
