"""Bookings of a small hotel, as its web form sends them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum

from pydantic import BaseModel, Field, computed_field, field_validator, model_validator


class Board(str, Enum):
    """What a guest eats with us."""

    NONE = "none"
    BREAKFAST = "breakfast"
    FULL = "full"


_PER_DAY = {Board.NONE: Decimal(0), Board.BREAKFAST: Decimal("12.50"), Board.FULL: Decimal(38)}


class Guest(BaseModel):
    """Who sleeps here."""

    name: str = Field(min_length=1, max_length=60)
    email: str | None = None

    @field_validator("name")
    @classmethod
    def tidy_name(cls, value: str) -> str:
        name = " ".join(value.split())
        if not name:
            raise ValueError("a guest needs a name")
        return name

    @field_validator("email")
    @classmethod
    def check_email(cls, value: str | None) -> str | None:
        if value is not None and value.count("@") != 1:
            raise ValueError("an address has exactly one @")
        return value.lower() if value else None


class Booking(BaseModel):
    """A stay of one or more nights."""

    guest: Guest
    arrival: dt.date
    departure: dt.date
    beds: int = Field(default=1, ge=1, le=4)
    board: Board = Board.BREAKFAST

    @model_validator(mode="after")
    def check_stay(self) -> Booking:
        if self.departure <= self.arrival:
            raise ValueError("departure must be after arrival")
        if self.board is Board.FULL and self.nights < 3:
            raise ValueError("full board is served from three nights on")
        return self

    @computed_field
    @property
    def nights(self) -> int:
        return (self.departure - self.arrival).days

    def total(self, per_night: Decimal) -> Decimal:
        """What the stay costs; from seven nights on one of them is free."""
        nights = self.nights - 1 if self.nights >= 7 else self.nights
        return nights * per_night + self.nights * self.beds * _PER_DAY[self.board]
