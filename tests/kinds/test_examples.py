"""Each example of ``examples/kinds``: all of it is generated for, its tests pass, and so do those that stand there."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from kinds.generated import EXAMPLES, run_pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
def test_the_tests_beside_an_example_pass_and_test_what_is_generated_for(
    generate: Callable[[str], Generated], tmp_path: Path, example: str
) -> None:
    """They are there to be read. What another Python or a busier machine finds may differ in a name or a value."""
    shutil.copytree(EXAMPLES / example, tmp_path / example)
    ran = run_pytest(tmp_path / example)
    assert ran.returncode == 0, ran.stdout
    anew = generate(example).folder
    assert {p.relative_to(EXAMPLES / example) for p in (EXAMPLES / example).rglob("test_*.py")} == {
        p.relative_to(anew) for p in anew.rglob("test_*.py")
    }
