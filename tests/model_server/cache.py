"""What a prompt cache would make of requests: which of their tokens it has, and which it takes in."""

from __future__ import annotations

from typing import Any

from model_server.requests import breakpoints


class PromptCache:
    """Prefixes up to a breakpoint, for each model; a token is four characters. Nothing is too short or too old."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, tuple[str, ...]]] = set()

    def usage(self, asked: dict[str, Any]) -> dict[str, int]:
        """Return the usage of a request's input, and remember its prefixes."""
        pieces, ends = breakpoints(asked)
        keys = {end: (str(asked["model"]), tuple(pieces[:end])) for end in ends}
        read = max((end for end, key in keys.items() if key in self._seen), default=0)
        written = max(ends, default=0)
        self._seen.update(keys.values())
        return {
            "cache_read_input_tokens": _tokens(pieces[:read]),
            "cache_creation_input_tokens": _tokens(pieces[read:written]),
            "input_tokens": _tokens(pieces[written:]),
        }


def count(asked: dict[str, Any]) -> int:
    """Return the tokens of all that a request says."""
    return _tokens(breakpoints(asked)[0])


def _tokens(pieces: list[str]) -> int:
    return sum(len(piece) for piece in pieces) // 4
