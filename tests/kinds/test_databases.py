"""What needs a database is tested with one in memory: of its own for each test, by pytest-django's mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kinds.generated import Generated


def test_only_what_asks_djangos_database_is_marked(generate: Callable[[str], Generated]) -> None:
    code = generate("django_models").code
    assert "@pytest.mark.django_db\ndef test_assign" in code
    assert "    ],\n)\ndef test_gardener_str(" in code
    assert "    result = Bed.objects.larger_than(" in code
    assert "    assert [each.label for each in result] == [" in code


def test_a_row_is_validated_whole_and_refused_by_the_words_of_its_model(generate: Callable[[str], Generated]) -> None:
    code = generate("django_models").code
    assert "from django.core.exceptions import ValidationError\n" in code
    assert (
        'with pytest.raises(ValidationError, match=r"a large bed needs a gardener"):\n        bed.full_clean()\n'
        in code
    )
