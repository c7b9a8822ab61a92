"""A question in the form of the Messages API, shaped by what the model can do; what nobody says it can is not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenline.domain.asking.model import Block, Capabilities, Conversation, Effort, Question, Thinking

MOST_BREAKPOINTS = 4
"""Of one request; the API refuses more."""
LEAST_BUDGET = 1_024
"""Tokens of a thinking budget; the API refuses less."""
_ROOM = 8_000
"""Tokens that a thinking budget leaves for the answer, where the model has that many."""
_BUDGETS: dict[Effort, int] = {"low": 4_000, "medium": 10_000, "high": 20_000, "xhigh": 32_000, "max": 48_000}
"""What a word is in tokens, and the other way round."""


def message_arguments(question: Question, capabilities: Capabilities) -> dict[str, Any]:
    """Return the keyword arguments of ``messages.stream``, which are also the parameters of a request in a batch."""
    most = question.max_tokens
    if capabilities.max_output is not None:
        most = min(most, capabilities.max_output)
    return {**_said(question, capabilities, most), "max_tokens": most}


def count_arguments(question: Question, capabilities: Capabilities) -> dict[str, Any]:
    """Return the keyword arguments of ``messages.count_tokens``, which takes the same but for ``max_tokens``."""
    arguments = message_arguments(question, capabilities)
    del arguments["max_tokens"]
    return arguments


def _said(question: Question, capabilities: Capabilities, most: int) -> dict[str, Any]:
    arguments: dict[str, Any] = {"model": question.model, **_conversation(question.conversation)}
    if thinking := _thinking(question.thinking, capabilities, most):
        arguments["thinking"] = thinking
    output: dict[str, Any] = {}
    if effort := _effort(question.thinking, capabilities):
        output["effort"] = effort
    if question.schema and capabilities.structured_outputs:
        output["format"] = {"type": "json_schema", "schema": dict(question.schema)}
    if output:
        arguments["output_config"] = output
    return arguments


def _thinking(wanted: Thinking, capabilities: Capabilities, most: int) -> dict[str, Any]:
    if wanted.effort is None and wanted.budget is None:
        # left out, some models think all the same
        return {"type": "disabled"} if capabilities.can_stop_thinking else {}
    if capabilities.adaptive_thinking:
        return {"type": "adaptive"}
    if not capabilities.budgeted_thinking:
        return {}
    tokens = wanted.budget if wanted.budget is not None else _BUDGETS[wanted.effort or "high"]
    tokens = min(max(tokens, LEAST_BUDGET), most - min(_ROOM, most // 2))
    return {"type": "enabled", "budget_tokens": tokens} if tokens >= LEAST_BUDGET else {}


def _effort(wanted: Thinking, capabilities: Capabilities) -> Effort | None:
    """Return the effort that is nearest to what is wanted, rather less than more; None where there is none to set."""
    if not capabilities.efforts or (wanted.effort is None and wanted.budget is None):
        return None
    tokens = _BUDGETS[wanted.effort] if wanted.effort else wanted.budget or 0
    by_size = sorted(capabilities.efforts, key=_BUDGETS.__getitem__)
    fitting = [effort for effort in by_size if _BUDGETS[effort] <= tokens]
    return fitting[-1] if fitting else by_size[0]


def _conversation(conversation: Conversation) -> dict[str, Any]:
    """Return ``system`` and ``messages``. Of more breakpoints than are allowed, the last count: they hold the most."""
    system = _without_empty(conversation.system)
    turns = [(turn.role, blocks) for turn in conversation.turns if (blocks := _without_empty(turn.blocks))]
    marked = [block for blocks in (system, *(blocks for _, blocks in turns)) for block in blocks if _is_marked(block)]
    for block in marked[:-MOST_BREAKPOINTS]:
        del block["cache_control"]
    messages = [{"role": role, "content": blocks} for role, blocks in turns]
    return {"system": system, "messages": messages} if system else {"messages": messages}


def _without_empty(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Return the blocks as the API has them; it refuses empty ones, so their breakpoints go to the one before."""
    found: list[dict[str, Any]] = []
    for block in blocks:
        if block.text:
            found.append({"type": "text", "text": block.text})
        if block.breakpoint and found:
            found[-1]["cache_control"] = {"type": "ephemeral"}
    return found


def _is_marked(block: dict[str, Any]) -> bool:
    return "cache_control" in block
