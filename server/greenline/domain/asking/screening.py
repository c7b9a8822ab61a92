"""What a test that a model wrote may not even be run for: in front of the guard, and not in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenline.domain.asking.model import ProposedTest


def refused(test: ProposedTest) -> str:
    """Return why a test is not run, as a sentence without a full stop: "it calls os.system"; empty where it may be.

    What does not parse is refused nothing here. Raises nothing.
    """
    raise NotImplementedError
