"""Read the prompts that come with the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from greenline.domain.asking.prompt_texts import FILES, PromptTexts, prompt_texts


@cache
def read_prompt_files() -> PromptTexts:
    """Return the texts of ``greenline/prompts``, read once."""
    folder = files("greenline").joinpath("prompts")
    return prompt_texts({name: folder.joinpath(f"{name}.md").read_text(encoding="utf-8") for name in FILES})
