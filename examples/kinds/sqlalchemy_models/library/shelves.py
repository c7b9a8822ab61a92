"""Books, members and loans of a village library."""

from __future__ import annotations

import enum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, validates


class Base(DeclarativeBase):
    """What all tables have in common."""


class Level(enum.Enum):
    """How many books a member may take home."""

    CHILD = "child"
    ADULT = "adult"


class Member(Base):
    """Someone who borrows."""

    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(80), unique=True)
    level: Mapped[Level] = mapped_column(default=Level.ADULT)
    loans: Mapped[list[Loan]] = relationship(back_populates="member", cascade="all, delete-orphan")

    @validates("email")
    def check_email(self, _key: str, value: str) -> str:
        if "@" not in value:
            raise ValueError("an address has an @")
        return value.strip().lower()

    @property
    def may_borrow(self) -> bool:
        limit = 2 if self.level is Level.CHILD else 5
        return len(self.loans) < limit


class Book(Base):
    """A book on a shelf, or on loan."""

    __tablename__ = "books"
    __table_args__ = (CheckConstraint("copies >= 0"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    isbn: Mapped[str] = mapped_column(String(13), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    author: Mapped[str | None]
    copies: Mapped[int] = mapped_column(default=1)

    def label(self) -> str:
        return f"{self.title} ({self.author})" if self.author else self.title


class Loan(Base):
    """A copy of a book in a member's hands."""

    __tablename__ = "loans"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    book_id: Mapped[int] = mapped_column(ForeignKey("books.id"))
    member: Mapped[Member] = relationship(back_populates="loans")
    book: Mapped[Book] = relationship()
