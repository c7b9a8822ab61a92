"""Whether a test asserts less than before, or what came out in the place of what was meant."""

from __future__ import annotations


def weakened(before: str, after: str) -> str:
    """Return in a sentence (without a full stop) what ``after`` asserts less than ``before``; empty for nothing.

    Both are the code of one test, of two rounds. Raises nothing: what does not parse cannot be compared, and says so.
    """
    raise NotImplementedError


def bent(before: str, after: str, failure: str) -> str:
    """Return in a sentence which expected value was changed to what came out, as ``failure`` tells; empty for none.

    That is no weakening, but what the code does stands there now for what it should do. Raises nothing.
    """
    raise NotImplementedError
