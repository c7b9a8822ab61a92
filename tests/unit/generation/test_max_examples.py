"""How many examples Hypothesis tries, and when a test has to say so."""

from __future__ import annotations

import pytest

from greenline.domain.generation.max_examples import Amounts, Profile, settings_for


@pytest.mark.parametrize(
    ("names", "waits", "slow", "expected"),
    [
        (("encode", "shop.codec"), False, False, ()),
        (("Account.withdraw", "shop.money"), False, False, ("max_examples=200",)),
        (("parseDate", "shop"), False, False, ("max_examples=200",)),
        (("load", "shop.store"), True, False, ("max_examples=50", "deadline=None")),
        (("encode", "shop"), False, True, ("deadline=None",)),
        (("taxonomy", "author"), False, False, ()),
    ],
)
def test_what_differs_from_hypothesis_is_said(
    names: tuple[str, ...], waits: bool, slow: bool, expected: tuple[str, ...]
) -> None:
    assert settings_for(names, Amounts(), None, waits=waits, slow=slow) == expected


@pytest.mark.parametrize(
    ("names", "profile", "expected"),
    [
        (("encode",), Profile(20), ()),
        (("parse",), Profile(20), ("max_examples=200",)),
        (("parse",), Profile(200), ()),
        (("parse",), Profile(None), ("max_examples=200",)),
    ],
)
def test_the_project_decides_for_ordinary_code(
    names: tuple[str, ...], profile: Profile, expected: tuple[str, ...]
) -> None:
    assert settings_for(names, Amounts(), profile, waits=False, slow=False) == expected


def test_a_profile_without_a_limit_needs_none_lifted() -> None:
    assert settings_for(("encode",), Amounts(), Profile(deadline=False), waits=False, slow=True) == ()


def test_a_person_sets_the_amounts() -> None:
    amounts = Amounts(critical=1000, standard=30, waiting=10)
    assert settings_for(("encode",), amounts, None, waits=False, slow=False) == ("max_examples=30",)
    assert settings_for(("parse",), amounts, None, waits=True, slow=False) == ("max_examples=1000", "deadline=None")
