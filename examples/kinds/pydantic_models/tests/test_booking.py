from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from booking import Board, Booking, Guest


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada", "Ada"),
        ("abc def", "abc def"),
    ],
)
def test_guest_tidy_name(name, expected):
    assert Guest(name=name).name == expected


def test_guest_tidy_name_raises_validation_error_without_name():
    with pytest.raises(ValidationError, match="a guest needs a name"):
        Guest(name=" ")


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("ada@example.com", "ada@example.com"),
        (None, None),
        ("ada@F", "ada@f"),
    ],
)
def test_guest_check_email_with_name(email, expected):
    assert Guest(name="Ada", email=email).email == expected


def test_guest_check_email_raises_validation_error():
    with pytest.raises(ValidationError, match="an address has exactly one @"):
        Guest(name="Ada", email="other")


def test_booking_check_stay():
    booking = Booking(
        guest=Guest(name="abc"), arrival=date(2024, 1, 31), departure=date(2024, 2, 29)
    )
    assert booking.guest == Guest(name="abc")
    assert booking.arrival == date(2024, 1, 31)
    assert booking.departure == date(2024, 2, 29)
    assert booking.beds == 1
    assert booking.board == Board.BREAKFAST
    assert booking.nights == 29


def test_booking_check_stay_with_board():
    booking = Booking(
        guest=Guest(name="abc"),
        arrival=date(2024, 1, 31),
        departure=date(2024, 2, 29),
        board=Board.FULL,
    )
    assert booking.board == Board.FULL


def test_booking_check_stay_of_full():
    booking = Booking(
        guest=Guest(name="abc"),
        arrival=date(2024, 1, 31),
        departure=date(2024, 2, 3),
        board=Board.FULL,
    )
    assert booking.departure == date(2024, 2, 3)
    assert booking.board == Board.FULL
    assert booking.nights == 3


def test_booking_check_stay_raises_validation_error_when_departure_at_most_arrival():
    with pytest.raises(ValidationError, match="departure must be after arrival"):
        Booking(
            guest=Guest(name="abc"),
            arrival=date(2024, 2, 29),
            departure=date(2024, 2, 29),
        )


def test_booking_check_stay_raises_validation_error():
    with pytest.raises(
        ValidationError, match="full board is served from three nights on"
    ):
        Booking(
            guest=Guest(name="abc"),
            arrival=date(2024, 1, 31),
            departure=date(2024, 2, 2),
            board=Board.FULL,
        )


def test_booking_nights():
    booking = Booking(
        guest=Guest(name="abc"), arrival=date(2024, 1, 31), departure=date(2024, 2, 29)
    )
    assert booking.nights == 29


@pytest.mark.parametrize(
    ("booking", "expected"),
    [
        pytest.param(
            Booking(
                guest=Guest(name="abc"),
                arrival=date(2024, 1, 31),
                departure=date(2024, 2, 29),
            ),
            Decimal("656.50"),
            id="guest-guest-arrival-date-departure-date",
        ),
        pytest.param(
            Booking(
                guest=Guest(name="abc"),
                arrival=date(2024, 1, 31),
                departure=date(2024, 2, 7),
            ),
            Decimal("150.50"),
            id="guest-guest-arrival-date-departure-date-2",
        ),
        pytest.param(
            Booking(
                guest=Guest(name="abc"),
                arrival=date(2024, 1, 31),
                departure=date(2024, 2, 3),
                board=Board.FULL,
            ),
            Decimal("145.50"),
            id="guest-guest-arrival-date-departure-date-3",
        ),
    ],
)
def test_booking_total(booking, expected):
    assert booking.total(Decimal("10.50")) == expected
