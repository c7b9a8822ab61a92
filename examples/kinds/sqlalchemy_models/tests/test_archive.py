import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from library.archive import Base, Letter, Writer, unseal, years_of


@pytest.mark.parametrize(
    ("letter", "expected"),
    [
        pytest.param(
            Letter(year=3, language="de", is_sealed=False, writer=Writer(name="Ada")),
            "Ada 3/de",
            id="year-3-language-de-is-sealed-false",
        ),
        pytest.param(
            Letter(year=3, language="de", is_sealed=True, writer=Writer(name="Ada")),
            "Ada 3/de*",
            id="year-3-language-de-is-sealed-true-writer",
        ),
    ],
)
def test_letter_signature(letter, expected):
    assert letter.signature() == expected


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_years_of(session):
    assert years_of(session, "Ada") == []


def test_years_of_of_session_and_ada(session):
    session.add(
        Letter(year=3, language="de", is_sealed=False, writer=Writer(name="Ada"))
    )
    session.commit()
    assert years_of(session, "Ada") == [3]


def test_years_of_of_session_and_other(session):
    session.add(
        Letter(year=3, language="de", is_sealed=False, writer=Writer(name="Ada"))
    )
    session.commit()
    assert years_of(session, "other") == []


def test_unseal(session):
    session.add_all(
        [
            Letter(year=3, language="de", is_sealed=False, writer=Writer(name="Ada")),
            Letter(year=0, language="fr", is_sealed=True, writer=Writer(name="Ada")),
            Letter(year=1, language="la", is_sealed=False, writer=Writer(name="Ada")),
        ]
    )
    session.commit()
    assert unseal(session, 3) == 1
    assert session.scalars(select(Letter.is_sealed)).all() == [False, False, False]


def test_unseal_of_session_and_1(session):
    session.add_all(
        [
            Letter(year=3, language="de", is_sealed=False, writer=Writer(name="Ada")),
            Letter(year=0, language="fr", is_sealed=True, writer=Writer(name="Ada")),
            Letter(year=1, language="la", is_sealed=False, writer=Writer(name="Ada")),
        ]
    )
    session.commit()
    assert unseal(session, 1) == 1
    assert session.scalars(select(Letter.is_sealed)).all() == [False, False, False]


def test_unseal_for_negative_before(session):
    session.add_all(
        [
            Letter(year=3, language="de", is_sealed=False, writer=Writer(name="Ada")),
            Letter(year=0, language="fr", is_sealed=True, writer=Writer(name="Ada")),
            Letter(year=1, language="la", is_sealed=False, writer=Writer(name="Ada")),
        ]
    )
    session.commit()
    assert unseal(session, -1) == 0


def test_unseal_for_zero_before(session):
    session.add_all(
        [
            Letter(year=3, language="de", is_sealed=False, writer=Writer(name="Ada")),
            Letter(year=0, language="fr", is_sealed=True, writer=Writer(name="Ada")),
            Letter(year=1, language="la", is_sealed=False, writer=Writer(name="Ada")),
        ]
    )
    session.commit()
    assert unseal(session, 0) == 0
