"""Files that are never sent to a model, and that code looked for while its tests ran: they are not there then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMED = 3


def words_of(files: Sequence[str]) -> str:
    """Return in sentences that they are not there, and what a person can do; empty for no files."""
    if not files:
        return ""
    named = [*files[:_NAMED], *([f"{len(files) - _NAMED} more"] if len(files) > _NAMED else [])]
    listed = f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else named[0]
    return (
        f"{listed} {'is' if len(files) == 1 else 'are'} never sent to a model, and so not there while its tests run. "
        "Let the code do without, or have a conftest.py set what it needs; or let tests of a model read it, by "
        f"`!{files[0]}` in the setting greenline.model.ignore."
    )


def about(files: Sequence[str], message: str) -> tuple[str, ...]:
    """Return those of the files that a failure names: as a file, or as a module that could not be imported."""
    return tuple(file for file in files if _is_named(file, message))


def _is_named(file: str, message: str) -> bool:
    name = file.rpartition("/")[2]
    module = name.removesuffix(".py")
    return name in message or (
        module != name and re.search(rf"named? '(?:\w+\.)*{re.escape(module)}'", message) is not None
    )
