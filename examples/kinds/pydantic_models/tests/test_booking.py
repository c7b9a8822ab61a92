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
    with pytest.raises(ValidationError, match=r"a guest needs a name"):
        Guest(name=" ")


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        (None, None),
        ("ada@example.com", "ada@example.com"),
    ],
)
def test_guest_check_email_with_name(email, expected):
    assert Guest(name="Ada", email=email).email == expected


def test_guest_check_email_raises_validation_error_with_name_and_email():
    with pytest.raises(ValidationError, match=r"an address has exactly one @"):
        Guest(name="Ada", email="abc")


def test_booking_check_stay_with_guest_arrival_and_departure():
    booking = Booking(
        guest=Guest(name="abc"), arrival=date(2024, 1, 31), departure=date(2024, 2, 29)
    )
    assert booking.guest == Guest(name="abc")
    assert booking.arrival == date(2024, 1, 31)
    assert booking.departure == date(2024, 2, 29)
    assert booking.beds == 1
    assert booking.board == Board.BREAKFAST
    assert booking.nights == 29


def test_booking_check_stay():
    booking = Booking(
        guest=Guest(name="abc"),
        arrival=date(2024, 1, 31),
        departure=date(2024, 2, 29),
        board=Board.FULL,
    )
    assert booking.board == Board.FULL


def test_booking_check_stay_2():
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
    with pytest.raises(ValidationError, match=r"departure must be after arrival"):
        Booking(
            guest=Guest(name="abc"),
            arrival=date(2024, 2, 29),
            departure=date(2024, 2, 29),
        )


def test_booking_check_stay_raises_validation_error():
    with pytest.raises(
        ValidationError, match=r"full board is served from three nights on"
    ):
        Booking(
            guest=Guest(name="abc"),
            arrival=date(2024, 1, 31),
            departure=date(2024, 2, 2),
            board=Board.FULL,
        )


def test_booking_nights_with_guest_arrival_and_departure():
    booking = Booking(
        guest=Guest(name="abc"), arrival=date(2024, 1, 31), departure=date(2024, 2, 29)
    )
    assert booking.nights == 29


@pytest.mark.parametrize(
    ("booking", "per_night", "expected"),
    [
        pytest.param(
            Booking(
                guest=Guest(name="abc"),
                arrival=date(2024, 1, 31),
                departure=date(2024, 2, 29),
            ),
            Decimal("0"),
            Decimal("362.50"),
            id="decimal-0",
        ),
        pytest.param(
            Booking(
                guest=Guest(name="abc"),
                arrival=date(2024, 1, 31),
                departure=date(2024, 2, 29),
            ),
            Decimal("-1"),
            Decimal("334.50"),
            id="decimal-1",
        ),
        pytest.param(
            Booking(
                guest=Guest(name="abc"),
                arrival=date(2024, 1, 31),
                departure=date(2024, 2, 29),
                beds=3,
            ),
            Decimal("10.50"),
            Decimal("1381.50"),
            id="guest-guest-arrival-date-departure-date",
        ),
        pytest.param(
            Booking(
                guest=Guest(name="abc"),
                arrival=date(2024, 1, 31),
                departure=date(2024, 2, 7),
            ),
            Decimal("10.50"),
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
            Decimal("10.50"),
            Decimal("145.50"),
            id="guest-guest-arrival-date-departure-date-3",
        ),
    ],
)
def test_booking_total(booking, per_night, expected):
    assert booking.total(per_night) == expected
