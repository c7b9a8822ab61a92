"""Data models are tested by what they make of values, and by what they say of those that they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kinds.generated import Generated


def test_a_validator_of_pydantic_is_tested_through_its_model(generate: Callable[[str], Generated]) -> None:
    code = generate("pydantic_models").code
    assert "from pydantic import ValidationError\n" in code
    assert "    assert Guest(name=name).name == expected\n" in code
    assert 'with pytest.raises(ValidationError, match="a guest needs a name"):\n        Guest(name=" ")\n' in code
    assert "tidy_name(" not in code.replace("def test_guest_tidy_name", "")


def test_a_model_shows_its_fields_with_defaults_and_computed_ones(generate: Callable[[str], Generated]) -> None:
    code = generate("pydantic_models").code
    assert "    assert booking.beds == 1\n    assert booking.board == Board.BREAKFAST\n" in code
    assert "    assert booking.nights == " in code
    assert "model_extra" not in code


def test_a_dataclass_is_compared_whole_and_refuses_by_its_words(generate: Callable[[str], Generated]) -> None:
    code = generate("data_classes").code
    assert "money.plus(Money(cents=1000)) == Money(cents=1003)" in code
    assert 'with pytest.raises(ValueError, match="an amount cannot be negative"):\n        Money(-1)\n' in code
    assert "    assert basket.items == [Money(cents=" in code


def test_a_validator_of_attrs_is_tested_by_making_an_instance(generate: Callable[[str], Generated]) -> None:
    code = generate("data_classes").code
    assert "_check_range(" not in code.replace("def test_reading_check_range", "")
    assert 'with pytest.raises(ValueError, match=r"no sensor tells ' in code
