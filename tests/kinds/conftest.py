"""One generation for each example, whoever asks for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from kinds.generated import PYTHON, generated_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kinds.generated import Generated


@pytest.fixture(scope="session")
def environment_of_kinds() -> Path:
    """Return the Python that has the libraries."""
    if not PYTHON.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the environment of the examples is missing: make environments")
        pytest.skip("the environment of the examples is missing: make environments")
    return PYTHON


@pytest.fixture(scope="session")
def generate(environment_of_kinds: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Generated]:
    """Return a function that generates for an example, once."""
    assert environment_of_kinds.exists()
    known: dict[str, Generated] = {}

    def once(example: str) -> Generated:
        if example not in known:
            known[example] = generated_for(example, tmp_path_factory.mktemp("kinds") / example)
        return known[example]

    return once
