import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from library.desk import (
    NotAvailable,
    add_book,
    find_member,
    lend,
    members_by_level,
    register,
    titles_by,
)
from library.shelves import Base, Book, Level, Loan, Member


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_register_with_level(session):
    result = register(session, "ada@example.com", level=Level.CHILD)
    assert result.email == "ada@example.com"
    assert result.level == Level.CHILD
    assert session.scalars(select(Member.email)).all() == ["ada@example.com"]


def test_register_raises_value_error(session):
    session.add(Member(email="ada@example.com", level=Level.ADULT))
    session.commit()
    with pytest.raises(ValueError, match=r"ada@example\.com is a member already"):
        register(session, "ada@example.com")


def test_find_member_returns_none(session):
    assert find_member(session, "ada@example.com") is None


def test_find_member(session):
    session.add_all(
        [
            Member(email="ada@example.com", level=Level.ADULT),
            Member(email="grace@example.com", level=Level.CHILD),
            Member(email="alan@example.com", level=Level.ADULT),
        ]
    )
    session.commit()

    result = find_member(session, "ada@example.com")

    assert result.email == "ada@example.com"
    assert result.level == Level.ADULT


def test_lend(session):
    member = Member(email="ada@example.com", level=Level.ADULT)
    book = Book(isbn="isbn", title="A title", copies=1)

    result = lend(session, member, book)

    assert result.member.email == "ada@example.com"
    assert result.book.isbn == "isbn"
    assert session.scalars(select(Book.isbn)).all() == ["isbn"]
    assert session.scalars(select(Book.copies)).all() == [0]
    assert session.scalars(select(Loan.id)).all() == [1]
    assert session.scalars(select(Member.email)).all() == ["ada@example.com"]
    assert len(member.loans) == 1
    assert book.copies == 0


def test_lend_raises_not_available_when_copies_is_0(session):
    with pytest.raises(NotAvailable, match="no copy of A title is here"):
        lend(
            session,
            Member(email="ada@example.com", level=Level.ADULT),
            Book(isbn="isbn", title="A title", copies=0),
        )


def test_lend_raises_integrity_error(session):
    with pytest.raises(IntegrityError, match="CHECK constraint failed: copies >= 0"):
        lend(
            session,
            Member(email="ada@example.com", level=Level.ADULT),
            Book(isbn="isbn", title="A title", copies=-1),
        )


def test_add_book(session):
    result = add_book(session, "-", "A title")
    assert result.isbn == ""
    assert result.title == "A title"
    assert result.author is None
    assert result.copies == 1
    assert session.scalars(select(Book.isbn)).all() == [""]
    assert session.scalars(select(Book.copies)).all() == [1]


def test_add_book_with_author(session):
    result = add_book(session, "isbn", "A title", author="Ada Lovelace")
    assert result.isbn == "isbn"
    assert result.title == "A title"
    assert result.author == "Ada Lovelace"
    assert result.copies == 1
    assert session.scalars(select(Book.isbn)).all() == ["isbn"]
    assert session.scalars(select(Book.copies)).all() == [1]


def test_add_book_raises_integrity_error_for_isbn(session):
    session.add(Book(isbn="isbn", title="A title", author="Ada Lovelace", copies=1))
    session.commit()
    with pytest.raises(IntegrityError, match=r"UNIQUE constraint failed: books\.isbn"):
        add_book(session, "isbn", "A title")


def test_titles_by(session):
    assert titles_by(session, "Ada Lovelace") == []


def test_titles_by_of_session_and_hello_world(session):
    session.add(Book(isbn="isbn", title="A title", author="Ada Lovelace", copies=1))
    session.commit()
    assert titles_by(session, "Hello World") == []


def test_titles_by_of_session_and_ada_lovelace(session):
    session.add_all(
        [
            Book(isbn="isbn", title="A title", author="Ada Lovelace", copies=1),
            Book(isbn="isbn 3", title="A title 3", author="Ada Lovelace", copies=3),
            Book(isbn="isbn 2", title="A title 2", author="Ada Lovelace", copies=0),
        ]
    )
    session.commit()
    assert titles_by(session, "Ada Lovelace") == ["A title", "A title 2", "A title 3"]


def test_titles_by_with_only_here(session):
    session.add_all(
        [
            Book(isbn="isbn", title="A title", author="Ada Lovelace", copies=1),
            Book(isbn="isbn 3", title="A title 3", author="Ada Lovelace", copies=3),
            Book(isbn="isbn 2", title="A title 2", author="Ada Lovelace", copies=0),
        ]
    )
    session.commit()
    assert titles_by(session, "Ada Lovelace", only_here=True) == [
        "A title",
        "A title 3",
    ]


def test_members_by_level(session):
    assert members_by_level(session) == {}


def test_members_by_level_of_session(session):
    session.add(Member(email="ada@example.com", level=Level.ADULT))
    session.commit()
    assert members_by_level(session) == {"adult": 1}
