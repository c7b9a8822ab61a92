"""What needs a database is tested with one in memory: a session of its own for each test, or pytest-django's mark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kinds.generated import Generated


SESSION = """
@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()
"""


def test_what_takes_a_session_gets_one_from_a_fixture_that_is_written_once(
    generate: Callable[[str], Generated],
) -> None:
    """One stands in each file: models of today in one, tables as they were written for years in the other."""
    code = generate("sqlalchemy_models").code
    assert code.count(SESSION) == 2
    assert "from library.archive import Base, Letter, Writer" in code
    assert "(session):\n" in code
    assert "from sqlalchemy.orm import Session\n" in code


def test_rows_are_stored_before_a_query_and_looked_for_after_a_change(generate: Callable[[str], Generated]) -> None:
    code = generate("sqlalchemy_models").code
    assert "    session.commit()\n" in code
    assert '    assert session.scalars(select(Member.email)).all() == ["ada@example.com"]\n' in code
    assert "result = find_member(session, " in code
    assert "Loan(book=Book(" in code
    assert "    assert years_of(session, " in code
    assert "    assert session.scalars(select(Letter.is_sealed)).all() == [False, " in code


def test_what_a_constraint_refuses_is_tested_and_rows_that_are_gone_are_not(
    generate: Callable[[str], Generated],
) -> None:
    code = generate("sqlalchemy_models").code
    for said in (r"UNIQUE constraint failed: books\.isbn", "CHECK constraint failed: copies >= 0"):
        assert re.search(rf"raises\(IntegrityError, match=r?\"{re.escape(said)}\"\):\n        \w+\([^=]", code), said
    refused = code.partition("def test_lend_raises_integrity_error")[2].partition("\n\n\n")[0]
    assert refused.count("assert") == 0


def test_a_validator_of_a_column_is_tested_through_its_row_with_texts_as_people_write_them(
    generate: Callable[[str], Generated],
) -> None:
    code = generate("sqlalchemy_models").code
    assert '    assert Member(email=email).email == "ada@example.com"\n' in code
    assert '"Ada@Example.Com",' in code
    assert 'match="an address has an @"):\n        Member(email=' in code


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
        'with pytest.raises(ValidationError, match="a large bed needs a gardener"):\n        bed.full_clean()\n' in code
    )
