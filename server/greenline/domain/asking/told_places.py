"""What ran tells of the machine and of other files: folders of a person, and source in tracebacks. Neither is sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_NOT_SENT = "[what stands there is not sent]"
_BETWEEN_FRAMES = re.compile(r"^(?:_ )+_*$", re.MULTILINE)
_ENDS_FRAME = re.compile(r"^(?P<place>(?:[A-Za-z]:)?[^\s:][^:\n]*):\d+:(?! in ).*$", re.MULTILINE)
_SHORT_FRAME = re.compile(
    r"^(?P<head>(?P<place>(?:[A-Za-z]:)?[^\s:][^:\n]*):\d+: in .*\n)(?P<source>(?:[ \t]+.*(?:\n|\Z))+)", re.MULTILINE
)
_TEMPORARY = re.compile(r"(?<=pytest-of-)[^/\\\s'\"]+")


def without_folders(text: str, folders: Mapping[str, str]) -> str:
    """Return a text with words in the place of folders: ``{"/home/jo/shop": "<project>", "/home/jo": "<home>"}``.

    Those that are within others come first. A folder that is the root of everything stays.
    """
    for folder, words in folders.items():
        if len(folder.strip("/\\")) <= len("C:"):
            continue
        for written in dict.fromkeys([folder, folder.replace("\\", "\\\\"), folder.replace("\\", "/")]):
            text = re.sub(rf"(?<![\w.-]){re.escape(written)}(?![\w-])", words, text)
    return _TEMPORARY.sub("user", text)


def without_source(text: str, is_kept_back: Callable[[str], bool]) -> str:
    """Return what pytest printed without the source of files that are not sent, by their paths as it prints them."""
    parts = [*_parts(text)]
    told = [_frame(part, is_kept_back) if number % 2 == 0 else part for number, part in enumerate(parts)]
    return _SHORT_FRAME.sub(
        lambda match: f"{match['head']}    {_NOT_SENT}\n" if is_kept_back(match["place"]) else match.group(),
        "".join(told),
    )


def _parts(text: str) -> Iterator[str]:
    """Yield the frames and, between them, what parts them."""
    at = 0
    for match in _BETWEEN_FRAMES.finditer(text):
        yield text[at : match.start()]
        yield match.group()
        at = match.end()
    yield text[at:]


def _frame(part: str, is_kept_back: Callable[[str], bool]) -> str:
    """``part`` is the source of one frame, and below it where that is."""
    ends = [*_ENDS_FRAME.finditer(part)]
    if not ends or not is_kept_back(ends[-1]["place"]):
        return part
    return f"\n{_NOT_SENT}\n\n{ends[-1].group()}\n"
