"""A request as a text that a person reads: all of it, and where what comes before it is kept for the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenline.domain.asking.model import Conversation

_KEPT = "===== what stands above is kept by the provider, and costs less the next time =====\n"


def request_text(conversation: Conversation) -> str:
    """Return every block, unchanged, below a line that says who speaks."""
    told: list[str] = []
    blocks = [("system", block) for block in conversation.system]
    blocks += [(turn.role, block) for turn in conversation.turns for block in turn.blocks]
    for role, block in blocks:
        told += [f"===== {role} =====\n", block.text, "" if block.text.endswith("\n") else "\n"]
        told += [_KEPT] if block.breakpoint else []
    return "".join(told)


def characters(conversation: Conversation) -> int:
    """Return how long it is; a token is about four of them."""
    turns = (block for turn in conversation.turns for block in turn.blocks)
    return sum(len(block.text) for block in (*conversation.system, *turns))
