"""What cannot be explored, with the reason."""

from __future__ import annotations


class NotTestable(Exception):
    """The target cannot be explored; the message says why, for a person."""
