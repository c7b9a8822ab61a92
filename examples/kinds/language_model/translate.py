"""Translations by a language model, asked for without waiting."""

from __future__ import annotations

import anthropic

MODEL = "claude-sonnet-4-5"


async def translate(client: anthropic.AsyncAnthropic, text: str, language: str = "French") -> str:
    """Return the text in another language; as it is where the model refuses."""
    message = await client.messages.create(
        model=MODEL, max_tokens=1000, messages=[{"role": "user", "content": f"Translate into {language}: {text}"}]
    )
    if message.stop_reason == "refusal":
        return text
    return message.content[0].text
