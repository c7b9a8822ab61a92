"""What is known about one text, and what is left of it while the text is edited."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from greenline.domain.code.model import Module
from greenline.domain.coverage.line_states import moved_states
from greenline.domain.coverage.moved_gaps import moved_gaps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from greenline.domain.coverage.following import Following
    from greenline.domain.coverage.model import CoverageMap, Gap, Summary

PictureState = Literal["measured", "no-data", "outdated", "waiting", "unreadable", "broken-source", "outside-project"]
"""``waiting``: for a report that is being written or read; nobody has to do anything."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known about one text.

    ``message`` says, for every state but ``measured``, what is wrong and what to do. A ``measured`` file that the
    report leaves out, a test for instance, has an empty map.
    """

    path: Path
    state: PictureState
    message: str = ""
    module: Module = field(default_factory=Module)
    map: CoverageMap | None = None
    gaps: tuple[Gap, ...] = ()
    functions: Mapping[str, Summary] = field(default_factory=dict)
    """By qualified name; only functions whose coverage is known. Definitions of one name (properties) are added up."""
    states: str = ""
    """Of each line; see ``line_states``. Empty where nothing is known."""
    is_measured: bool = False
    """The text is one that was measured: what is edited now is to be followed from here."""


def followed_picture(picture: Picture, following: Following, lines: Sequence[str], broken: str = "") -> Picture:
    """Return what holds of a picture after edits of its text: in no time, and without a look at what was written.

    ``broken`` says why the text cannot be looked at, if so.
    """
    if picture.map is None or not picture.states:
        return replace(picture, state="broken-source", message=broken) if broken else picture
    statements = picture.map.statements
    return Picture(
        picture.path,
        "broken-source" if broken else picture.state,
        broken or picture.message,
        gaps=moved_gaps(picture.gaps, statements.first_line, following, lines),
        states=moved_states(picture.states, statements, following, lines),
    )
