"""Make of what a model proposed what the trial and the merge take."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from greenline.domain.asking.model import ProposedTest
    from greenline.domain.generation.model import Candidate


class NoCandidate(Exception):
    """What was proposed cannot be a candidate; the message says why, as a sentence without a full stop."""


def as_candidate(test: ProposedTest, taken: Collection[str] = ()) -> Candidate:
    """Return the test as one top-level function with its import statements and the fixtures that it brings.

    ``taken`` are names of tests that it may not have: it gets a number then. Raises NoCandidate.
    """
    raise NotImplementedError
