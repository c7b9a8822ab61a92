"""What a person has said not to tell: by a comment, or in the project's configuration."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from greenline.domain.auditing.model import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.auditing.model import Weakness

_COMMENT = re.compile(r"#\s*greenline:\s*ignore(?:\[([\w,\s-]*)\])?")


@dataclass(frozen=True, slots=True)
class Ignored:
    """What a project does not want to hear of. Kinds that nobody knows are ``problems``, in words."""

    kinds: frozenset[str] = frozenset()
    files: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Pattern of paths from the project's root -> kinds."""
    problems: tuple[str, ...] = ()

    def has(self, weakness: Weakness, root: Path) -> bool:
        """Tell whether it is not to be told."""
        path = weakness.path
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
        return weakness.kind in self.kinds or any(
            weakness.kind in kinds and fnmatchcase(name, pattern) for pattern, kinds in self.files.items()
        )


def read_ignored(table: Mapping[str, object]) -> Ignored:
    """Read ``[tool.greenline.audit]``: ``ignore`` and ``per-file-ignores``."""
    kinds = _words(table.get("ignore"))
    by_file = table.get("per-file-ignores")
    files = {str(key): _words(value) for key, value in by_file.items()} if isinstance(by_file, Mapping) else {}
    unknown = sorted(frozenset().union(kinds, *files.values()) - set(KINDS))
    problems = [f"there is no kind {word!r}; there are {', '.join(KINDS)}" for word in unknown]
    return Ignored(kinds, files, tuple(problems))


def told_and_ignored(
    weaknesses: Sequence[Weakness],
    lines: Mapping[Path, Sequence[str]],
    starts: Mapping[str, range],
    ignored: Ignored,
    root: Path,
) -> tuple[list[Weakness], Counter[str]]:
    """Return those to be told, and how many are not, by the words for what keeps them back.

    ``starts`` has the lines (from 1) of decorators and of the ``def`` by subject: a comment there counts for all of it.
    """
    told: list[Weakness] = []
    left_out: Counter[str] = Counter()
    for one in weaknesses:
        places = {one.line, *starts.get(one.subject, ())}
        text = lines.get(one.path, ())
        if any(_is_ignored(text[line - 1], one.kind) for line in places if 0 < line <= len(text)):
            left_out["by comments"] += 1
        elif ignored.has(one, root):
            left_out["by configuration"] += 1
        else:
            told.append(one)
    return told, left_out


def _is_ignored(line: str, kind: str) -> bool:
    found = _COMMENT.search(line)
    if found is None:
        return False
    kinds = found[1]
    return kinds is None or kind in {each.strip() for each in kinds.split(",")}


def _words(value: object) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset(value.replace(",", " ").split())
    return frozenset(map(str, value)) if isinstance(value, Sequence) else frozenset()
