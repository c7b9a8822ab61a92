"""The profile that a project's conftest.py loads."""

from __future__ import annotations

import pytest

from greenline.domain.generation.hypothesis_profile import profile_in
from greenline.domain.generation.max_examples import Profile

REGISTERED = """
import os
from hypothesis import settings

settings.register_profile("dev", max_examples=20)
settings.register_profile("ci", max_examples=1000, deadline=None)
"""


@pytest.mark.parametrize(
    ("loading", "profile"),
    [
        ('settings.load_profile("dev")', Profile(20)),
        ('settings.load_profile("ci")', Profile(1000, deadline=False)),
        ('settings.load_profile(os.getenv("HYPOTHESIS_PROFILE", "ci"))', Profile(1000, deadline=False)),
        ('settings.load_profile(os.environ.get("PROFILE", "dev"))', Profile(20)),
        ('settings.load_profile(os.environ["PROFILE"])', None),
        ('settings.load_profile("somebody_elses")', None),
        ("", None),
        ("def broken(:", None),
    ],
)
def test_what_is_loaded_counts(loading: str, profile: Profile | None) -> None:
    assert profile_in([REGISTERED + loading]) == profile


def test_the_nearest_conftest_that_loads_one_decides() -> None:
    texts = ["import pytest", REGISTERED + 'settings.load_profile("dev")', REGISTERED + 'settings.load_profile("ci")']
    assert profile_in(texts) == Profile(20)
