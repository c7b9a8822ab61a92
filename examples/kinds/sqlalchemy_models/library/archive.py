"""Letters in the archive, with tables as they were written for years."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Enum, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Writer(Base):
    """Someone whose letters were kept."""

    __tablename__ = "writers"

    id = Column(Integer, primary_key=True)
    name = Column(String(60), nullable=False)
    letters = relationship("Letter", back_populates="writer")


class Letter(Base):
    """One letter."""

    __tablename__ = "letters"

    id = Column(Integer, primary_key=True)
    year = Column(Integer, nullable=False)
    language = Column(Enum("de", "fr", "la"), nullable=False, default="de")
    is_sealed = Column(Boolean, nullable=False, default=False)
    writer_id = Column(Integer, ForeignKey("writers.id"), nullable=False)
    writer = relationship("Writer", back_populates="letters")

    def signature(self):
        mark = "*" if self.is_sealed else ""
        return f"{self.writer.name} {self.year}/{self.language}{mark}"


def years_of(session, name):
    letters = session.query(Letter).join(Letter.writer).filter(Writer.name == name)
    return sorted({letter.year for letter in letters})


def unseal(session, before):
    """Unseal the letters from before a year; return how many there were."""
    letters = session.query(Letter).filter(Letter.is_sealed, Letter.year < before).all()
    for letter in letters:
        letter.is_sealed = False
    session.commit()
    return len(letters)
