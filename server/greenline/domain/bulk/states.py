"""What a run over many files has left in a test file: told from what a person has changed there."""

from __future__ import annotations

from hashlib import sha256

States = tuple[str, ...]
"""One file's, the earliest first: each is that before it with tests of the run, or without some of them again.

Nothing of a person's came in between; what they had changed before is in the first.
"""


def state_of(content: bytes | None) -> str:
    """Return words for a file's content that are the same however its lines end; empty for no file."""
    return sha256(content.replace(b"\r\n", b"\n")).hexdigest() if content else ""


def after_write(states: States, before: bytes | None, after: bytes) -> States:
    """Return the states with one more write; where the file was another one before it, they begin anew."""
    found = state_of(before)
    return (*(states if found in states else (found,)), state_of(after))
