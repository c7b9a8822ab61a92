"""What is done at the library's desk."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from library.shelves import Book, Level, Loan, Member


class NotAvailable(Exception):
    """There is no copy to take home."""


def register(session: Session, email: str, level: Level = Level.ADULT) -> Member:
    """Make a member. Raises ValueError for an address that is known."""
    member = Member(email=email, level=level)
    session.add(member)
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise ValueError(f"{email} is a member already") from error
    return member


def find_member(session: Session, email: str) -> Member | None:
    return session.scalars(select(Member).where(Member.email == email.lower())).one_or_none()


def lend(session: Session, member: Member, book: Book) -> Loan:
    """Lend a copy. Raises NotAvailable when the last one is gone."""
    if book.copies == 0:
        raise NotAvailable(f"no copy of {book.title} is here")
    book.copies -= 1
    loan = Loan(member=member, book=book)
    session.add(loan)
    session.flush()
    return loan


def add_book(session: Session, isbn: str, title: str, author: str | None = None) -> Book:
    """Put a new book on a shelf; the database refuses a second one of its number."""
    book = Book(isbn=isbn.replace("-", ""), title=title, author=author)
    session.add(book)
    session.commit()
    return book


def titles_by(session: Session, author: str, *, only_here: bool = False) -> list[str]:
    query = select(Book.title).where(Book.author == author).order_by(Book.title)
    if only_here:
        query = query.where(Book.copies > 0)
    return list(session.scalars(query))


def members_by_level(session: Session) -> dict[str, int]:
    rows = session.execute(select(Member.level, func.count()).group_by(Member.level))
    return {level.value: count for level, count in rows}
