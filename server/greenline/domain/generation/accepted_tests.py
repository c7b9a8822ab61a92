"""What is to be remembered of tests that were written and have passed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from greenline.domain.generation.kept_tests import GeneratedTest, keys_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greenline.domain.generation.model import Oracle, TargetResult, TestEdit


def accepted_tests(results: Sequence[TargetResult], edit: TestEdit, root: Path) -> list[GeneratedTest]:
    """Return the new tests of an edit, each as it stands in the file; ``root`` is that of the project."""
    there = keys_of(edit.new_text)
    found = []
    for result in results:
        if result.status != "confirmed" or not result.target.path.is_relative_to(root):
            continue
        relative = replace(result.target, path=result.target.path.relative_to(root))
        target = f"{relative.path.as_posix()}::{relative.qualname}" if relative.qualname else relative.path.as_posix()
        found += [
            GeneratedTest(there[name], target, result.engines.get(name, result.engine), _oracles(result, name))
            for name in result.tests  # with their classes: others have tests of the same name
            if name in there
        ]
    return found


def _oracles(result: TargetResult, name: str) -> tuple[Oracle, ...]:
    """Return what one test rests on: a model's on what it takes for intended, all others on the rest."""
    by_model = result.engines.get(name, result.engine) == "model"
    return tuple(oracle for oracle in result.oracles if (oracle == "intended") == by_model)
