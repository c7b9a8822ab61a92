"""Each example of ``examples/kinds``: all of it is generated for, its tests pass, and are those that stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kinds.generated import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from kinds.generated import Generated

EVERY = sorted(path.parent.name for path in EXAMPLES.glob("*/pyproject.toml"))


@pytest.mark.parametrize("example", EVERY)
def test_an_example_is_tested_wholly(generate: Callable[[str], Generated], example: str) -> None:
    generated = generate(example)
    left = {
        name: target["reason"] or target["not_tested"]
        for name, target in generated.targets.items()
        if target["status"] not in {"confirmed", "nothing_to_gain"} or target["not_tested"]
    }
    assert left == {}
    ran = generated.pytest()
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("example", EVERY)
def test_the_tests_beside_an_example_are_those_of_the_engine_and_pass(
    generate: Callable[[str], Generated], example: str
) -> None:
    """They are there to be read. Another Python may word a message differently, so names are compared and not texts."""
    beside = "\n".join(p.read_text(encoding="utf-8") for p in sorted((EXAMPLES / example).rglob("test_*.py")))
    names = {line for line in beside.splitlines() if line.startswith(("def test_", "async def test_"))}
    assert names
    assert names == {
        line for line in generate(example).code.splitlines() if line.startswith(("def test_", "async def test_"))
    }
