"""A question for a model of each kind: what is sent, and what is left out."""

from __future__ import annotations

from typing import Any

import pytest

from greenline.adapters.anthropic_request import count_arguments, message_arguments
from greenline.domain.asking.model import Block, Capabilities, Conversation, Effort, Question, Thinking, Turn

SCHEMA = {"type": "object"}
ALL_EFFORTS: tuple[Effort, ...] = ("low", "medium", "high", "xhigh", "max")
ADAPTIVE = Capabilities(
    adaptive_thinking=True, can_stop_thinking=True, efforts=ALL_EFFORTS, structured_outputs=True, max_output=64_000
)
BUDGETED = Capabilities(budgeted_thinking=True, can_stop_thinking=True, structured_outputs=True, max_output=64_000)
WITHOUT = Capabilities(can_stop_thinking=False, max_output=8_192)
UNKNOWN = Capabilities()
CONVERSATION = Conversation(
    (Block("You write tests."),), (Turn("user", (Block("the module", True), Block("the target"))),)
)


def question(**changes: Any) -> Question:
    return Question(**{"model": "m", "conversation": CONVERSATION, "schema": SCHEMA, **changes})


def test_an_adaptive_model_gets_an_effort_and_a_form() -> None:
    assert message_arguments(question(), ADAPTIVE) == {
        "model": "m",
        "max_tokens": 32_000,
        "system": [{"type": "text", "text": "You write tests."}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "the module", "cache_control": {"type": "ephemeral"}},
                    {"type": "text", "text": "the target"},
                ],
            }
        ],
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "high", "format": {"type": "json_schema", "schema": SCHEMA}},
    }


def test_a_model_with_a_budget_gets_tokens_and_no_effort() -> None:
    arguments = message_arguments(question(), BUDGETED)
    assert arguments["thinking"] == {"type": "enabled", "budget_tokens": 20_000}
    assert arguments["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}


def test_a_model_that_does_not_think_is_not_told_to() -> None:
    arguments = message_arguments(question(), WITHOUT)
    assert set(arguments) == {"model", "max_tokens", "system", "messages"}


def test_of_a_model_that_nobody_describes_nothing_special_is_asked() -> None:
    arguments = message_arguments(question(), UNKNOWN)
    assert set(arguments) == {"model", "max_tokens", "system", "messages"}
    assert arguments["max_tokens"] == 32_000


def test_a_question_without_a_schema_asks_for_no_form() -> None:
    assert message_arguments(question(schema={}), ADAPTIVE)["output_config"] == {"effort": "high"}


@pytest.mark.parametrize(("capabilities", "sent"), [(ADAPTIVE, {"type": "disabled"}), (WITHOUT, None), (UNKNOWN, None)])
def test_thinking_switched_off(capabilities: Capabilities, sent: Any) -> None:
    arguments = message_arguments(question(thinking=Thinking(None, None)), capabilities)
    assert arguments.get("thinking") == sent
    assert "effort" not in arguments.get("output_config", {})


@pytest.mark.parametrize(
    ("wanted", "efforts", "sent"),
    [
        (Thinking("medium", None), ALL_EFFORTS, "medium"),
        (Thinking("max", None), ("low", "medium", "high"), "high"),
        (Thinking("low", None), ("medium", "high"), "medium"),
        (Thinking("xhigh", 1_024), ALL_EFFORTS, "xhigh"),
        (Thinking(None, 2_000), ALL_EFFORTS, "low"),
        (Thinking(None, 12_000), ALL_EFFORTS, "medium"),
        (Thinking(None, 500_000), ALL_EFFORTS, "max"),
    ],
)
def test_the_effort_is_the_nearest_that_the_model_has(wanted: Thinking, efforts: Any, sent: str) -> None:
    capabilities = Capabilities(adaptive_thinking=True, efforts=efforts)
    assert message_arguments(question(thinking=wanted), capabilities)["output_config"]["effort"] == sent


@pytest.mark.parametrize(
    ("wanted", "max_tokens", "max_output", "sent"),
    [
        (Thinking("high", 20_000), 32_000, None, 20_000),
        (Thinking("low", None), 32_000, None, 4_000),
        (Thinking("high", 10), 32_000, None, 1_024),
        (Thinking("high", 20_000), 32_000, 8_192, 4_096),  # half is for the answer
        (Thinking("high", 100_000), 32_000, None, 24_000),
        (Thinking("high", 20_000), 2_000, None, None),  # no room to think in
    ],
)
def test_the_budget_leaves_room_for_the_answer(wanted: Thinking, max_tokens: int, max_output: Any, sent: Any) -> None:
    capabilities = Capabilities(budgeted_thinking=True, max_output=max_output)
    arguments = message_arguments(question(thinking=wanted, max_tokens=max_tokens), capabilities)
    assert arguments.get("thinking", {}).get("budget_tokens") == sent
    if sent is not None:
        assert 1_024 <= sent < arguments["max_tokens"]


def test_a_model_that_takes_both_thinks_as_it_sees_fit() -> None:
    both = Capabilities(adaptive_thinking=True, budgeted_thinking=True)
    assert message_arguments(question(), both)["thinking"] == {"type": "adaptive"}


def test_no_more_tokens_are_asked_for_than_the_model_can_write() -> None:
    assert message_arguments(question(), WITHOUT)["max_tokens"] == 8_192
    assert message_arguments(question(max_tokens=1_000), WITHOUT)["max_tokens"] == 1_000


def test_an_empty_block_is_not_sent_and_its_breakpoint_is_kept() -> None:
    blocks = (Block("", True), Block("style"), Block("", True), Block("target"), Block(""))
    said = message_arguments(question(conversation=Conversation(blocks, ())), UNKNOWN)
    assert said["system"] == [
        {"type": "text", "text": "style", "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": "target"},
    ]


def test_an_answer_without_text_leaves_no_turn_behind() -> None:
    turns = CONVERSATION.followed_by("", "Again, please.")
    said = message_arguments(question(conversation=turns), UNKNOWN)
    assert [turn["role"] for turn in said["messages"]] == ["user", "user"]
    assert "system" not in message_arguments(question(conversation=Conversation((), turns.turns)), UNKNOWN)


def test_of_too_many_breakpoints_the_last_ones_count() -> None:
    blocks = tuple(Block(str(number), breakpoint=True) for number in range(6))
    said = message_arguments(question(conversation=Conversation(blocks[:3], (Turn("user", blocks[3:]),))), UNKNOWN)
    every = [*said["system"], *said["messages"][0]["content"]]
    assert [block["text"] for block in every if "cache_control" in block] == ["2", "3", "4", "5"]


def test_what_is_counted_is_what_is_sent() -> None:
    sent = message_arguments(question(), ADAPTIVE)
    del sent["max_tokens"]
    assert count_arguments(question(), ADAPTIVE) == sent


def test_the_question_itself_stays_as_it_is() -> None:
    before = question()
    message_arguments(before, ADAPTIVE)["output_config"]["format"]["schema"]["type"] = "array"
    assert before == question()
    assert SCHEMA == {"type": "object"}
